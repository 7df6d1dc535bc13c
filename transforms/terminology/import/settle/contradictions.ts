import type {
  CodeSystem,
  ConceptMap,
  Json,
  Knowledge,
  Release,
  ResourceType,
} from '../../knowledge.ts';
import { canonicalJson } from '../../store/index.ts';
import { listOf } from '../fhir/index.ts';

const toldMax = 5;

/**
 * What a release says otherwise than the same release of another layer, the first few of it: codes
 * and their displays, the rows of a map, the definition of a value set. Texts beside these are not
 * compared: what comes with Plexus leaves some of them out.
 */
export function contradictions(
  kind: ResourceType,
  { url, version }: Release,
  own: Knowledge,
  other: Knowledge,
): readonly string[] {
  switch (kind) {
    case 'CodeSystem':
      return first(ofSystems(own.codeSystem(url, version), other.codeSystem(url, version)));
    case 'ConceptMap':
      return first(ofMaps(own.conceptMap(url, version), other.conceptMap(url, version)));
    case 'ValueSet': {
      const [ours, theirs] = [own.valueSet(url, version), other.valueSet(url, version)];
      if (ours === undefined || theirs === undefined) return [];
      return definitionOf(ours.resource) === definitionOf(theirs.resource) ? [] : ['compose'];
    }
    default:
      throw new Error(`no such kind: ${kind satisfies never}`);
  }
}

function first(all: Iterable<string>): readonly string[] {
  const told: string[] = [];
  for (const one of all) {
    if (told.length === toldMax) return [...told, '..'];
    told.push(one);
  }
  return told;
}

function* ofSystems(ours?: CodeSystem, theirs?: CodeSystem): Iterable<string> {
  if (ours === undefined || theirs?.count === undefined || ours.count === undefined) return;
  if (ours.resource.content !== 'complete' || theirs.resource.content !== 'complete') return;
  for (const { code, display } of ours.concepts()) {
    const known = theirs.concept(code);
    if (known?.code !== code) yield `added ${code}`;
    else if (known.display !== display) yield `display ${code}`;
  }
  for (const { code } of theirs.concepts())
    if (ours.concept(code)?.code !== code) yield `removed ${code}`;
}

function* ofMaps(ours?: ConceptMap, theirs?: ConceptMap): Iterable<string> {
  if (ours === undefined || theirs === undefined) return;
  const rowsOf = (map: ConceptMap) =>
    new Map(
      [...map.rows()].map(({ source, target, code, targetCode, relationship, equivalence }) => [
        [source.system, code, target.system, targetCode, equivalence ?? relationship].join('\n'),
        code,
      ]),
    );
  const [left, right] = [rowsOf(ours), rowsOf(theirs)];
  for (const [row, code] of left) if (!right.has(row)) yield `target ${code}`;
  for (const [row, code] of right) if (!left.has(row)) yield `target ${code}`;
}

/** The part of a value set's definition that decides about codes. */
function definitionOf({ compose }: Json): string {
  const { include, exclude, inactive } = (compose ?? {}) as Json;
  const part = ({ system, version, concept, filter, valueSet }: Json) => ({
    ...{ system, version, valueSet },
    codes: listOf(concept).map(({ code }) => code),
    filters: listOf(filter).map(({ property, op, value }) => ({ property, op, value })),
  });
  const parts = [listOf(include).map(part), listOf(exclude).map(part)];
  return canonicalJson([...parts, inactive ?? null]);
}
