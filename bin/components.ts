import { fhirSource } from '../channels/fhir/index.ts';
import { filesSource } from '../channels/files/index.ts';
import { mllpSource } from '../channels/mllp/index.ts';
import type { Component } from '../engine/index.ts';
import { filesRoute } from '../routes/files/index.ts';

/** Every component that a channel file can name, by hand: nothing registers itself. */
export const components: readonly Component[] = [mllpSource, fhirSource, filesSource, filesRoute];
