export { isLoopback } from './auth.ts';
export { type FhirConfig, fhirSource } from './fhir.ts';
export { fhirOrderingKeys, type Payload, readPayload, scanJson } from './payload/index.ts';
export { type FhirPollConfig, fhirPollSource } from './poll/index.ts';
