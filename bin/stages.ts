import { createRequire } from 'node:module';
import type { Listed, StageComponent } from '../engine/index.ts';

type Conversion = typeof import('../transforms/mapping/stage/index.ts');
type Fhir = typeof import('../transforms/fhir/index.ts');
type Translation = typeof import('../transforms/terminology/stage/index.ts');
type Identification = typeof import('../transforms/identity/identify/index.ts');
type Validation = typeof import('../transforms/validation/stage/index.ts');
type Spine = typeof import('../routes/spine/index.ts');

const require = createRequire(import.meta.url);
// biome-ignore lint/suspicious/noExplicitAny: a list holds components of every configuration type.
const stage = (name: string, load: () => StageComponent<any>): Listed => {
  return { role: 'stage', name, load };
};

/**
 * The stages that a channel can name, by hand; each is loaded when one does. Apart from the other
 * components, because chain workers know these and nothing else.
 */
export const stageComponents: readonly Listed[] = [
  stage('convert', () => {
    return (require('../transforms/mapping/stage/index.ts') as Conversion).convertStage;
  }),
  stage('read-fhir', () => (require('../transforms/fhir/index.ts') as Fhir).readFhirStage),
  stage('translate', () => {
    return (require('../transforms/terminology/stage/index.ts') as Translation).translateStage;
  }),
  stage('identify', () => {
    return (require('../transforms/identity/identify/index.ts') as Identification).identifyStage;
  }),
  stage('validate', () => {
    return (require('../transforms/validation/stage/index.ts') as Validation).validateStage;
  }),
  stage('store', () => (require('../routes/spine/index.ts') as Spine).storeStage),
];
