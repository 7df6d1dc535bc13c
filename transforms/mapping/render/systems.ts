import { isDeepStrictEqual } from 'node:util';
import type { TableRow } from '../language.ts';
import type { Merged } from '../merge.ts';

/** What the writers know of the mapping: its dialect and tables, read from right to left. */
export type Names = {
  /** HD of an identifier system: namespace, universal id, its type. */
  authority(system: string): readonly string[];
  /** HL7 name of a code system. */
  codeSystem(uri: string): string;
  /** Identifier system of places: `urn:plexus:SOURCE:location`. */
  readonly places: string;
  table(name: string): ReverseTable | undefined;
};

export type ReverseTable = {
  readonly system: string | undefined;
  readonly original: string | undefined;
  /** Codes of HL7 by `code` and by `system|code` of FHIR; several: nobody can tell which. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
};

const v2System = /^http:\/\/terminology\.hl7\.org\/CodeSystem\/v2-(\d{4})$/;
const oid = /^urn:oid:([0-2](?:\.\d+)+)$/;

export function namesOf(merged: Merged): Names {
  const { dialect, source } = merged;
  const sourceUri = `urn:plexus:${source}`;
  const authorities = reversed(dialect.authorities, isNamespace);
  const systems = reversed(dialect.code_systems, () => true);
  const tables = new Map<string, ReverseTable>();
  return {
    authority(system) {
      const named = authorities.get(system);
      if (named !== undefined) return [named];
      const own = inside(system, `${sourceUri}:authority:`);
      // The convert of this source makes the same system of the same word again.
      if (own !== undefined) return [own.toUpperCase()];
      const number = oid.exec(system)?.[1];
      return number === undefined ? ['', system, 'URI'] : ['', number, 'ISO'];
    },
    codeSystem(uri) {
      const table = v2System.exec(uri)?.[1];
      const own = inside(uri, `${sourceUri}:code-system:`);
      return systems.get(uri) ?? own?.toUpperCase() ?? (table ? `HL7${table}` : uri);
    },
    places: `${sourceUri}:location`,
    table(name) {
      const known = tables.get(name);
      const row = merged.tables.get(name);
      if (known || !row) return known;
      const made = reverseTable(row, merged.tableLayers.get(name) ?? []);
      tables.set(name, made);
      return made;
    },
  };
}

const isNamespace = (name: string): boolean => !/^[\d.]+$/.test(name);

const inside = (uri: string, prefix: string): string | undefined =>
  uri.startsWith(prefix) ? uri.slice(prefix.length) : undefined;

/** Uri to name; of several names the first in the alphabet, so that bytes stay the same. */
function reversed(
  names: Readonly<Record<string, string>> | undefined,
  isWanted: (name: string) => boolean,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, uri] of Object.entries(names ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (isWanted(name) && !found.has(uri)) found.set(uri, name);
  return found;
}

/**
 * What a facility adds to a table of the base are its own words for what has one already: they are
 * read, and not written. A layer only says how to write what no layer below it has a code for.
 */
function reverseTable(row: TableRow, layers: readonly TableRow['codes'][]): ReverseTable {
  const codes = new Map<string, string[]>();
  for (const layer of layers) {
    const own = new Map<string, string[]>();
    const add = (key: string, code: string) => own.set(key, [...(own.get(key) ?? []), code]);
    for (const [code, target] of Object.entries(layer)) {
      const coded = typeof target === 'string' ? { code: target } : target;
      // What a later layer made of the same code counts there.
      if (coded.code === '' || !isDeepStrictEqual(target, row.codes[code])) continue;
      const system = coded.system ?? row.system;
      add(coded.code, code);
      if (system !== undefined) add(`${system}|${coded.code}`, code);
    }
    for (const [key, from] of own) if (!codes.has(key)) codes.set(key, from);
  }
  return { system: row.system, original: row.original, codes };
}
