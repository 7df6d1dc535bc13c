import type { Designation, Json } from '../../knowledge.ts';
import { issue, refusedBy } from '../issue.ts';
import { listOf, objectOf, textOf, textsOf } from '../json.ts';

/** A code that a value set lists. */
export type Listed = {
  readonly code: string;
  readonly display: string | undefined;
  readonly designations: readonly Designation[];
  readonly extensions: readonly Json[];
};

export type Filter = { readonly property: string; readonly op: string; readonly value: string };

/** One `include` or `exclude` of a value set. */
export type Component = {
  readonly system: string | undefined;
  /** As it is written; undefined without one. */
  readonly version: string | undefined;
  /** Undefined: no list; all, or what the filters leave. */
  readonly listed: readonly Listed[] | undefined;
  readonly filters: readonly Filter[];
  readonly valueSets: readonly string[];
};

export type Compose = {
  readonly includes: readonly Component[];
  readonly excludes: readonly Component[];
  /** Whether inactive codes belong; undefined where the value set does not say. */
  readonly inactive: boolean | undefined;
  /** Parameters that the value set asks to be expanded with. */
  readonly parameters: ReadonlyMap<string, string>;
};

/** Reads a definition. Throws a refusal when a filter lacks its value. */
export function composeOf(resource: Json): Compose {
  const compose = objectOf(resource.compose);
  const { inactive } = compose ?? {};
  const part = (name: 'include' | 'exclude') =>
    listOf(compose?.[name]).map((json, at) => componentOf(json, `ValueSet.compose.${name}[${at}]`));
  return {
    includes: compose === undefined ? expanded(resource) : part('include'),
    excludes: part('exclude'),
    inactive: typeof inactive === 'boolean' ? inactive : undefined,
    parameters: new Map([...declaredParameters(resource), ...declaredParameters(compose)]),
  };
}

function componentOf(json: Json, path: string): Component {
  const system = textOf(json.system);
  const concepts = listOf(json.concept);
  return {
    system,
    version: textOf(json.version),
    listed: concepts.length === 0 ? undefined : concepts.map(listedOf),
    filters: listOf(json.filter).map((one, at) => filterOf(one, system, `${path}.filter[${at}]`)),
    valueSets: textsOf(json.valueSet),
  };
}

const listedOf = (json: Json): Listed => ({
  code: textOf(json.code) ?? '',
  display: textOf(json.display),
  designations: listOf(json.designation) as readonly unknown[] as readonly Designation[],
  extensions: listOf(json.extension),
});

function filterOf(json: Json, system: string | undefined, at: string): Filter {
  const property = textOf(json.property) ?? '';
  const op = textOf(json.op) ?? '';
  const value = textOf(json.value);
  if (value !== undefined && value !== '') return { property, op, value };
  throw refusedBy(
    422,
    issue(
      { severity: 'error', type: 'invalid', tx: 'vs-invalid', at },
      'UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE',
      ...([system ?? '', property, op] as const),
    ),
  );
}

/** A value set that came with nothing but its expansion lists what that holds. */
function expanded(resource: Json): readonly Component[] {
  const bySystem = new Map<string, { system: string; version?: string; codes: Listed[] }>();
  const read = (contains: unknown): void => {
    for (const one of listOf(contains)) {
      const [system, version] = [textOf(one.system) ?? '', textOf(one.version)];
      const key = `${system}|${version ?? ''}`;
      const group = bySystem.get(key) ?? { system, codes: [], ...(version ? { version } : {}) };
      bySystem.set(key, group);
      if (textOf(one.code) !== undefined) group.codes.push(listedOf(one));
      read(one.contains);
    }
  };
  read(objectOf(resource.expansion)?.contains);
  return [...bySystem.values()].map(({ system, version, codes }) => ({
    ...{ system, version, listed: codes, filters: [], valueSets: [] },
  }));
}

const parameterUrl = 'http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter';

function declaredParameters(element: Json | undefined): readonly (readonly [string, string])[] {
  return listOf(element?.extension)
    .filter(({ url }) => url === parameterUrl)
    .map((one) => {
      const part = (name: string) => {
        const found = listOf(one.extension).find(({ url }) => url === name) ?? {};
        const key = Object.keys(found).find((each) => each.startsWith('value'));
        return key === undefined ? '' : String(found[key]);
      };
      return [part('name'), part('value')] as const;
    });
}
