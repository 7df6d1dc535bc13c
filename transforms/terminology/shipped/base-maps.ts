import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, Knowledge, Release } from '../knowledge.ts';
import { memoryKnowledge } from '../memory/index.ts';
import { lazy } from './knowledge.ts';

/** Written by `npm run docs` from the tables of the base mappings. */
export const baseMapsFile = join(import.meta.dirname, 'base-maps.ndjson');

let read: readonly Json[] | undefined;
const maps = (): readonly Json[] => {
  read ??= readFileSync(baseMapsFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);
  return read;
};

/** The v2-to-FHIR maps that our base mappings use; nothing is read before the first question. */
export const baseMapsKnowledge: Knowledge = lazy(() => memoryKnowledge(maps()));

export const baseMap = ({ url, version }: Release): Json | undefined =>
  maps().find((one) => one.url === url && one.version === version);
