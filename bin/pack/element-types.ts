import { writeFileSync } from 'node:fs';

const file = new URL('../../transforms/fhirpath/r4-types.json', import.meta.url);

/** What R4 says a FHIRPath string of `Element.id` is called in FHIR. */
const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';

/** What the package adds to R4's Meta for a server of its own. */
const foreign = /^Meta\.(?:project|author|onBehalfOf|accounts?|compartment|deleted)$/;

/** An element of any type: written once, under `*`. */
let open = '';

/**
 * Packs what FHIRPath must know of R4's types into `transforms/fhirpath/r4-types.json`: for each
 * type and each element with elements of its own, what it specialises and which elements it adds,
 * as `DomainResource name*:HumanName deceased[x]:boolean|dateTime contact*:Patient.contact`.
 */
export function packTypes(definitions: readonly fhir4.StructureDefinition[]): void {
  const types: Record<string, string> = {};
  const named = new Map(definitions.map((one) => [one.id ?? '', one]));
  const value = named.get('Extension')?.snapshot?.element.find(({ path }) => path.endsWith('[x]'));
  open = (value?.type ?? []).map(({ code }) => code).join('|');
  types['*'] = open;
  for (const one of definitions) packDefinition(one, named, types);
  const sorted = Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

type Definitions = ReadonlyMap<string, fhir4.StructureDefinition>;

function packDefinition(
  { id = '', kind, baseDefinition, snapshot }: fhir4.StructureDefinition,
  named: Definitions,
  types: Record<string, string>,
): void {
  const base = baseDefinition?.split('/').at(-1) ?? '';
  types[id] = base;
  if (kind === 'primitive-type') return;
  const inherited = new Set(
    (named.get(base)?.snapshot?.element ?? []).map(({ path }) => path.split('.').at(-1)),
  );
  for (const element of snapshot?.element ?? []) {
    const names = element.path.split('.');
    if (names.length === 1 || (names.length === 2 && inherited.has(names[1]))) continue;
    if (foreign.test(element.path)) continue;
    const owner = names.slice(0, -1).join('.');
    if (names.length > 2 && ['id', 'extension', 'modifierExtension'].includes(names.at(-1)!))
      continue;
    types[owner] ??= 'BackboneElement';
    types[owner] += ` ${packElement(element, names.at(-1)!)}`;
    if (isOwner(element)) types[element.path] = element.type![0]!.code;
  }
}

const isOwner = ({ type }: fhir4.ElementDefinition): boolean =>
  type?.length === 1 && ['Element', 'BackboneElement'].includes(type[0]!.code);

function packElement(element: fhir4.ElementDefinition, name: string): string {
  const codes = (element.type ?? []).map(
    ({ code, extension = [] }) =>
      extension.find(({ url }) => url === fhirType)?.valueUrl ??
      (code.startsWith('http://hl7.org/fhirpath/') ? 'string' : code),
  );
  const elsewhere = element.contentReference?.split('#').at(-1);
  // R4 calls the id of a resource a string here, and an id everywhere else.
  if (element.path === 'Resource.id') return 'id:id';
  const of = elsewhere ?? (isOwner(element) ? element.path : codes.join('|')).replace(open, '*');
  return `${name}${element.base?.max === '1' ? '' : '*'}:${of}`;
}
