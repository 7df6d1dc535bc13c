import type { z } from 'zod';
import type { ConfigIssue } from '../issue.ts';
import { suggestion } from './nearest.ts';
import { outlineAt, outlineOf } from './outline.ts';
import type { ConfigPath, Position, YamlFile } from './yaml.ts';

type ZodIssue = z.core.$ZodIssue;

/** A value that a schema accepted, or everything that is wrong with it. */
export type Checked<T> =
  | { readonly value: T; readonly issues: readonly ConfigIssue[] }
  | { readonly value: undefined; readonly issues: readonly ConfigIssue[] };

/**
 * Checks the value at `base` of a YAML file against a schema. All mistakes come back, each at its
 * own line and column. `value` stands in for what the file holds there (a default for an absent
 * map); `alsoKnown` are keys that the caller took off, offered beside the schema's own to a
 * misspeller.
 */
export function checkYaml<T>(
  schema: z.ZodType<T>,
  yaml: YamlFile,
  base: ConfigPath = [],
  value: unknown = valueIn(yaml.value, base),
  alsoKnown: readonly string[] = [],
): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, issues: [] };
  return { value: undefined, issues: issuesOf(result.error, yaml, schema, base, value, alsoKnown) };
}

/**
 * Renders zod's errors for an analyst: where, what was expected, and the nearest right word. A
 * required key that is missing because it was misspelt is reported once, at the misspelling.
 */
export function issuesOf(
  error: z.ZodError | z.core.$ZodError,
  yaml: YamlFile,
  schema: z.ZodType,
  base: ConfigPath = [],
  value: unknown = valueIn(yaml.value, base),
  alsoKnown: readonly string[] = [],
): ConfigIssue[] {
  const found: Found[] = [];
  for (const issue of error.issues) collect(issue, [], { schema, value, alsoKnown }, found);
  const misspelt = new Set(found.flatMap((entry) => entry.meant ?? []));
  return found
    .filter((entry) => entry.missing === undefined || !misspelt.has(entry.missing))
    .filter((entry) => !entry.isRule || !found.some((other) => spoils(other, entry)))
    .map(({ at, path, code, message }) => {
      const position: Position = yaml[at]([...base, ...path]);
      return { ...position, severity: 'error' as const, code, message };
    });
}

/** A rule over a map says nothing while a key of it is unknown: it saw a default there. */
function spoils(other: Found, rule: Found): boolean {
  if (other.code !== 'config-unknown-key') return false;
  return other.path.slice(0, -1).every((step, index) => rule.path[index] === step);
}

type Given = {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly alsoKnown: readonly string[];
};

type Found = {
  readonly at: 'keyAt' | 'valueAt';
  readonly path: ConfigPath;
  readonly code: string;
  readonly message: string;
  /** Path of a required key that is not there. */
  readonly missing?: string;
  /** Path of the key that an unknown key was probably meant to be. */
  readonly meant?: string;
  /** The finding of a rule of our own, over values that each are right by themselves. */
  readonly isRule?: boolean;
};

function collect(issue: ZodIssue, parent: ConfigPath, given: Given, found: Found[]): void {
  const path: ConfigPath = [...parent, ...(issue.path as (string | number)[])];
  const here = valueIn(given.value, path);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) found.push(unknownKey(key, path, given));
    return;
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    for (const inner of bestBranch(issue.errors, here)) collect(inner, path, given, found);
    return;
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    const text = issue.issues.map((inner) => inner.message).join('; ');
    found.push({ at: 'keyAt', path, code: 'config-key', message: `wrong key: ${text}` });
    return;
  }
  if (here === undefined && path.length > 0 && issue.code !== 'custom') {
    const key = String(path.at(-1));
    const about = outlineAt(outlineOf(given.schema), path).description;
    const message = `\`${key}\` is missing${about === undefined ? '' : `: ${about}`}`;
    const missing = JSON.stringify(path);
    found.push({ at: 'keyAt', path: path.slice(0, -1), code: 'config-missing', message, missing });
    return;
  }
  found.push({ at: 'valueAt', path, ...wrongValue(issue, here, path) });
}

function unknownKey(key: string, path: ConfigPath, { schema, alsoKnown }: Given): Found {
  const own = outlineAt(outlineOf(schema), path).keys;
  const known = path.length === 0 ? [...own, ...alsoKnown] : own;
  const hint = suggestion(key, known);
  const meant = /^did you mean `(.*)`\?$/.exec(hint)?.[1];
  const message = `unknown key \`${key}\`; ${hint}`;
  const entry: Found = { at: 'keyAt', path: [...path, key], code: 'config-unknown-key', message };
  return meant === undefined ? entry : { ...entry, meant: JSON.stringify([...path, meant]) };
}

function wrongValue(issue: ZodIssue, here: unknown, path: ConfigPath) {
  const shown = show(here, path);
  switch (issue.code) {
    case 'invalid_type': {
      const expected = nouns[issue.expected] ?? issue.expected;
      return {
        code: 'config-type',
        message: `expected ${expected}, found ${shown}${hintFor(issue.expected, here)}`,
      };
    }
    case 'invalid_value': {
      const words = issue.values.map(String);
      return {
        code: 'config-value',
        message: `${shown} is not allowed here; ${suggestion(String(here), words)}`,
      };
    }
    case 'invalid_union': {
      const options = (issue as { options?: readonly unknown[] }).options ?? [];
      return {
        code: 'config-value',
        message: `${shown} is not allowed here; ${suggestion(String(here), options.map(String))}`,
      };
    }
    case 'custom':
      return { code: 'config-value', message: issue.message, isRule: true };
    case 'too_big':
    case 'too_small':
      return { code: 'config-value', message: `${shown} is wrong here: ${boundOf(issue)}` };
    default: {
      const reason = issue.message.replace(/^(Invalid|Too) /, (word) => word.toLowerCase());
      return { code: 'config-value', message: `${shown} is wrong here: ${reason}` };
    }
  }
}

type Bound = z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall;

/** `at most 65535`, `longer than 0`, `at least 1 item`. */
function boundOf(issue: Bound): string {
  const { origin, inclusive = true } = issue;
  const isTop = issue.code === 'too_big';
  const bound = Number(isTop ? issue.maximum : issue.minimum);
  if (origin === 'string')
    return bound === 1 && !isTop
      ? 'it may not be empty'
      : `it has to have ${isTop ? 'at most' : 'at least'} ${bound} characters`;
  const inside = isTop ? 'at most' : 'at least';
  const outside = isTop ? 'less than' : 'more than';
  const items = origin === 'number' || origin === 'int' ? '' : bound === 1 ? ' item' : ' items';
  return `expected ${inclusive ? inside : outside} ${bound}${items}`;
}

const nouns: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  null: 'nothing',
};

function hintFor(expected: string, here: unknown): string {
  if (expected === 'boolean' && typeof here === 'string') {
    if (/^(yes|on)$/i.test(here)) return '; write `true`';
    if (/^(no|off)$/i.test(here)) return '; write `false`';
  }
  if (expected === 'string' && (typeof here === 'number' || typeof here === 'boolean'))
    return `; write it in quotes: "${here}"`;
  return '';
}

/** `null_tokens` are words of a sender, no secrets. */
const secretKeys = /^(?!null_tokens$).*(?:token|secret|password|passphrase)/i;

/** Names a value without spreading secrets or long text into a message. */
function show(value: unknown, path: ConfigPath): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  if (path.some((step) => secretKeys.test(String(step)))) return 'this value';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 36)}..."` : text;
}

/**
 * Of a union the branch that the author probably meant: the right kind of value, then fewest
 * mistakes.
 */
function bestBranch(
  branches: readonly (readonly ZodIssue[])[],
  here: unknown,
): readonly ZodIssue[] {
  const scored = branches.map((issues) => {
    const wrongKind = issues.some(
      (issue) => issue.path.length === 0 && issue.code === 'invalid_type',
    );
    return { issues, score: (wrongKind && here !== undefined ? 1000 : 0) + issues.length };
  });
  const best = scored.reduce((left, right) => (right.score < left.score ? right : left));
  if (best.score < 1000) return best.issues;
  const kinds = new Set(
    branches.flatMap((issues) =>
      issues.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected as string] : [])),
    ),
  );
  const expected = [...kinds].map((kind) => nouns[kind] ?? kind).join(' or ');
  const found = show(here, []);
  return [
    { code: 'custom', path: [], message: `expected ${expected}, found ${found}` } as ZodIssue,
  ];
}

/** What stands at `path` of plain data; undefined where nothing does. */
export function valueIn(value: unknown, path: ConfigPath): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (at === null || typeof at !== 'object') return undefined;
    at = Object.hasOwn(at, step) ? (at as Record<string | number, unknown>)[step] : undefined;
  }
  return at;
}
