export { type Admission, judge } from './at-the-gate.ts';
export { unmatchedCorrections } from './corrections.ts';
