import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type CheckContext,
  type ConfigIssue,
  type Soundness,
  type StageComponent,
  soundness,
  suggestion,
} from '../../../engine/index.ts';
import { mappingFiles, mappingNames } from '../mapping-files.ts';

/** Loaded where messages are converted, and by a check that says more than an earlier one did. */
const require = createRequire(import.meta.url);
const running = (): typeof import('./convert-run.ts') => require('./convert-run.ts');

const schema = z.strictObject({
  mapping: z.string().describe('Name of a file in config/mappings, or `base`.'),
});
export type ConvertConfig = z.infer<typeof schema>;

/** Parses an HL7v2 message and converts it to FHIR by the mapping of its source. */
export const convertStage: StageComponent<ConvertConfig> = {
  role: 'stage',
  name: 'convert',
  flow: { takes: 'message', gives: 'resources' },
  summary: 'Converts an HL7v2 message to FHIR R4 by the mapping of its source.',
  guarantees: 'The same bytes and the same mapping give the same resources; no state is read.',
  example: 'convert: { mapping: base }',
  schema,
  check,
  files: (config, { configDir }) => mappingFiles(configDir, config.mapping),
  create(config, context) {
    const isSound = known(context.configDir, config.mapping).isSound();
    return running().converting(config, context, isSound);
  },
};

/** The code whose answer a mapping's check and its tests are. */
const code = ['mapping', 'hl7v2', 'fhir'].map((name) => join(import.meta.dirname, '../..', name));

const known = (configDir: string, mapping: string): Soundness =>
  soundness(code, mapping, mappingFiles(configDir, mapping));

/** Does the mapping exist, is it without a mistake, and do the tests in it pass? */
function check(config: ConvertConfig, context: CheckContext): readonly ConfigIssue[] {
  const { configDir } = context;
  const names = ['base', ...mappingNames(configDir)];
  if (!names.includes(config.mapping)) {
    const hint = suggestion(config.mapping, names);
    const message = `no mapping is called \`${config.mapping}\`; ${hint}`;
    return [{ ...context.at(['mapping']), severity: 'error', code: 'mapping-unknown', message }];
  }
  const sound = known(configDir, config.mapping);
  if (sound.isSound()) return [];
  const issues = running().checkTests(configDir, config.mapping);
  if (issues.length === 0) sound.note();
  return issues;
}
