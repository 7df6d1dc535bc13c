import { readFileSync } from 'node:fs';
import type { ConfigIssue } from '../../../engine/index.ts';
import type { ElementDefinition, StructureDefinition } from '../../fhir/index.ts';
import { generateSnapshot } from '../snapshot/index.ts';
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
  const unmade = own.structures.flatMap((profile): ConfigIssue[] => {
    const canonical = `${profile.url}|${profile.version}`;
    const file = own.files.get(canonical);
    if (file === undefined) return [];
    const strange = profile.differential?.element.find(isOtherwise);
    if (strange !== undefined) {
      const both = `the id \`${strange.id}\` and the path \`${strange.path}\``;
      return [differential(file, strange, `${both} are not of one element`)];
    }
    if (structure(canonical) !== undefined) return [];
    if (structure(profile.baseDefinition ?? '') === undefined) return [];
    const element = unknownElement(profile, structure);
    const name = element?.id ?? element?.path;
    const message = name === undefined ? 'it' : `\`${name}\``;
    return [differential(file, element, `its base does not have ${message}, or not so`)];
  });
  return [...own.issues, ...unmade];
}

/** An id is its path with the slices in it; of a choice, either may name the type. */
function isOtherwise({ id, path }: ElementDefinition): boolean {
  if (id === undefined) return false;
  const named = id.split('.').map((step) => step.split(':')[0]!);
  const steps = path.split('.');
  const isChoice = (left: string, right: string) =>
    left.endsWith('[x]') && right.startsWith(left.slice(0, -3));
  return (
    named.length !== steps.length ||
    named.some((name, index) => {
      const step = steps[index]!;
      return name !== step && !isChoice(name, step) && !isChoice(step, name);
    })
  );
}

/** The first element with which the differential no longer fits its base. */
function unknownElement(
  profile: StructureDefinition,
  find: (canonical: string) => StructureDefinition | undefined,
): ElementDefinition | undefined {
  const said = profile.differential?.element ?? [];
  return said.find((_, index) => {
    const differential = { element: said.slice(0, index + 1) };
    return generateSnapshot({ ...profile, differential }, find) === undefined;
  });
}

function differential(
  file: string,
  element: ElementDefinition | undefined,
  message: string,
): ConfigIssue {
  const lines = readFileSync(file, 'utf8').split('\n');
  const words = [element?.id, element?.path].flatMap((word) => (word ? [`"${word}"`] : []));
  const index = words
    .map((word) => lines.findIndex((line) => line.includes(word)))
    .find((found) => found >= 0);
  const line = index === undefined ? 1 : index + 1;
  const column = index === undefined ? 1 : lines[index]!.search(/\S/) + 1;
  return { file, line, column, severity: 'error', code: 'profile-differential', message };
}
