import type { Issue } from '../issue.ts';

/** Where it stopped, why, and at what path: what one fix mends is one code. */
export function heldCode(stage: string, issue: Issue): string {
  return `${stage}|${issue.code}|${issue.path?.replace(/\[\d+\]/g, '') ?? ''}`;
}
