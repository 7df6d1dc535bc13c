import type { Json } from '../knowledge.ts';
import { declined, issue, refusedBy } from './issue.ts';
import { textOf, valueIn } from './json.ts';
import type { Question } from './question.ts';
import { knownIn, relationOf } from './subsumes.ts';
import { unknownSystemIssue } from './unknown-system.ts';
import { openSystem } from './versions.ts';

/** One relation between two codes of a closure table: the target subsumes the source. */
export type ClosureEntry = {
  readonly system: string;
  readonly source: string;
  readonly target: string;
  /** Of the table, when the entry came in. */
  readonly version: number;
};

export type ClosureTable = {
  readonly version: number;
  /** The codes of each code system. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly entries: readonly ClosureEntry[];
};

/** What one question brings to a table. */
export type ClosureAddition = {
  /** Of the table with it. */
  readonly version: number;
  readonly codes: readonly { readonly system: string; readonly code: string }[];
  readonly entries: readonly ClosureEntry[];
};

/** The closure tables of those who ask, by owner and name; a call is kept whole or not at all. */
export type ClosureTables = {
  /** Begins a table anew, empty, at version 0. */
  begin(key: string): void;
  /** Undefined: it was never begun, or had to make room. */
  find(key: string): ClosureTable | undefined;
  add(key: string, addition: ClosureAddition): void;
};

/** Codes of a table: each new one is compared with all that are there. */
const codesMax = 5_000;

/** Tables that are gone when the program ends. */
export function createClosureTables(): ClosureTables {
  const byKey = new Map<string, ClosureTable>();
  return {
    begin: (key) => void byKey.set(key, { version: 0, codes: new Map(), entries: [] }),
    find: (key) => byKey.get(key),
    add(key, { version, codes: more, entries }) {
      const table = byKey.get(key)!;
      const codes = new Map([...table.codes].map(([system, own]) => [system, new Set(own)]));
      for (const { system, code } of more)
        codes.set(system, (codes.get(system) ?? new Set()).add(code));
      byKey.set(key, { version, codes, entries: [...table.entries, ...entries] });
    },
  };
}

/**
 * ConceptMap/$closure (https://hl7.org/fhir/R4/conceptmap-operation-closure.html): without concepts
 * the table is begun anew; with concepts, what is new among them; with `version`, what came since.
 * A table is the caller's own. Throws a refusal for a name that was never begun.
 */
export function closure(question: Question, tables: ClosureTables, owner: string): Json {
  const { asked } = question;
  const name = asked.text('name');
  if (name === undefined) throw declined(400, 'required', 'a closure table has a name');
  const concepts = asked.all('concept').flatMap((one) => {
    const value = valueIn(one);
    return typeof value === 'object' && value !== null ? [value as Json] : [];
  });
  const since = asked.text('version');
  const key = `${owner}\u001f${name}`;
  if (concepts.length === 0 && since === undefined) {
    tables.begin(key);
    return mapOf(name, 0, []);
  }
  const table = tables.find(key);
  if (table === undefined)
    throw declined(
      404,
      'not-found',
      `the closure table ${name} was not begun, or is gone: begin it`,
    );
  if (since !== undefined) {
    const from = Number(since);
    if (!Number.isSafeInteger(from)) throw declined(400, 'invalid', `there is no version ${since}`);
    const later = table.entries.filter(({ version }) => version > from);
    return mapOf(name, table.version, later);
  }
  const addition = additionOf(question, table, concepts);
  tables.add(key, addition);
  return mapOf(name, addition.version, addition.entries);
}

/** What concepts bring that is new, all of them or none. */
function additionOf(
  question: Question,
  table: ClosureTable,
  concepts: readonly Json[],
): ClosureAddition {
  const known = concepts.map((concept) => {
    const url = textOf(concept.system) ?? '';
    const opened = openSystem(question.knowledge, question.rules, url, textOf(concept.version));
    if (opened.system === undefined)
      throw refusedBy(404, unknownSystemIssue(question, opened, 'validate'));
    return { system: opened.system, code: knownIn(opened.system, textOf(concept.code) ?? '') };
  });
  const total = [...table.codes.values()].reduce((sum, codes) => sum + codes.size, 0);
  if (total + known.length > codesMax)
    throw refusedBy(
      422,
      issue({ severity: 'error', type: 'too-costly' }, 'CLOSURE_TOO_COSTLY', codesMax),
    );
  const version = table.version + 1;
  const fresh: ClosureEntry[] = [];
  const added: ClosureAddition['codes'][number][] = [];
  const bySystem = new Map<string, Set<string>>();
  for (const { system, code } of known) {
    const codes = bySystem.get(system.url) ?? new Set(table.codes.get(system.url));
    bySystem.set(system.url, codes);
    if (codes.has(code)) continue;
    for (const other of codes) {
      const relation = relationOf(system, code, other);
      const common = { system: system.url, version };
      if (relation === 'subsumes') fresh.push({ ...common, source: other, target: code });
      if (relation === 'subsumed-by') fresh.push({ ...common, source: code, target: other });
    }
    codes.add(code);
    added.push({ system: system.url, code });
  }
  return { version, codes: added, entries: fresh };
}

function mapOf(name: string, version: number, entries: readonly ClosureEntry[]): Json {
  const systems = [...new Set(entries.map(({ system }) => system))];
  const group = systems.map((system) => {
    const own = entries.filter((one) => one.system === system);
    const sources = [...new Set(own.map(({ source }) => source))];
    const element = sources.map((code) => ({
      code,
      target: own
        .filter(({ source }) => source === code)
        .map(({ target }) => ({
          code: target,
          relationship: 'source-is-narrower-than-target',
          equivalence: 'subsumes',
        })),
    }));
    return { source: system, target: system, element };
  });
  return {
    ...{ resourceType: 'ConceptMap', name, version: String(version), status: 'active' },
    experimental: true,
    ...(group.length === 0 ? {} : { group }),
  };
}
