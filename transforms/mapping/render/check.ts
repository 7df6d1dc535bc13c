import { suggestion } from '../../../engine/index.ts';
import { childrenOf, choiceNames, elementsOf, resourceTypes } from '../elements/index.ts';
import type { Layer, Merged } from '../merge.ts';
import { parseFieldPath } from '../reading/index.ts';
import type { Report } from '../report.ts';
import { type FhirPath, parseFhirPath } from './fhir-path.ts';
import type { RenderRow, SegmentList } from './language.ts';
import { namesOf } from './systems.ts';
import { renderConversions } from './writers.ts';

/** Facts of the message and of the segment, which paths may name beside resources. */
const facts: Readonly<Record<string, readonly string[]>> = {
  Message: ['event', 'time', 'answered'],
  Segment: ['number'],
};

/** Everything about a row that the schema cannot know. */
export function checkRender(row: RenderRow, merged: Merged, report: Report): void {
  const path = row.to === undefined ? undefined : parseFieldPath(row.to);
  if (!path) report('hl7-path', `\`${row.to ?? ''}\` is no HL7 field like \`PID-5\``, 'to');
  else if (!merged.renderSegments.has(path.segment)) {
    const hint = suggestion(path.segment, [...merged.renderSegments.keys()]);
    report('render-segment', `\`render_segments\` does not have ${path.segment}; ${hint}`, 'to');
  }
  const paths = [row.from ?? []].flat();
  if (paths.length > 0 === (row.value !== undefined))
    report('config-missing', 'one of `from` and `value` says what stands in the field');
  for (const [index, text] of paths.entries())
    checkFhirPath(text, report, ...(Array.isArray(row.from) ? ['from', index] : ['from']));
  if (row.as !== undefined && !renderConversions.has(row.as)) {
    const hint = suggestion(row.as, [...renderConversions.keys()]);
    report('conversion-unknown', `no conversion to HL7 is called \`${row.as}\`; ${hint}`, 'as');
  }
  checkTable(row, merged, report);
}

function checkFhirPath(text: string, report: Report, ...at: (string | number)[]): void {
  const path = parseFhirPath(text);
  if (!path) {
    report('fhir-path', `\`${text}\` is no FHIR path like \`Patient.name\``, ...at);
    return;
  }
  const known = facts[path.type];
  const [first] = path.steps;
  if (known) {
    if (first && known.includes(first.name)) return;
    report('fhir-path', `\`${path.type}\` has ${known.join(', ')}`, ...at);
  } else if (!resourceTypes.includes(path.type)) {
    const hint = suggestion(path.type, [...resourceTypes, ...Object.keys(facts)]);
    report('fhir-type', `\`${path.type}\` is no resource; ${hint}`, ...at);
  } else checkSteps(path, report, at);
}

/** As deep as the tables of elements go. */
function checkSteps({ type, steps }: FhirPath, report: Report, at: (string | number)[]): void {
  let known = elementsOf(type) ?? new Map();
  let place = type;
  for (const { name } of steps) {
    if (known.size === 0) return;
    const all = [...known.values()];
    const element = all.find(
      (each) =>
        each.name === name ||
        each.name === `${name}[x]` ||
        (each.name.endsWith('[x]') && choiceNames(each).includes(name)),
    );
    if (!element) {
      const hint = suggestion(name, [...known.keys()]);
      report('fhir-path', `${place} has no element \`${name}\`; ${hint}`, ...at);
      return;
    }
    place = `${place}.${name}`;
    known = childrenOf(place, element);
  }
}

/** A table is read from right to left: where several codes come to one, the row says which. */
function checkTable(row: RenderRow, merged: Merged, report: Report): void {
  if (row.table === undefined) return;
  const table = namesOf(merged).table(row.table);
  if (!table) {
    const hint = suggestion(row.table, [...merged.tables.keys()]);
    report('table-unknown', `no table is called \`${row.table}\`; ${hint}`, 'table');
    return;
  }
  const open = [...table.codes].filter(
    ([code, from]) => from.length > 1 && !code.includes('|') && row.codes?.[code] === undefined,
  );
  for (const [code, from] of open) {
    const message = `${from.join(', ')} all mean \`${code}\`: say under \`codes\` which`;
    report('render-ambiguous', message, 'table');
  }
}

const wordsIn = (list: SegmentList | string): readonly string[] =>
  typeof list === 'string' ? [list] : list.flatMap(wordsIn);

/** Messages of one file: each segment that they name stands for something. */
export function checkRenderMessages(layer: Layer, merged: Merged, report: Report): void {
  for (const [name, path] of Object.entries(layer.value.render_segments ?? {})) {
    if (path === 'Message') continue;
    checkFhirPath(path, (code, message) => report(code, message, 'render_segments', name));
  }
  for (const [type, { segments }] of Object.entries(layer.value.render_messages ?? {})) {
    for (const [index, entry] of segments.entries()) {
      for (const word of wordsIn(entry)) {
        const name = word.slice(0, 3);
        if (merged.renderSegments.has(name)) continue;
        const hint = suggestion(name, [...merged.renderSegments.keys()]);
        const message = `\`render_segments\` does not have ${name}; ${hint}`;
        report('render-segment', message, 'render_messages', type, 'segments', index);
      }
    }
  }
}
