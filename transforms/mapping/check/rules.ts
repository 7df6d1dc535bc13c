import { suggestion } from '../../../engine/index.ts';
import { conversions } from '../datatypes/index.ts';
import { partElement, resolveTarget } from '../elements/index.ts';
import type { Conversion } from '../environment.ts';
import type { RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import type { Report } from '../report.ts';
import { checkRuleCondition } from './conditions.ts';
import { checkPath } from './dialect.ts';

export function checkRule(row: RuleRow, merged: Merged, report: Report): void {
  checkRuleCondition(row, merged, report);
  checkPaths(row.from, report, 'from');
  const given = ['from', 'value', 'reference'].filter((key) => key in row);
  if (given.length !== 1)
    report('rule-source', 'a rule has exactly one of `from`, `value` and `reference`');
  if (row.reference !== undefined && !merged.resources.some((p) => p.row.id === row.reference)) {
    const ids = merged.resources.map((placed) => placed.row.id);
    const hint = suggestion(row.reference, ids);
    report('resource-unknown', `no resource is called \`${row.reference}\`; ${hint}`, 'reference');
  }
  if (row.table !== undefined && !merged.tables.has(row.table)) {
    const hint = suggestion(row.table, [...merged.tables.keys()]);
    report('table-unknown', `no table is called \`${row.table}\`; ${hint}`, 'table');
  }
  checkTarget(row, merged, report);
}

function checkTarget(row: RuleRow, merged: Merged, report: Report): void {
  const target = resolveTarget(merged, row.to ?? '');
  if ('word' in target) {
    const hint = suggestion(target.word, target.candidates);
    const noun = target.what === 'element' ? 'there is no element' : 'nothing is called';
    report(`fhir-${target.what}`, `${noun} \`${target.word}\`; ${hint}`, 'to');
    return;
  }
  const element = target.elements.at(-1) ?? partElement(merged, target.owner)!;
  const name = row.as ?? 'string';
  const conversion = conversions.get(name);
  if (row.reference !== undefined) checkType(element.types, ['Reference'], report, 'reference');
  if (row.from === undefined || (row.using !== undefined && row.as === undefined)) return;
  if (!conversion) {
    const hint = suggestion(name, [...conversions.keys()]);
    report('conversion-unknown', `no conversion is called \`${name}\`; ${hint}`, 'as');
    return;
  }
  checkType(element.types, conversion.gives, report, row.as === undefined ? 'to' : 'as');
  checkSettings(row.with ?? {}, conversion, report);
  if (row.mark !== undefined && !conversion.gives.includes('CodeableConcept'))
    report('mark', 'only a CodeableConcept can be marked for translation', 'mark');
}

function checkSettings(
  given: Readonly<Record<string, unknown>>,
  { name, settings = [], words = {} }: Conversion,
  report: Report,
): void {
  for (const [key, value] of Object.entries(given)) {
    const known = words[key];
    if (!settings.includes(key)) {
      const hint = suggestion(key, settings);
      report('config-unknown-key', `${name} has no setting \`${key}\`; ${hint}`, 'with', key);
    } else if (known?.includes(String(value)) === false) {
      const hint = suggestion(String(value), known);
      report('config-value', `\`${value}\` is no ${key} of ${name}; ${hint}`, 'with', key);
    }
  }
}

function checkType(
  wanted: readonly string[],
  given: readonly string[],
  report: Report,
  at: string,
): void {
  if (wanted.some((type) => given.includes(type))) return;
  const message = `the element is a ${wanted.join(' or ')}; this makes ${given.join(' or ')}`;
  report('fhir-type', message, at);
}

function checkPaths(paths: string | string[] | undefined, report: Report, at: string): void {
  if (typeof paths === 'string') checkPath(paths, report, at);
  else for (const [index, path] of (paths ?? []).entries()) checkPath(path, report, at, index);
}
