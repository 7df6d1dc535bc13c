import { suggestion } from '../../../engine/index.ts';
import { isVisitField } from '../ids/index.ts';
import type { Condition, RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import { parseFieldPath } from '../reading/index.ts';
import type { Path, Report } from '../report.ts';

/** The words of a `when`: an HL7 path, the event or the type of the message. */
export function checkCondition(when: Condition | undefined, report: Report, at = 'when'): void {
  const isList = Array.isArray(when);
  for (const [position, clauses] of [when ?? {}].flat().entries())
    checkClauses(Object.keys(clauses), report, isList ? [at, position] : [at]);
}

function checkClauses(keys: readonly string[], report: Report, at: Path): void {
  for (const key of keys) {
    const path = key.startsWith('not ') ? key.slice(4) : key;
    if (path === 'trigger' || path === 'message' || parseFieldPath(path)) continue;
    const words = ['trigger', 'message'];
    const hint = /^[a-z]/.test(key) ? suggestion(key, words) : 'expected an HL7 path like `PV1-2`';
    report('condition', `\`${key}\` is no condition; ${hint}`, ...at, key);
  }
}

/** Only a rule can ask what the message makes; the rest is decided before. */
export function checkRuleCondition({ when }: RuleRow, merged: Merged, report: Report): void {
  if (when === undefined) return;
  const isList = Array.isArray(when);
  for (const [position, clauses] of [when].flat().entries()) {
    const at = isList ? ['when', position] : ['when'];
    const { made, 'not made': notMade, visit, ...others } = clauses;
    checkClauses(Object.keys(others), report, at);
    if (visit !== undefined && !isVisitField(String(visit)))
      report('condition', `\`${visit}\` numbers no visit`, ...at, 'visit');
    for (const [key, asked] of Object.entries({ made, 'not made': notMade }))
      for (const id of [asked ?? []].flat().map(String)) {
        const ids = merged.resources.map((placed) => placed.row.id);
        if (ids.includes(id)) continue;
        const message = `no resource is called \`${id}\`; ${suggestion(id, ids)}`;
        report('resource-unknown', message, ...at, key);
      }
  }
}
