export { type CodeSystem, type Expansion, expand, type Terms, type ValueSet } from './terms/index.ts';
