import {
  type CodeSystem,
  type ConceptMap,
  type Json,
  type Knowledge,
  newestFirst,
  type Release,
  type ResourceType,
  resourceTypes,
  type ValueSet,
  type Wanted,
} from '../knowledge.ts';
import { memoryCodeSystem } from './code-system.ts';
import { memoryConceptMap } from './concept-map.ts';

export { memoryCodeSystem, propertyText } from './code-system.ts';
export { memoryConceptMap } from './concept-map.ts';

/**
 * Knowledge of the given FHIR resources; what is of another type is passed over, and of two with
 * one url and version the first counts.
 */
export function memoryKnowledge(resources: Iterable<Json>): Knowledge {
  const all = new Map<ResourceType, Map<string, Map<string, Json>>>(
    resourceTypes.map((type) => [type, new Map()]),
  );
  const listed: Json[] = [];
  for (const resource of resources) {
    const byUrl = all.get(resource.resourceType as ResourceType);
    if (byUrl === undefined) continue;
    const { url, version } = releaseOf(resource);
    const byVersion = byUrl.get(url) ?? new Map<string, Json>();
    byUrl.set(url, byVersion);
    if (!byVersion.has(version)) byVersion.set(version, resource);
  }
  for (const byUrl of all.values())
    for (const byVersion of byUrl.values()) listed.push(...byVersion.values());
  const json = (type: ResourceType, url: string, version: string) =>
    all.get(type)?.get(url)?.get(version);
  const of = (type: ResourceType) => listed.filter(({ resourceType }) => resourceType === type);
  const mapsWith = (end: 'source' | 'target', system: string) =>
    of('ConceptMap')
      .filter((map) => groupsOf(map).some((one) => String(one[end]).split('|')[0] === system))
      .map(releaseOf);
  return {
    versions: (type, url) => newestFirst(all.get(type)?.get(url)?.keys() ?? []),
    codeSystem: once((url, version) => {
      const found = json('CodeSystem', url, version);
      return found && memoryCodeSystem(found);
    }),
    valueSet: once((url, version): ValueSet | undefined => {
      const resource = json('ValueSet', url, version);
      return resource && { url, version, resource };
    }),
    conceptMap: once((url, version) => {
      const found = json('ConceptMap', url, version);
      return found && memoryConceptMap(found);
    }),
    supplements: (url) =>
      of('CodeSystem')
        .filter(({ supplements }) => String(supplements ?? '').split('|')[0] === url)
        .map(releaseOf),
    systemOfValueSet(url) {
      const found = of('CodeSystem').find(({ valueSet }) => valueSet === url);
      return found && releaseOf(found);
    },
    mapsFrom: (system) => mapsWith('source', system),
    mapsTo: (system) => mapsWith('target', system),
    byId(type, id) {
      const found = of(type).find((one) => one.id === id);
      return found && releaseOf(found);
    },
    search(type, wanted) {
      const found = of(type).filter((one) => fits(one, wanted));
      const page = found.slice(wanted.offset, wanted.offset + wanted.count).map(releaseOf);
      return { total: found.length, page };
    },
  };
}

/** Reads each resource when it is first asked for, and keeps it. */
function once<T extends CodeSystem | ValueSet | ConceptMap>(
  make: (url: string, version: string) => T | undefined,
): (url: string, version: string) => T | undefined {
  const made = new Map<string, T | undefined>();
  return (url, version) => {
    const key = `${url}|${version}`;
    if (!made.has(key)) made.set(key, make(url, version));
    return made.get(key);
  };
}

export function releaseOf({ url, version }: Json): Release {
  return { url: String(url ?? ''), version: String(version ?? '') };
}

const groupsOf = ({ group }: Json): readonly Json[] => (Array.isArray(group) ? group : []);

function fits(resource: Json, wanted: Wanted): boolean {
  const { id, url, version, status, name, title, system } = wanted;
  const is = (asked: string | undefined, value: unknown) => asked === undefined || asked === value;
  const starts = (asked: string | undefined, value: unknown) =>
    asked === undefined ||
    String(value ?? '')
      .toLowerCase()
      .startsWith(asked.toLowerCase());
  return (
    is(id, resource.id) &&
    is(url, resource.url) &&
    is(version, resource.version) &&
    is(status, resource.status) &&
    starts(name, resource.name) &&
    starts(title, resource.title) &&
    (system === undefined || systemsOf(resource).has(system))
  );
}

/** The code systems that a resource speaks of. */
function systemsOf(resource: Json): ReadonlySet<unknown> {
  if (resource.resourceType === 'CodeSystem') return new Set([resource.url]);
  if (resource.resourceType === 'ConceptMap')
    return new Set(groupsOf(resource).flatMap(({ source, target }) => [source, target]));
  const { include } = (resource.compose ?? {}) as { include?: readonly Json[] };
  return new Set((include ?? []).map(({ system }) => system));
}
