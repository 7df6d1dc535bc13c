export { type Crosswalk, openCrosswalk } from './crosswalk.ts';
export { identifyStage } from './identify.ts';
export { blockedBy, openPeople, type People } from './people.ts';
export { rawPatient } from './raw-patient.ts';
export { contextOf } from './search.ts';
