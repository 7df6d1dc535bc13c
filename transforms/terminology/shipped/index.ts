import {
  type Json,
  type Knowledge,
  layered,
  type Release,
  type ResourceType,
} from '../knowledge.ts';
import { baseMap, baseMapsKnowledge } from './base-maps.ts';
import { shippedKnowledge, shippedResource } from './knowledge.ts';
import { ucumKnowledge } from './ucum.ts';

export { baseMapsFile } from './base-maps.ts';
export { writePack } from './pack.ts';
export { shippedKnowledge, ucumKnowledge };

/** What a store knows over what comes with Plexus; without a store the latter alone. */
export function withShipped(stored: Knowledge | undefined): Knowledge {
  const below = [ucumKnowledge, baseMapsKnowledge, shippedKnowledge()];
  return layered(...(stored === undefined ? [] : [stored]), ...below);
}

/** A release that comes with Plexus as a document: its whole resource, of UCUM the heading. */
export function shippedDocument(
  type: ResourceType,
  release: Release,
): readonly string[] | undefined {
  const { url, version } = release;
  const units = type === 'CodeSystem' ? ucumKnowledge.codeSystem(url, version) : undefined;
  const own = type === 'ConceptMap' ? baseMap(release) : undefined;
  const resource: Json | undefined = units?.resource ?? own ?? shippedResource(type, release);
  return resource && [JSON.stringify(resource)];
}
