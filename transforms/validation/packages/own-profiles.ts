import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigIssue, reasonOf } from '../../../engine/index.ts';
import type { FhirPackage } from './read-package.ts';

/** The definitions that a network writes itself, as a package would bring them. */
export type OwnProfiles = Pick<
  FhirPackage,
  'structures' | 'valueSets' | 'codeSystems' | 'questionnaires'
> & {
  readonly issues: readonly ConfigIssue[];
  /** Where each lies, by `url|version`. */
  readonly files: ReadonlyMap<string, string>;
};

const kinds = {
  StructureDefinition: 'structures',
  ValueSet: 'valueSets',
  CodeSystem: 'codeSystems',
  Questionnaire: 'questionnaires',
} as const;

type Json = Readonly<Record<string, unknown>>;

/** The files of `profiles/`, by name. */
export function profileFiles(configDir: string): readonly string[] {
  const folder = join(configDir, 'profiles');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => join(folder, name));
}

/** Reads `profiles/*.json` of a configuration. Never throws for what the files hold. */
export function readOwnProfiles(configDir: string): OwnProfiles {
  const issues: ConfigIssue[] = [];
  const files = new Map<string, string>();
  const found: Record<string, unknown[]> = Object.fromEntries(
    Object.values(kinds).map((name) => [name, []]),
  );
  for (const file of profileFiles(configDir)) {
    const refuse = (code: string, message: string, line = 1, column = 1) =>
      issues.push({ file, line, column, severity: 'error', code, message });
    const text = readFileSync(file, 'utf8');
    let value: Json;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      const { line, column } = placeOf(cause, text);
      refuse('profile-json', `this is no JSON: ${reasonOf(cause)}`, line, column);
      continue;
    }
    const kind = kinds[value?.resourceType as keyof typeof kinds];
    const { url, version } = value ?? {};
    if (kind === undefined) refuse('profile-type', `expected ${Object.keys(kinds).join(', ')}`);
    else if (typeof url !== 'string' || typeof version !== 'string')
      refuse('profile-canonical', 'it needs a `url` and a `version`: channels pin both');
    else if (files.has(`${url}|${version}`))
      refuse('profile-twice', `\`${url}|${version}\` is in ${files.get(`${url}|${version}`)} too`);
    else {
      files.set(`${url}|${version}`, file);
      found[kind]!.push(value);
    }
  }
  return { ...found, issues, files } as unknown as OwnProfiles;
}

/** V8 says `at position N` or `(line N column M)`. */
function placeOf(cause: unknown, text: string): { line: number; column: number } {
  const position = /position (\d+)/.exec(reasonOf(cause))?.[1];
  if (position === undefined) return { line: 1, column: 1 };
  const before = text.slice(0, Number(position)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
