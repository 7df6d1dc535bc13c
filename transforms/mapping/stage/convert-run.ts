import {
  type ConfigIssue,
  filter,
  hold,
  PlexusError,
  pass,
  type ScriptUse,
  type Stage,
  type StageContext,
} from '../../../engine/index.ts';
import type { Conversion } from '../../fhir/index.ts';
import { compiledOf, convertRaw } from '../convert/index.ts';
import { loadMapping } from '../load.ts';
import { runTests } from '../run-tests.ts';
import { addUses, takeUses } from '../script/index.ts';
import type { ConvertConfig } from './convert.ts';

/** The stage at work. `isSound`: the mapping was checked. Throws PlexusError `mapping-invalid`. */
export function converting(
  config: ConvertConfig,
  context: StageContext,
  isSound: boolean,
): Stage<unknown, Conversion> {
  const loaded = loadMapping(context.configDir, config.mapping, isSound);
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
}

/** Everything that is wrong with a mapping that is there, and with the tests in it. */
export function checkTests(configDir: string, mapping: string): readonly ConfigIssue[] {
  const loaded = loadMapping(configDir, mapping);
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
