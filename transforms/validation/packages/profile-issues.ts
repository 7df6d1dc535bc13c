import type { ConfigIssue } from '../../../engine/index.ts';
import { createDefinitions } from './definitions.ts';
import { readOwnProfiles } from './own-profiles.ts';

/**
 * Mistakes of `profiles/*.json`: what is no definition, and profiles whose snapshot cannot be made
 * of R4 and each other, because of an element that their base does not have or a base that nobody
 * here has. One that builds on a package is checked where a channel names that package.
 */
export function profileIssues(configDir: string): readonly ConfigIssue[] {
  const own = readOwnProfiles(configDir);
  if (own.structures.length === 0) return own.issues;
  const { structure } = createDefinitions([own]);
  const unmade = own.structures.flatMap(({ url, version, baseDefinition = '' }): ConfigIssue[] => {
    const canonical = `${url}|${version}`;
    const file = own.files.get(canonical);
    if (file === undefined || structure(canonical) !== undefined) return [];
    if (structure(baseDefinition) === undefined) return [];
    const message = 'its differential names elements that its base does not have, or not so';
    return [{ file, line: 1, column: 1, severity: 'error', code: 'profile-differential', message }];
  });
  return [...own.issues, ...unmade];
}
