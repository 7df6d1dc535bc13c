export { resourceQuery, resourceType } from '../resource-types.ts';
export { type ClientAuth, checkClientAuth, clientAuth, safeUrl } from './auth.ts';
export {
  createFhirClient,
  type FhirClient,
  FhirRequestError,
  isPassing,
  readWhole,
  retryAfterMs,
} from './client.ts';
export { duration } from './duration.ts';
export { fetchingSource, pause } from './fetching-source.ts';
export { type LandingWindow, landingWindow } from './landing-window.ts';
export { notAhead } from './not-ahead.ts';
