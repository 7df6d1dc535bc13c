import {
  type Json,
  type Knowledge,
  newestFirst,
  type Release,
  type ResourceType,
  type Wanted,
} from '../knowledge.ts';
import { memoryCodeSystem, memoryConceptMap } from '../memory/index.ts';
import { type Entry, openPack, type Pack } from './pack.ts';

/** Readers that are kept at hand; a code system holds some thousand concepts at most. */
const readersMax = 200;

let shipped: Knowledge | undefined;
let opened: Pack | undefined;
const packOpened = (): Pack => {
  opened ??= openPack();
  return opened;
};

/**
 * What comes with Plexus: HL7's code systems, value sets and concept maps of R4, v2 and v3, and the
 * newer ones of HL7 Terminology. Read-only; nothing is read before the first question.
 */
export function shippedKnowledge(): Knowledge {
  shipped ??= lazy(() => knowledgeOf(packOpened()));
  return shipped;
}

/** A release that comes with Plexus as its whole resource. */
export function shippedResource(type: ResourceType, { url, version }: Release): Json | undefined {
  const pack = packOpened();
  const entry = pack.entries.find(
    (one) => one.type === type && one.url === url && one.version === version,
  );
  return entry && pack.resource(entry);
}

/** Opens at the first question. */
export function lazy(open: () => Knowledge): Knowledge {
  let opened: Knowledge | undefined;
  const at = () => {
    opened ??= open();
    return opened;
  };
  return {
    versions: (type, url) => at().versions(type, url),
    codeSystem: (url, version) => at().codeSystem(url, version),
    valueSet: (url, version) => at().valueSet(url, version),
    conceptMap: (url, version) => at().conceptMap(url, version),
    supplements: (url) => at().supplements(url),
    systemOfValueSet: (url) => at().systemOfValueSet(url),
    mapsFrom: (system) => at().mapsFrom(system),
    mapsTo: (system) => at().mapsTo(system),
    byId: (type, id) => at().byId(type, id),
    search: (type, wanted) => at().search(type, wanted),
  };
}

function knowledgeOf(pack: Pack): Knowledge {
  const byUrl = Map.groupBy(pack.entries, ({ type, url }) => `${type} ${url}`);
  const of = (type: ResourceType) => pack.entries.filter((entry) => entry.type === type);
  const find = (type: ResourceType, url: string, version: string) =>
    byUrl.get(`${type} ${url}`)?.find((entry) => entry.version === version);
  const maps = (end: string) => of('ConceptMap').filter(({ systems }) => systems.includes(end));
  return {
    versions: (type, url) =>
      newestFirst((byUrl.get(`${type} ${url}`) ?? []).map(({ version }) => version)),
    codeSystem: kept((url, version) => {
      const entry = find('CodeSystem', url, version);
      return entry && memoryCodeSystem(pack.resource(entry));
    }),
    valueSet: kept((url, version) => {
      const entry = find('ValueSet', url, version);
      return entry && { url, version, resource: pack.resource(entry) };
    }),
    conceptMap: kept((url, version) => {
      const entry = find('ConceptMap', url, version);
      return entry && memoryConceptMap(pack.resource(entry));
    }),
    supplements: (url) =>
      of('CodeSystem')
        .filter(({ supplements }) => supplements?.split('|')[0] === url)
        .map(releaseOf),
    systemOfValueSet(url) {
      const found = of('CodeSystem').filter(({ valueSet }) => valueSet === url);
      const [newest] = newestFirst(found.map(({ version }) => version));
      const entry = found.find(({ version }) => version === newest);
      return entry && releaseOf(entry);
    },
    mapsFrom: (system) => maps(`source|${system}`).map(releaseOf),
    mapsTo: (system) => maps(`target|${system}`).map(releaseOf),
    byId(type, id) {
      const found = of(type).filter((entry) => entry.id === id);
      const [newest] = newestFirst(found.map(({ version }) => version));
      const entry = found.find(({ version }) => version === newest);
      return entry && releaseOf(entry);
    },
    search(type, wanted) {
      const found = of(type).filter((entry) => fits(entry, wanted));
      const { offset, count } = wanted;
      return { total: found.length, page: found.slice(offset, offset + count).map(releaseOf) };
    },
  };
}

const releaseOf = ({ url, version }: Entry): Release => ({ url, version });

/** Keeps what was read; all of it is let go of when it becomes too much. */
function kept<T>(read: (url: string, version: string) => T | undefined) {
  const readers = new Map<string, T>();
  return (url: string, version: string): T | undefined => {
    const key = `${url}|${version}`;
    const known = readers.get(key);
    if (known !== undefined) return known;
    const made = read(url, version);
    if (made === undefined) return undefined;
    if (readers.size >= readersMax) readers.clear();
    readers.set(key, made);
    return made;
  };
}

function fits(entry: Entry, wanted: Wanted): boolean {
  const { id, url, version, status, name, title, system } = wanted;
  const is = (asked: string | undefined, value: string) => asked === undefined || asked === value;
  const starts = (asked: string | undefined, value: string) =>
    asked === undefined || value.toLowerCase().startsWith(asked.toLowerCase());
  return (
    is(id, entry.id) &&
    is(url, entry.url) &&
    is(version, entry.version) &&
    is(status, entry.status) &&
    starts(name, entry.name) &&
    starts(title, entry.title) &&
    (system === undefined || speaksOf(entry, system))
  );
}

function speaksOf({ type, url, systems }: Entry, system: string): boolean {
  if (type === 'CodeSystem') return url === system;
  return [system, `source|${system}`, `target|${system}`].some((one) => systems.includes(one));
}
