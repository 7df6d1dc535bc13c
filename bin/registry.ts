import { createRequire } from 'node:module';
import {
  createRegistry,
  type Listed,
  type Registry,
  type RouteComponent,
  type SourceComponent,
} from '../engine/index.ts';
import { stageComponents } from './stages.ts';

type Mllp = typeof import('../channels/mllp/index.ts');
type Fhir = typeof import('../channels/fhir/index.ts');
type Bulk = typeof import('../channels/bulk/index.ts');
type Cdc = typeof import('../channels/cdc/index.ts');
type Files = typeof import('../channels/files/index.ts');
type FilesRoute = typeof import('../routes/files/index.ts');
type MllpRoute = typeof import('../routes/mllp/index.ts');

const require = createRequire(import.meta.url);
// biome-ignore lint/suspicious/noExplicitAny: a list holds components of every configuration type.
const source = (name: string, load: () => SourceComponent<any>): Listed => {
  return { role: 'source', name, load };
};
// biome-ignore lint/suspicious/noExplicitAny: a list holds components of every configuration type.
const route = (name: string, load: () => RouteComponent<any>): Listed => {
  return { role: 'route', name, load };
};

/**
 * Every component that a channel file can name. A new one is added here, by hand, and is loaded
 * when a channel names it.
 */
export const registry: Registry = createRegistry([
  source('mllp', () => (require('../channels/mllp/index.ts') as Mllp).mllpSource),
  source('fhir', () => (require('../channels/fhir/index.ts') as Fhir).fhirSource),
  source('fhir-poll', () => (require('../channels/fhir/index.ts') as Fhir).fhirPollSource),
  source('bulk', () => (require('../channels/bulk/index.ts') as Bulk).bulkSource),
  source('cdc', () => (require('../channels/cdc/index.ts') as Cdc).cdcSource),
  source('files', () => (require('../channels/files/index.ts') as Files).filesSource),
  route('files', () => (require('../routes/files/index.ts') as FilesRoute).filesRoute),
  route('mllp', () => (require('../routes/mllp/index.ts') as MllpRoute).mllpRoute),
  route('replies', () => (require('../routes/mllp/index.ts') as MllpRoute).repliesRoute),
  ...stageComponents,
]);
