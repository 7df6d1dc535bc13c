export { decideRequests } from './requests.ts';
