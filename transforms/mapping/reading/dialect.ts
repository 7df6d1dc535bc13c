import type { Coded, CodeTable } from '../environment.ts';
import type { DialectRow, TableRow } from '../language.ts';
import {
  compileDateFormat,
  type DateFormat,
  type YearPivot,
  type Zone,
  zoneOf,
} from '../times/index.ts';
import { fieldPath } from './field-path.ts';
import { ownText } from './memo.ts';
import { type ReadPath, readPath } from './reader.ts';

/** A system, or the fields of MSH of which the first populated one names the authority. */
export type DefaultAuthority = string | readonly ReadPath[] | undefined;

export type Authority = { readonly system: string; readonly isContradicted: boolean };

/**
 * A dialect, ready to use; made of the merged `dialect:` blocks of a mapping and what it extends.
 */
export type Dialect = {
  readonly zone: Zone | undefined;
  readonly formats: readonly DateFormat[];
  readonly yearPivot: YearPivot;
  readonly charset: string;
  readonly nullTokens: ReadonlySet<string>;
  readonly ignoreNull: boolean;
  readonly repairs: readonly string[];
  readonly defaultAuthority: DefaultAuthority;
  /** Of an HD; `isContradicted`: its namespace is known as another authority than its id. */
  authority(namespace: string, universalId: string, type: string): Authority | undefined;
  codeSystem(name: string): string | undefined;
  defaultCodeSystem(field: string): string | undefined;
  ucum(unit: string): string | undefined;
  /** What `Environment` remembers of units. */
  readonly knownUnits: Map<string, fhir4.Quantity>;
  readonly sourceUri: string;
};

/** What a sender writes where a name of a code system stands may be anything, and as often. */
const urisMax = 10_000;
const uriLengthMax = 256;

const oid = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `A & B` to `a-b`: part of a uri. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'unnamed';

/** Compiles a dialect. What lint refuses (an unknown zone, a wrong format) is left out here. */
export function compileDialect(row: DialectRow, source: string): Dialect {
  const sourceUri = `urn:plexus:${source}`;
  const authorities = new Map(Object.entries(row.authorities ?? {}));
  const systems = new Map(Object.entries(row.code_systems ?? {}));
  const defaults = new Map(Object.entries(row.default_code_systems ?? {}));
  const units = new Map(Object.entries(row.units ?? {}));
  const found = new Map<string, Authority>();
  // By their namespace alone, as most are named.
  const bare = new Map<string, Authority>();
  const uris = new Map<string, string>();

  return {
    zone: row.timezone === undefined ? undefined : zoneOf(row.timezone),
    formats: (row.date_formats ?? []).flatMap((text) => compileDateFormat(text) ?? []),
    yearPivot: row.year_pivot,
    charset: row.charset ?? 'windows-1252',
    nullTokens: new Set(row.null_tokens ?? []),
    ignoreNull: row.explicit_null === 'ignore',
    repairs: row.repairs ?? [],
    defaultAuthority: compileDefaultAuthority(row.default_authority, authorities),
    authority(namespace, universalId, type) {
      if (namespace === '' && universalId === '') return undefined;
      const isBare = universalId === '' && type === '';
      const known = isBare ? bare : found;
      const key = isBare ? namespace : `${namespace}|${universalId}|${type}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const byId = authorities.get(universalId) ?? authorities.get(universalId.toLowerCase());
      const named = authorities.get(namespace);
      const own = universal(universalId, type);
      const authority = {
        system: byId ?? named ?? own ?? `${sourceUri}:authority:${slug(namespace || universalId)}`,
        isContradicted: named !== undefined && (byId ?? own ?? named) !== named,
      };
      if (known.size < 10_000) known.set(ownText(key), authority);
      return authority;
    },
    codeSystem(name) {
      const known = systems.get(name) ?? uris.get(name);
      if (known !== undefined) return known;
      const own = ownText(name);
      const uri = codeSystemUri(own, sourceUri);
      if (uris.size < urisMax && own.length <= uriLengthMax) uris.set(own, uri);
      return uri;
    },
    defaultCodeSystem: (field) => defaults.get(field),
    ucum: (unit) => units.get(unit),
    knownUnits: new Map(),
    sourceUri,
  };
}

function compileDefaultAuthority(
  row: DialectRow['default_authority'],
  authorities: ReadonlyMap<string, string>,
): DefaultAuthority {
  if (row === undefined) return undefined;
  if (typeof row === 'string') return authorities.get(row) ?? row;
  return [row.from].flat().map((text) => readPath(fieldPath(text)));
}

/** Uri of a universal id (HD.2) by its type (HD.3); undefined when it is not universal. */
function universal(id: string, type: string): string | undefined {
  if (id === '') return undefined;
  if (oid.test(id) && (type === 'ISO' || type === '' || id.split('.').length > 4))
    return `urn:oid:${id}`;
  if (uuid.test(id)) return `urn:uuid:${id.toLowerCase()}`;
  return /^(?:https?:\/\/|urn:)\S+$/.test(id) ? id : undefined;
}

const v2Table = /^(?:HL7|hl7)-?(?:0)?(0\d{3}|\d{3,4})$/;

function codeSystemUri(name: string, sourceUri: string): string {
  const number = v2Table.exec(name)?.[1];
  if (number) return `http://terminology.hl7.org/CodeSystem/v2-${number.padStart(4, '0')}`;
  if (/^(?:https?:\/\/|urn:)\S+$/.test(name)) return name;
  return oid.test(name) && name.includes('.')
    ? `urn:oid:${name}`
    : `${sourceUri}:code-system:${slug(name)}`;
}

/** Compiles a code table. */
export function compileTable(name: string, row: TableRow): CodeTable {
  const target = (value: TableRow['codes'][string]): Coded => {
    const coded = typeof value === 'string' ? { code: value } : value;
    return { ...coded, system: coded.system ?? row.system };
  };
  const codes = new Map(Object.entries(row.codes).map(([code, value]) => [code, target(value)]));
  for (const [word, code] of Object.entries(row.words ?? {}))
    if (!codes.has(word) && codes.has(code)) codes.set(word, codes.get(code)!);
  const otherwise = row.otherwise === undefined ? undefined : target(row.otherwise);
  const nothing: Coded = { code: '' };
  return {
    name,
    original: row.original,
    lookup(code) {
      const found = codes.get(code) ?? codes.get(code.toUpperCase()) ?? otherwise;
      // A code that is listed with an empty target is known and has no counterpart.
      return found?.code === '' ? nothing : found;
    },
  };
}
