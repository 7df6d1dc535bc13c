export { isLoopback } from './auth.ts';
export { type FhirConfig, fhirSource } from './fhir.ts';
export { fhirOrderingKeys } from './ordering-keys.ts';
export { type Payload, readPayload } from './payload.ts';
export { type FhirPollConfig, fhirPollSource } from './poll/index.ts';
export { scanJson } from './scan-json.ts';
