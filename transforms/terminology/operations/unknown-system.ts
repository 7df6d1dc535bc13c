import { issue, type TxIssue } from './issue.ts';
import { choices } from './messages.ts';
import type { Question } from './question.ts';
import type { Opened } from './versions.ts';

/** What to say when the version of a code system is not known, or none of it. */
export function unknownSystemIssue(
  question: Question,
  { url, sought }: Pick<Opened, 'url' | 'sought'>,
  use: 'validate' | 'expand',
  at?: string,
): TxIssue {
  const kind = {
    ...({ severity: 'error', type: 'not-found', tx: 'not-found' } as const),
    ...(at === undefined ? {} : { at }),
  };
  const versions = question.knowledge.versions('CodeSystem', url).toReversed();
  const known = choices(versions);
  const isExpand = use === 'expand';
  if (sought === '')
    return issue(kind, isExpand ? 'UNKNOWN_CODESYSTEM_EXP' : 'UNKNOWN_CODESYSTEM', url);
  if (versions.length === 0)
    return isExpand
      ? issue(kind, 'UNKNOWN_CODESYSTEM_VERSION_EXP_NONE', url, sought)
      : issue(kind, 'UNKNOWN_CODESYSTEM_VERSION_NONE', url, sought);
  return isExpand
    ? issue(kind, 'UNKNOWN_CODESYSTEM_VERSION_EXP', url, sought, known)
    : issue(kind, 'UNKNOWN_CODESYSTEM_VERSION', url, sought, known);
}
