export { type Columns, readColumns } from './columns.ts';
export { countTruePairs, type Evaluation, evaluate, type TruthCounts } from './evaluate.ts';
export { linkInProcess } from './in-process.ts';
export {
  type LinkCluster,
  type LinkCounts,
  type LinkEdge,
  type LinkResult,
  type LinkWorkers,
  linkAll,
} from './link.ts';
export { linkSeed } from './linkage.ts';
export { type People, readPeople, type TruthRule } from './people.ts';
export { type LinkThreads, openLinkThreads } from './threads.ts';
