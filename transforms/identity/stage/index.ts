export { type Crosswalk, openCrosswalk } from './crosswalk.ts';
export { identifyStage } from './identify.ts';
