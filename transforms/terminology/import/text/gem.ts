import type { Reader } from '../context.ts';
import { type Input, linesOf } from '../input.ts';
import { dotted } from './icd10.ts';
import { mapWriter } from './map-writer.ts';
import { tellUnended, versionIn, versionOf } from './table-rows.ts';

/** Source, target and five flags: approximate, no map, combination, scenario, choice list. */
const gemLine = /^([A-Z0-9]{3,7}) +([A-Z0-9]{3,7}|NoDx|NoPCS) +([01])([01])([01])(\d)(\d) *$/;

export const isGem = (base: string, head: string): boolean =>
  /gem/i.test(base) && gemLine.test(head.split(/\r?\n/)[0]?.replace(/^\ufeff/, '') ?? '');

const icd9 = 'http://hl7.org/fhir/sid/icd-9-cm';
const icd10 = 'http://hl7.org/fhir/sid/icd-10-cm';
const pcs = 'http://www.cms.gov/Medicare/Coding/ICD10';
const icd9Procedures = 'http://hl7.org/fhir/sid/icd-9-cm/procedures';

type Direction = {
  readonly name: string;
  readonly source: string;
  readonly target: string;
};

/** Which of the four files of CMS this is, by its name. */
function directionOf({ base }: Input): Direction {
  if (/i9pcs/i.test(base)) return { name: 'gem-i9pcs', source: icd9Procedures, target: pcs };
  if (/pcsi9/i.test(base)) return { name: 'gem-pcsi9', source: pcs, target: icd9Procedures };
  if (/i10/i.test(base)) return { name: 'gem-i10-i9', source: icd10, target: icd9 };
  return { name: 'gem-i9-i10', source: icd9, target: icd10 };
}

function written(system: string, code: string): string {
  if (system === icd10) return dotted(code);
  if (system === icd9Procedures) return `${code.slice(0, 2)}.${code.slice(2)}`;
  if (system !== icd9) return code;
  const stem = code.startsWith('E') ? 4 : 3;
  return code.length > stem ? `${code.slice(0, stem)}.${code.slice(stem)}` : code;
}

/**
 * CMS's general equivalence mappings between ICD-9-CM and ICD-10. An approximate row is `inexact`;
 * so is one of a combination, for only all of its targets together say what the source says.
 */
export const readGem: Reader = function* (inputs, context) {
  for (const input of inputs) {
    const writer = mapWriter(input, context);
    const { name, source, target } = directionOf(input);
    let before = 0;
    for (const row of linesOf(input, context.findings, context.encoding)) {
      const { text, number, read } = row;
      yield read - before;
      before = read;
      if (text.trim() === '') continue;
      const found = gemLine.exec(text);
      if (found === null)
        context.findings.fail(
          ...([input.name, number, 'row-invalid'] as const),
          'no line of a GEM file: source, target, five flags',
        );
      if (!row.isEnded) tellUnended(input, number, context);
      const [, from, to, approximate, none, combined, scenario, choice] =
        found as unknown as string[];
      const code = written(source, from!);
      if (none === '1') {
        writer.add({ source, target, code, equivalence: 'unmatched' }, number);
        continue;
      }
      const parts = [
        { property: 'scenario', value: scenario! },
        { property: 'choice-list', value: choice! },
      ];
      const isWhole = approximate === '0' && combined === '0';
      writer.add(
        {
          ...{ source, target, code, targetCode: written(target, to!) },
          equivalence: isWhole ? 'equivalent' : 'inexact',
          ...(combined === '1' ? { detail: { target: { dependsOn: parts } } } : {}),
        },
        number,
      );
    }
    const version = versionOf(versionIn(input.base, /(20\d{2})/), input, context);
    const url = context.url ?? `http://www.cms.gov/Medicare/Coding/ICD10/${name}`;
    const copyright = 'General equivalence mappings, U.S. CMS; public domain';
    if (version !== undefined) writer.end(url, version, { name, copyright });
  }
};
