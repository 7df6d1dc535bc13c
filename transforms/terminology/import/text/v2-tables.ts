import type { Reader } from '../context.ts';
import type { Input } from '../input.ts';
import { mapWriter } from './map-writer.ts';
import { csvRows, type TableRow } from './table-rows.ts';

/**
 * HL7's v2-to-FHIR concept maps as CSV (https://github.com/HL7/v2-to-fhir): one line of titles, one
 * of column names, then a row a code. A code without a target is a question that nobody has
 * answered yet, so it comes out as `unmapped`. A target without a code says only that the target
 * exists; it is counted and passed over. Some targets have retired since; they are told, no more.
 */
export const isV2Table = (head: string): boolean =>
  /^\ufeff?"?HL7 v2"?,/i.test(head) && /\nCode,Text,Code System,/i.test(head);

const guide = 'http://hl7.org/fhir/uv/v2mappings/';
const editionUnlessTold = '1.0';

export const readV2Table: Reader = function* (inputs, context) {
  const { findings } = context;
  for (const input of inputs) {
    const writer = mapWriter(input, context);
    let layout: Layout | undefined;
    let onlyTargets = 0;
    let firstOnly = 0;
    let count = 0;
    for (const row of csvRows(input, context)) {
      yield row.read;
      count += 1;
      if (count === 1) continue;
      if (layout === undefined) {
        layout = layoutOf(row);
        if (layout === undefined)
          findings.fail(input.name, row.line, 'column-missing', 'two columns `Code` are expected');
        continue;
      }
      const read = readRow(row, layout!);
      if (read.code !== '') writer.add(mappingOf(read), row.line);
      else if (read.targetCode !== '') {
        onlyTargets += 1;
        firstOnly ||= row.line;
      }
    }
    if (onlyTargets > 0)
      findings.report(
        ...([input.name, firstOnly, 'target-without-source'] as const),
        `${onlyTargets} rows name a target that no v2 code leads to`,
      );
    const name = nameOf(input);
    const url = context.url ?? `${guide}ConceptMap/${slug(name)}`;
    const heading = { name: slug(name).replaceAll('-', '_'), title: name, copyright: licence };
    writer.end(url, context.version ?? editionUnlessTold, heading, true);
  }
};

const licence = 'HL7 v2-to-FHIR mappings, Health Level Seven International, Apache License 2.0';

type Layout = {
  readonly text: number;
  readonly system: number;
  readonly conditions: readonly number[];
  readonly targetCode: number;
  readonly targetDisplay: number;
  readonly targetSystem: number;
};

/** The files differ in their columns; they agree in names and in the order of the two sides. */
function layoutOf({ cells }: TableRow): Layout | undefined {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const targetCode = names.indexOf('code', 1);
  const targetSystem = names.indexOf('code system', targetCode);
  if (names[0] !== 'code' || targetCode < 0 || targetSystem < 0) return undefined;
  const conditions = names.flatMap((name, at) =>
    at < targetCode && /^(?:computable|narrative)/.test(name) ? [at] : [],
  );
  return {
    ...{ text: names.indexOf('text'), system: names.indexOf('code system'), conditions },
    ...{ targetCode, targetDisplay: names.indexOf('display', targetCode), targetSystem },
  };
}

function readRow({ cells }: TableRow, layout: Layout) {
  const cell = (at: number) => (cells[at] ?? '').trim();
  return {
    code: cell(0),
    text: cell(layout.text),
    system: cell(layout.system),
    condition: layout.conditions
      .map(cell)
      .filter((each) => each !== '')
      .join('; '),
    targetCode: cell(layout.targetCode),
    targetDisplay: cell(layout.targetDisplay),
    targetSystem: cell(layout.targetSystem),
  };
}

function mappingOf(row: ReturnType<typeof readRow>) {
  const { code, text, system, condition, targetCode, targetDisplay, targetSystem } = row;
  const hasTarget = targetCode !== '';
  const dependsOn = [{ property: 'condition', value: condition }];
  return {
    ...{ source: systemOf(system), target: hasTarget ? targetSystem.replace(/\/$/, '') : '' },
    ...{ code, display: text || undefined },
    targetCode: targetCode || undefined,
    targetDisplay: (hasTarget && targetDisplay) || undefined,
    equivalence: hasTarget ? 'equivalent' : undefined,
    ...(hasTarget && condition !== '' ? { detail: { target: { dependsOn } } } : {}),
  };
}

/** `HL70001` is table 0001 (https://terminology.hl7.org/codesystems-v2.html). */
function systemOf(text: string): string {
  const table = /^HL7(\d{4})$/.exec(text)?.[1];
  return table === undefined ? text : `http://terminology.hl7.org/CodeSystem/v2-${table}`;
}

/** `HL7 Concept Map_ AddressType[Use] - Sheet1.csv` is the map AddressType[Use]. */
function nameOf({ base }: Input): string {
  const found = /^HL7 Concept Map[_:]?\s*(.*?)(?:\s*-\s*Sheet\d+)?\.csv$/i.exec(base)?.[1];
  return found ?? base.replace(/\.csv$/i, '');
}

const slug = (name: string): string =>
  `table-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`;
