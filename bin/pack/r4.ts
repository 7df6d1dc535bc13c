import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  type ElementDefinition,
  type PackedValueSet,
  type StructureDefinition,
  typeCodeOf,
} from '../../transforms/fhir/index.ts';
import { type CodeSystem, expand, type ValueSet } from '../../transforms/validation/index.ts';

/**
 * Where the package differs from R4 (4.0.1) as published: elements of later releases and of its
 * maker's server. By type, what R4 does not have, and what R4 says; found by comparing with the
 * definitions in HL7's R4 examples, as `npm run test:interop` does again.
 */
type Correction = {
  readonly drop: readonly string[];
  readonly put: readonly { readonly after?: string; readonly element: ElementDefinition }[];
};
const corrections: Readonly<Record<string, Correction>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'r4-corrections.json'), 'utf8'),
);

/** Where the packed definitions lie; one line a definition, after a line that lists them. */
const file = join(
  import.meta.dirname,
  '../../transforms/fhir/definitions/r4-definitions.ndjson.gz',
);

type Named = { readonly resourceType: string; readonly url?: string | undefined };
type Read = (name: string) => readonly Named[];

/**
 * A set of more codes (all UCUM units of a specialty, all countries) is a terminology service's.
 */
const codesMax = 1_500;

/**
 * Packs HL7's R4 definitions, reduced to what a validator reads: every type, resource, vital-signs
 * profile and extension, and the value sets of required and extensible bindings.
 */
export function packR4(read: Read): void {
  const structures = [
    'profiles-types',
    'profiles-resources',
    'profiles-others',
    'extension-definitions',
  ]
    .flatMap(read)
    .filter(isStructure)
    .filter(({ url }) => url.startsWith('http://hl7.org/fhir/StructureDefinition/'));
  const bound = new Set(structures.flatMap(boundSets));
  const terms = ['valuesets', 'v3-codesystems', 'v2-tables'].flatMap(read);
  const byUrl = (type: string) =>
    new Map(terms.filter(({ resourceType }) => resourceType === type).map((one) => [one.url, one]));
  const systems = byUrl('CodeSystem');
  const sets = byUrl('ValueSet');
  const at = {
    codeSystem: (url: string) => systems.get(url) as CodeSystem | undefined,
    valueSet: (url: string) => sets.get(url) as ValueSet | undefined,
  };
  const packedSets = [...bound].sort().flatMap((url) => {
    const set = at.valueSet(url);
    return set === undefined ? [] : (packSet(url, expand(set, at)) ?? []);
  });
  const packed = structures.map(packStructure);
  const header = {
    structures: packed.map(({ url }) => url),
    valueSets: packedSets.map(({ url }) => url),
  };
  const lines = [header, ...packed, ...packedSets].map((one) => JSON.stringify(one));
  writeFileSync(file, gzipSync(lines.join('\n'), { level: 9 }));
}

const isStructure = (one: Named): one is StructureDefinition =>
  one.resourceType === 'StructureDefinition';

function boundSets({ snapshot }: StructureDefinition): string[] {
  return (snapshot?.element ?? []).flatMap(({ binding }) => {
    const largest = largestOf(binding).map(({ valueCanonical = '' }) => valueCanonical);
    const own =
      binding?.valueSet !== undefined && /^(required|extensible)$/.test(binding.strength)
        ? [binding.valueSet]
        : [];
    return [...own, ...largest].map((url) => url.split('|')[0]!);
  });
}

/** The set that codes must be of, where the one that is bound only advises. */
const largestOf = (binding: ElementDefinition['binding']) =>
  (binding?.extension ?? []).filter(({ url }) => url.endsWith('/elementdefinition-maxValueSet'));

function packSet(
  url: string,
  { codes, open }: ReturnType<typeof expand>,
): PackedValueSet | undefined {
  const count = [...codes.values()].reduce((sum, of) => sum + of.size, 0);
  if (count > codesMax || open.has('*')) return undefined;
  const listed = Object.fromEntries([...codes].map(([system, of]) => [system, [...of]]));
  return { url, codes: listed, ...(open.size === 0 ? {} : { open: [...open] }) };
}

function packStructure(of: StructureDefinition): StructureDefinition {
  const { resourceType, url, name, type, kind, abstract, derivation, baseDefinition, context } = of;
  const about = { resourceType, url, name, type, kind, abstract, derivation, baseDefinition };
  const own = (of.snapshot?.element ?? []).filter(({ path }) => !foreign.test(path));
  const element = correct(url, own.map(packElement));
  return { ...about, context, snapshot: { element } } as StructureDefinition;
}

function correct(url: string, elements: readonly ElementDefinition[]): ElementDefinition[] {
  const correction = corrections[url.split('/').at(-1)!];
  if (correction === undefined) return [...elements];
  const { drop, put } = correction;
  const right = elements.filter(
    ({ path }) => !drop.some((one) => path === one || path.startsWith(`${one}.`)),
  );
  for (const { after, element } of put) {
    const at = right.findIndex(({ path }) => path === (after ?? element.path));
    right.splice(after === undefined ? at : at + 1, after === undefined ? 1 : 0, element);
  }
  return right;
}

const kept = new Set(
  'path sliceName slicing min max contentReference binding isModifier maxLength'.split(' '),
);

/** Elements with elements of their own, whose type FHIRPath calls by the path. */
const isNamedByPath = ({ type }: ElementDefinition): boolean =>
  type?.some(({ code }) => code === 'Element' || code === 'BackboneElement') ?? false;

/** What the package adds to R4's Meta for a server of its own. */
const foreign = /(?:^|\.)[mM]eta\.(?:project|author|onBehalfOf|accounts?|compartment|deleted)$/;

/** True of every element, and checked without asking: FHIRPath would only cost time. */
const structural = new Set(['ele-1', 'ext-1']);

function packElement(element: ElementDefinition): ElementDefinition {
  const packed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(element))
    if (kept.has(name) || /^(fixed|pattern|minValue|maxValue)[A-Z]/.test(name))
      packed[name] = value;
  if (packed.isModifier !== true) delete packed.isModifier;
  const { slicing, binding, base, constraint, type } = element;
  if (slicing !== undefined) packed.slicing = { ...slicing, description: undefined };
  if (binding !== undefined)
    packed.binding = {
      ...{ strength: binding.strength, valueSet: binding.valueSet },
      ...(largestOf(binding).length === 0 ? {} : { extension: largestOf(binding) }),
    };
  const inherited = {
    ...(base?.max === element.max ? {} : { max: base?.max }),
    ...(isNamedByPath(element) && base?.path !== element.path ? { path: base?.path } : {}),
  };
  if (Object.keys(inherited).length > 0) packed.base = inherited;
  const constraints = (constraint ?? []).filter(({ key }) => !structural.has(key));
  if (constraints.length > 0)
    packed.constraint = constraints.map(({ key, severity, human, expression, extension }) => ({
      key,
      severity,
      human,
      expression,
      extension: extension?.filter(({ valueBoolean }) => valueBoolean !== undefined),
    }));
  if (type !== undefined)
    packed.type = type.map((one) => ({ ...one, code: typeCodeOf(one), extension: undefined }));
  return packed as ElementDefinition;
}
