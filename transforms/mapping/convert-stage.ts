import { z } from 'zod';
import {
  type CheckContext,
  type ConfigIssue,
  filter,
  hold,
  PlexusError,
  pass,
  type ScriptUse,
  type Stage,
  type StageComponent,
  suggestion,
} from '../../engine/index.ts';
import type { Conversion } from '../fhir/index.ts';
import { compiledOf, convertRaw } from './convert-bytes.ts';
import { loadMapping, mappingFiles, mappingNames } from './load.ts';
import { runTests } from './run-tests.ts';
import { addUses, takeUses } from './script/index.ts';

const schema = z.strictObject({
  mapping: z.string().describe('Name of a file in config/mappings, or `base`.'),
});
type Config = z.infer<typeof schema>;

/** Parses an HL7v2 message and converts it to FHIR by the mapping of its source. */
export const convertStage: StageComponent<Config> = {
  role: 'stage',
  name: 'convert',
  flow: { takes: 'message', gives: 'resources' },
  summary: 'Converts an HL7v2 message to FHIR R4 by the mapping of its source.',
  guarantees: 'The same bytes and the same mapping give the same resources; no state is read.',
  example: 'convert: { mapping: base }',
  schema,
  check,
  files: (config, { configDir }) => mappingFiles(configDir, config.mapping),
  create(config, context): Stage<unknown, Conversion> {
    const loaded = loadMapping(context.configDir, config.mapping);
    if (!loaded.merged) {
      const text = `mapping ${config.mapping} has ${loaded.issues.length} mistakes`;
      throw new PlexusError('mapping-invalid', text);
    }
    const mapping = compiledOf(loaded);
    let uses: readonly ScriptUse[] = [];
    return {
      name: 'convert',
      scripts() {
        const taken = uses;
        uses = [];
        return taken;
      },
      run(work) {
        // What was counted before was asked offline: by lint, or by tests.
        if (loaded.scripts) takeUses();
        const result = convertRaw(mapping, work.raw);
        if (loaded.scripts) uses = addUses(uses, takeUses());
        switch (result.kind) {
          case 'pass':
            return pass(result.conversion, result.conversion.issues);
          case 'hold':
            return hold(result.issues);
          case 'filter':
            return filter(result.reason);
          default:
            return result satisfies never;
        }
      },
    };
  },
};

/** Does the mapping exist, is it without a mistake, and do the tests in it pass? */
function check(config: Config, context: CheckContext): readonly ConfigIssue[] {
  const { configDir } = context;
  const names = ['base', ...mappingNames(configDir)];
  if (!names.includes(config.mapping)) {
    const hint = suggestion(config.mapping, names);
    const message = `no mapping is called \`${config.mapping}\`; ${hint}`;
    return [{ ...context.at(['mapping']), severity: 'error', code: 'mapping-unknown', message }];
  }
  const loaded = loadMapping(configDir, config.mapping);
  if (!loaded.merged) return loaded.issues;
  const failures = runTests(loaded).filter((result) => !result.passed);
  return failures.map((result) => ({
    file: result.file,
    line: result.line,
    column: result.column,
    severity: 'error' as const,
    code: 'mapping-test-failed',
    message: `test \`${result.name}\`: ${result.failures[0]}`,
  }));
}
