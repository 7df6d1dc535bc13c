import type { Json } from '../knowledge.ts';
import { declined, issue, refusedBy } from './issue.ts';
import { textOf, valueIn } from './json.ts';
import type { Question } from './question.ts';
import { knownIn, relationOf } from './subsumes.ts';
import { unknownSystemIssue } from './unknown-system.ts';
import { openSystem } from './versions.ts';

/** One relation between two codes of a closure table: the target subsumes the source. */
type Entry = {
  readonly system: string;
  readonly source: string;
  readonly target: string;
  /** Of the table, when the entry came in. */
  readonly version: number;
};

type Table = { version: number; readonly codes: Map<string, Set<string>>; entries: Entry[] };

/** The closure tables of those who ask; a table is gone when the program ends. */
export type ClosureTables = { readonly byName: Map<string, Table> };

/** Tables that are kept; the one that was asked longest ago makes room. */
const tablesMax = 200;
/** Codes of a table: each new one is compared with all that are there. */
const codesMax = 5_000;

export const createClosureTables = (): ClosureTables => ({ byName: new Map() });

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
    keep(tables, key, { version: 0, codes: new Map(), entries: [] });
    return mapOf(name, 0, []);
  }
  const table = tables.byName.get(key);
  if (table === undefined)
    throw declined(
      404,
      'not-found',
      `the closure table ${name} was not begun, or is gone: begin it`,
    );
  keep(tables, key, table);
  if (since !== undefined) {
    const from = Number(since);
    if (!Number.isSafeInteger(from)) throw declined(400, 'invalid', `there is no version ${since}`);
    const later = table.entries.filter(({ version }) => version > from);
    return mapOf(name, table.version, later);
  }
  const fresh = add(question, table, concepts);
  return mapOf(name, table.version, fresh);
}

function keep({ byName }: ClosureTables, key: string, table: Table): void {
  byName.delete(key);
  byName.set(key, table);
  const [oldest] = byName.keys();
  if (byName.size > tablesMax && oldest !== undefined) byName.delete(oldest);
}

/** Adds concepts, all or none; gives the entries that are new. */
function add(question: Question, table: Table, concepts: readonly Json[]): readonly Entry[] {
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
  table.version += 1;
  const { version } = table;
  const fresh: Entry[] = [];
  for (const { system, code } of known) {
    const codes = table.codes.get(system.url) ?? new Set<string>();
    table.codes.set(system.url, codes);
    if (codes.has(code)) continue;
    for (const other of codes) {
      const relation = relationOf(system, code, other);
      const common = { system: system.url, version };
      if (relation === 'subsumes') fresh.push({ ...common, source: other, target: code });
      if (relation === 'subsumed-by') fresh.push({ ...common, source: code, target: other });
    }
    codes.add(code);
  }
  table.entries = [...table.entries, ...fresh];
  return fresh;
}

function mapOf(name: string, version: number, entries: readonly Entry[]): Json {
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
