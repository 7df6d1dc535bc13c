import { suggestion } from '../../../engine/index.ts';
import { elementsOf, fhirPathOf, resourceTypes } from '../elements/index.ts';
import type { KeyPart, PartRow, ResourceRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import { parseFieldPath } from '../reading/index.ts';
import type { Report } from '../report.ts';
import { checkCondition } from './conditions.ts';
import { checkPath } from './dialect.ts';
import { checkPartUpdate, checkResourceUpdate } from './update.ts';

export function checkResource(row: ResourceRow, merged: Merged, report: Report): void {
  if (row.type === undefined) return;
  if (!resourceTypes.includes(row.type)) {
    const hint = suggestion(row.type, resourceTypes);
    report('fhir-type', `mappings make no resource \`${row.type}\`; ${hint}`, 'type');
  }
  if (!row.key)
    report('config-missing', '`key` is missing: what tells one from another in every message');
  checkEach(row.each, report);
  if (row.each?.includes('-')) report('hl7-path', 'a resource stands for a segment', 'each');
  checkResourceUpdate(row, report);
  checkCondition(row.when, report);
  checkCondition(row.authority, report, 'authority');
  checkCondition(row.corrects, report, 'corrects');
  checkCondition(row.cancels, report, 'cancels');
  checkCondition(row.deletes, report, 'deletes');
  for (const [index, part] of (row.key ?? []).entries())
    checkKeyPart(part, merged, (code, message) => report(code, message, 'key', index));
}

function checkKeyPart(part: KeyPart, merged: Merged, report: Report): void {
  if (typeof part === 'string') {
    if (merged.resources.some(({ row }) => row.id === part)) return;
    checkPath(part, report);
  } else if ('identifier' in part) {
    for (const path of [part.identifier].flat()) checkPath(path, report);
    if (part.like !== undefined) checkPath(part.like, report);
  } else if ('visit' in part || 'text' in part) return;
  else if ('place' in part) checkPath(part.place, report);
  else if ('code' in part) checkPath(part.code, report);
  else for (const inner of part.first.flat()) checkKeyPart(inner, merged, report);
}

function checkEach(each: string | undefined, report: Report): void {
  if (each === undefined) {
    report('config-missing', '`each` is missing: a segment');
    return;
  }
  if (/^[A-Z][A-Z0-9]{2}$/.test(each) || parseFieldPath(each)) return;
  report('hl7-path', `\`${each}\` is neither a segment like \`NK1\` nor a field`, 'each');
}

export function checkPart(row: PartRow, merged: Merged, report: Report): void {
  if (row.of === undefined) return;
  checkEach(row.each, report);
  if (row.join) checkJoin(row.join, row.each, report);
  checkPartUpdate(row, merged, report);
  checkCondition(row.when, report);
  const ids = [...merged.resources, ...merged.parts].map((placed) => placed.row.id);
  const owner = fhirPathOf(merged, row.of);
  if (owner === undefined) {
    report('resource-unknown', `nothing is called \`${row.of}\`; ${suggestion(row.of, ids)}`, 'of');
    return;
  }
  const names = elementsOf(owner) ?? new Map();
  const element = names.get(row.element ?? '');
  if (!element) {
    const hint = suggestion(row.element ?? '', [...names.keys()]);
    report('fhir-element', `${owner} has no element \`${row.element}\`; ${hint}`, 'element');
  } else if (!element.repeats) {
    report('fhir-cardinality', `${owner}.${row.element} does not repeat`, 'element');
  }
  const inner = elementsOf(`${owner}.${row.element}`);
  for (const [index, needed] of (row.needs ?? []).entries())
    for (const name of [needed].flat()) {
      if (inner?.has(name)) continue;
      const hint = suggestion(name, [...(inner?.keys() ?? [])]);
      report(
        'fhir-element',
        `${owner}.${row.element} has no element \`${name}\`; ${hint}`,
        'needs',
        index,
      );
    }
}

function checkJoin(join: PartRow['join'] & object, each: string | undefined, report: Report): void {
  for (const name of ['by', 'once'] as const) {
    checkPath(join[name], (code, message) => report(code, message, 'join', name));
    if (parseFieldPath(join[name])?.segment === each) continue;
    report('hl7-path', 'segments are joined by fields of their own', 'join', name);
  }
}
