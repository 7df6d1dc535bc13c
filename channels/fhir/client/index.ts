export { resourceQuery, resourceType } from '../resource-types.ts';
export { type ClientAuth, checkClientAuth, clientAuth, safeUrl } from './auth.ts';
export { createFhirClient, type FhirClient, isPassing, retryAfterMs } from './client.ts';
export { duration } from './duration.ts';
export { fetchingSource, pause } from './fetching-source.ts';
export { type LandingWindow, landingWindow } from './landing-window.ts';
export { notAhead } from './not-ahead.ts';
export { readWhole } from './read-whole.ts';
export { FhirRequestError } from './request-error.ts';
