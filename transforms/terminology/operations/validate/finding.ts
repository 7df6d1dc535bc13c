import type { Json } from '../../knowledge.ts';
import type { Coding } from '../coding.ts';
import { displayFor } from '../display.ts';
import { outcomeOf, type TxIssue } from '../issue.ts';
import type { Languages } from '../languages.ts';
import type { Hit } from '../value-set/index.ts';

/** What was found out about one coding. */
export type Finding = {
  readonly coding: Coding;
  readonly isIn: boolean;
  readonly hit: Hit | undefined;
  readonly version: string | undefined;
  readonly issues: readonly TxIssue[];
  /** Systems that nobody knows and that decide the answer. */
  readonly causes: readonly string[];
  /** Systems that nobody knows and that the value set does not speak of. */
  readonly strangers: readonly string[];
};

/** The parameters that both kinds of $validate-code answer with. */
export function validationParts(
  finding: Finding | undefined,
  issues: readonly TxIssue[],
  languages: Languages | undefined,
): readonly Json[] {
  const { coding, hit, version } = finding ?? {};
  const concept = hit?.concept;
  const display = hit && displayFor(hit.view, hit.concept, hit.listed, languages)?.value;
  const message = [...new Set(issues.filter(({ isTold }) => isTold).map(({ text }) => text))];
  const status = concept?.status === 'inactive' ? undefined : concept?.status;
  const isNormal = concept === undefined || concept.code === coding?.code;
  const part = (name: string, key: string, value: unknown): readonly Json[] =>
    value === undefined || value === '' ? [] : [{ name, [key]: value }];
  return [
    { name: 'result', valueBoolean: !issues.some(({ severity }) => severity === 'error') },
    ...part('code', 'valueCode', coding?.code),
    ...part('system', 'valueUri', coding?.system),
    ...part('version', 'valueString', version),
    ...part('display', 'valueString', display),
    ...part('normalized-code', 'valueCode', isNormal ? undefined : concept.code),
    ...part('inactive', 'valueBoolean', concept?.isInactive === true ? true : undefined),
    ...part('status', 'valueCode', status),
    ...part('message', 'valueString', message.toSorted().join('; ')),
    ...(issues.length === 0 ? [] : [{ name: 'issues', resource: outcomeOf(issues) }]),
  ];
}
