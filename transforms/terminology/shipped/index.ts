import { type Knowledge, layered } from '../knowledge.ts';
import { shippedKnowledge } from './knowledge.ts';
import { ucumKnowledge } from './ucum.ts';

export { writePack } from './pack.ts';
export { shippedKnowledge, ucumKnowledge };

/** What a store knows over what comes with Plexus; without a store the latter alone. */
export function withShipped(stored: Knowledge | undefined): Knowledge {
  const below = [ucumKnowledge, shippedKnowledge()];
  return layered(...(stored === undefined ? [] : [stored]), ...below);
}
