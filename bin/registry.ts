import { bulkSource } from '../channels/bulk/index.ts';
import { cdcSource } from '../channels/cdc/index.ts';
import { fhirPollSource, fhirSource } from '../channels/fhir/index.ts';
import { filesSource } from '../channels/files/index.ts';
import { mllpSource } from '../channels/mllp/index.ts';
import { createRegistry, type Registry } from '../engine/index.ts';
import { filesRoute } from '../routes/files/index.ts';
import { mllpRoute, repliesRoute } from '../routes/mllp/index.ts';
import { stageComponents } from './stages.ts';

/** Every component that a channel file can name. A new one is added here, by hand. */
export const registry: Registry = createRegistry([
  mllpSource,
  fhirSource,
  fhirPollSource,
  bulkSource,
  cdcSource,
  filesSource,
  filesRoute,
  mllpRoute,
  repliesRoute,
  ...stageComponents,
]);
