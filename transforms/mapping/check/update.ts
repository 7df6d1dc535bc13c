import { suggestion } from '../../../engine/index.ts';
import { elementsOf } from '../elements/index.ts';
import type { PartRow, ResourceRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import { actionFields, isListed } from '../reading/index.ts';
import type { Report } from '../report.ts';

/** A row over a segment that comes as a list says what the list means for those it leaves out. */
export function checkResourceUpdate(row: ResourceRow, report: Report): void {
  const { each, update } = row;
  checkNamed(row, report);
  if (each === undefined || row.type === undefined) return;
  const action = actionFields.get(each);
  if (update === undefined) {
    if (isListed(each)) reportMissing(each, action !== undefined, report);
    for (const key of ['ended', 'deleted'] as const)
      if (row[key] !== undefined)
        report('update-mode', `\`${key}\` needs an \`update\` that it belongs to`, key);
    return;
  }
  if (update === 'action' && action === undefined) {
    report('update-mode', `${each} has no action code; say snapshot or append`, 'update');
    return;
  }
  if (update === 'snapshot' && row.ended === undefined)
    report('config-missing', '`ended` is missing: what becomes of one that is left out', 'update');
  if (update !== 'snapshot' && row.ended !== undefined)
    report('update-mode', `with \`update: ${update}\` absence ends nothing`, 'ended');
  if (update === 'action' && row.deleted === undefined)
    report('config-missing', `\`deleted\` is missing: what ${action} = D makes of one`, 'update');
  if (row.deleted !== undefined && (action === undefined || update === 'append'))
    report('update-mode', `nothing is deleted with \`update: ${update}\` of ${each}`, 'deleted');
}

/** Elements that a row names beside its rules: each is one of its type, a growing one a list. */
function checkNamed({ type, replaces = {}, grows = [] }: ResourceRow, report: Report): void {
  const elements = elementsOf(type ?? '');
  if (elements === undefined) return;
  const check = (name: string, ...place: (string | number)[]): void => {
    if (elements.has(name)) return;
    const hint = suggestion(name, [...elements.keys()]);
    report('fhir-element', `${type} has no element \`${name}\`; ${hint}`, ...place);
  };
  for (const [name, gone] of Object.entries(replaces))
    for (const one of [name, ...gone]) check(one, 'replaces', name);
  for (const [at, name] of grows.entries()) {
    check(name, 'grows', at);
    if (elements.get(name)?.repeats === false)
      report('fhir-cardinality', `${type}.${name} is no list, so it cannot grow`, 'grows', at);
  }
}

/** A part of a resource that stands for the same segment has no list of its own. */
export function checkPartUpdate(row: PartRow, merged: Merged, report: Report): void {
  const segment = row.each?.split('-')[0] ?? '';
  if (row.update !== undefined || !isListed(segment)) return;
  const owner = ownerSegment(row, merged);
  if (owner !== undefined && owner !== segment) reportMissing(segment, false, report);
}

function ownerSegment(row: PartRow, merged: Merged): string | undefined {
  const part = merged.parts.find((placed) => placed.row.id === row.of)?.row;
  if (part !== undefined) return part.each?.split('-')[0];
  return merged.resources.find((placed) => placed.row.id === row.of)?.row.each;
}

function reportMissing(segment: string, hasAction: boolean, report: Report): void {
  const modes = `\`snapshot\`${hasAction ? ', `action`' : ''} or \`append\``;
  const text = `what does a message that leaves one out say of it? ${segment} comes as a list`;
  report('update-missing', `\`update\` is missing, ${modes}: ${text}`, 'id');
}
