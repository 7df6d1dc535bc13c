export { type FhirPollConfig, fhirPollSource } from './poll.ts';
