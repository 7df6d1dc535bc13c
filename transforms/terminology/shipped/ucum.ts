import { createRequire } from 'node:module';
import type { CodeSystem, Concept, Knowledge, Release } from '../knowledge.ts';

/** What of `@lhncbc/ucum-lhc` is used; it comes without types. */
type Unit = { readonly csCode_: string; readonly name_: string };
type Ucum = {
  UcumLhcUtils: {
    getInstance(): {
      validateUnitString(unit: string): { status: string; unit: { name?: string } | null };
    };
  };
  UnitTables: { getInstance(): { allUnitsByDef(): readonly Unit[] } };
};

let loaded: Ucum | undefined;
/** Some 60 ms and 16 MB, so only when a unit is asked for. */
const ucum = (): Ucum => {
  loaded ??= createRequire(import.meta.url)('@lhncbc/ucum-lhc') as Ucum;
  return loaded;
};

export const ucumUrl = 'http://unitsofmeasure.org';
/** The version of the UCUM table that the library carries. */
export const ucumVersion = '2.2';

/** The library writes to stdout of blanks; no unit is so long. */
const shape = /^[!-~]{1,200}$/;
const knownMax = 10_000;
const known = new Map<string, Concept | null>();

function conceptOf(code: string): Concept | undefined {
  const before = known.get(code);
  if (before !== undefined) return before ?? undefined;
  if (known.size >= knownMax) known.clear();
  const found = shape.test(code)
    ? ucum().UcumLhcUtils.getInstance().validateUnitString(code)
    : null;
  const concept: Concept | null =
    found?.status === 'valid'
      ? { code, display: found.unit?.name ?? code, designations: [], properties: [] }
      : null;
  known.set(code, concept);
  return concept ?? undefined;
}

/** Units are a grammar: every one can be asked for, and nobody can list them. */
const system: CodeSystem = {
  url: ucumUrl,
  version: ucumVersion,
  resource: {
    ...{ resourceType: 'CodeSystem', id: 'ucum', url: ucumUrl, version: ucumVersion },
    ...{ name: 'UCUM', title: 'Unified Code for Units of Measure', status: 'active' },
    ...{ caseSensitive: true, content: 'complete', compositional: true },
    copyright: 'UCUM is copyright Regenstrief Institute, Inc.; see https://ucum.org/license',
  },
  concept: conceptOf,
  count: undefined,
  concepts() {
    throw new RangeError('the units of UCUM cannot be listed');
  },
  roots: () => [],
  children: () => [],
  parents: () => [],
  descendants: () => [],
  subsumes: () => false,
  withProperty: () => [],
  *mentioning(text) {
    const wanted = text.toLowerCase();
    for (const { csCode_: code, name_: name } of ucum().UnitTables.getInstance().allUnitsByDef())
      if (`${code} ${name}`.toLowerCase().includes(wanted)) yield code;
  },
};

const release: Release = { url: ucumUrl, version: ucumVersion };

/** UCUM as the one code system of a layer. */
export const ucumKnowledge: Knowledge = {
  versions: (type, url) => (type === 'CodeSystem' && url === ucumUrl ? [ucumVersion] : []),
  codeSystem: (url, version) => (url === ucumUrl && version === ucumVersion ? system : undefined),
  valueSet: () => undefined,
  conceptMap: () => undefined,
  supplements: () => [],
  systemOfValueSet: () => undefined,
  mapsFrom: () => [],
  mapsTo: () => [],
  byId: (type, id) => (type === 'CodeSystem' && id === 'ucum' ? release : undefined),
  search(type, { id, url, version, status, name, title, system: of, offset, count }) {
    const isOne =
      type === 'CodeSystem' &&
      [id ?? 'ucum', url ?? ucumUrl, version ?? ucumVersion, status ?? 'active', of ?? ucumUrl]
        .join(' ')
        .startsWith(`ucum ${ucumUrl} ${ucumVersion} active ${ucumUrl}`) &&
      'ucum'.startsWith((name ?? '').toLowerCase()) &&
      'unified code for units of measure'.startsWith((title ?? '').toLowerCase());
    return { total: isOne ? 1 : 0, page: isOne && offset === 0 && count > 0 ? [release] : [] };
  },
};
