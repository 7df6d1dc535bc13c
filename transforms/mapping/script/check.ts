import { suggestion } from '../../../engine/index.ts';
import { partElement, resolveTarget } from '../elements/index.ts';
import type { RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import type { Report } from '../report.ts';
import { plainTypes } from './convert.ts';
import type { CheckedScripts } from './scripts.ts';

/** Is the function there, and is it said what becomes of that which it gives? */
export function checkUsing(
  row: RuleRow,
  merged: Merged,
  script: CheckedScripts | undefined,
  report: Report,
): void {
  const { using } = row;
  if (using === undefined) return;
  if (script === undefined) {
    report('script-missing', 'the mapping names no `script` that has this function', 'using');
    return;
  }
  if (script.functions?.includes(using) === false) {
    const hint = suggestion(using, script.functions);
    report('script-function-unknown', `the script exports no \`${using}\`; ${hint}`, 'using');
  }
  if (row.from === undefined)
    report('rule-source', 'a function is given a field: name it by `from`', 'using');
  const target = resolveTarget(merged, row.to ?? '');
  if (row.as !== undefined || 'word' in target) return;
  const { types } = target.elements.at(-1) ?? partElement(merged, target.owner)!;
  if (types.length === 1 && plainTypes.has(types[0]!)) return;
  const text = `the element is a ${types.join(' or ')}: name the conversion with \`as\``;
  report('script-conversion', `${text}, and give it a field`, 'using');
}
