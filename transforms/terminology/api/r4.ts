import type { Json } from '../knowledge.ts';

/** Whether who asks speaks R5: `fhirVersion=5.0` beside a media type. */
export const isR5 = (request: Request): boolean =>
  ['accept', 'content-type'].some((name) =>
    /fhirVersion\s*=\s*"?5\.0/i.test(request.headers.get(name) ?? ''),
  );

const r5 = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-';

/**
 * An answer in R4. What R5 added to expansions travels as the extensions that HL7 has for it; a
 * match of a translation keeps the R4 word alone.
 */
export function toR4(resource: Json): Json {
  if (resource.resourceType === 'ValueSet') return valueSetOf(resource);
  if (resource.resourceType === 'ConceptMap') return withoutRelationships(resource) as Json;
  if (resource.resourceType !== 'Parameters' || !Array.isArray(resource.parameter)) return resource;
  return { ...resource, parameter: resource.parameter.map(parameterOf) };
}

function parameterOf(parameter: Json): Json {
  const { name, resource, part } = parameter;
  if (resource !== undefined) return { ...parameter, resource: toR4(resource as Json) };
  if (name !== 'match' || !Array.isArray(part)) return parameter;
  const kept = part
    .filter((one: Json) => one.name !== 'relationship')
    .map((one: Json) => (one.name === 'originMap' ? sourceOf(one) : one));
  return { ...parameter, part: kept };
}

/** A closure map carries the words of both; R4 knows but one. */
function withoutRelationships(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRelationships);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'relationship');
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutRelationships(each)]));
}

/** R4 calls the map that a match comes from its source. */
const sourceOf = ({ valueCanonical }: Json): Json => ({ name: 'source', valueUri: valueCanonical });

function valueSetOf(resource: Json): Json {
  const expansion = resource.expansion as Json | undefined;
  if (expansion === undefined) return resource;
  const { property, contains, extension, ...rest } = expansion;
  const declared = listOf(property).map(({ code, uri }) => ({
    url: `${r5}ValueSet.expansion.property`,
    extension: [
      { url: 'code', valueCode: code },
      { url: 'uri', valueUri: uri },
    ],
  }));
  const extensions = [...listOf(extension), ...declared];
  return {
    ...resource,
    expansion: {
      ...(extensions.length === 0 ? {} : { extension: extensions }),
      ...rest,
      ...(contains === undefined ? {} : { contains: listOf(contains).map(containsOf) }),
    },
  };
}

function containsOf(one: Json): Json {
  const { property, contains, extension, ...rest } = one;
  const values = listOf(property).map(({ code, ...value }) => ({
    url: `${r5}ValueSet.expansion.contains.property`,
    extension: [
      { url: 'code', valueCode: code },
      ...Object.entries(value).map(([key, content]) => ({ url: 'value', [key]: content })),
    ],
  }));
  const extensions = [...listOf(extension), ...values];
  return {
    ...(extensions.length === 0 ? {} : { extension: extensions }),
    ...rest,
    ...(contains === undefined ? {} : { contains: listOf(contains).map(containsOf) }),
  };
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
