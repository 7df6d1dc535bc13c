import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type ConfigIssue,
  type Issue,
  type StageComponent,
  soundness,
} from '../../../engine/index.ts';
import { extensionFiles } from '../extensions/index.ts';
import { definitionsFor, keptPackages, profileFiles, readOwnProfiles } from '../packages/index.ts';
import { type ValidateConfig, validateSchema } from '../pinned-profiles.ts';

/** Loaded where resources are judged; the main thread checks the stage's configuration only. */
const require = createRequire(import.meta.url);
const judging = (): typeof import('../gate/index.ts') => require('../gate/index.ts');
const paths = (): typeof import('../../fhirpath/index.ts') => require('../../fhirpath/index.ts');

/** Puts the gate before the store, which shows it every resource whole. */
export const validateStage: StageComponent<ValidateConfig> = {
  role: 'stage',
  name: 'validate',
  flow: { takes: 'resources', gives: 'resources' },
  // What a message alone gives says little: the store asks the gate about the whole.
  keepsState: true,
  summary: 'Holds what would leave a resource invalid, or with an extension nobody registered.',
  guarantees:
    'Each resource is judged whole, as the message would leave it, before it is stored; profiles ' +
    'are pinned by version; what could not be checked is counted as `unchecked`, never passed in ' +
    'silence; a message answers only for elements that it gives.',
  example: 'validate:\n  profiles: []',
  schema: validateSchema,
  files: (_config, { configDir }) => [...profileFiles(configDir), ...extensionFiles(configDir)],
  check(config, context) {
    const own = readOwnProfiles(context.configDir);
    if (own.issues.length > 0) return own.issues;
    const refuse = (
      path: readonly (string | number)[],
      code: string,
      message: string,
    ): ConfigIssue => ({ ...context.at(path), severity: 'error', code, message });
    const { dataDir } = context;
    // Without a data folder at hand nobody can say what a package would bring.
    if (dataDir === undefined && config.packages.length > 0) return [];
    const kept = dataDir === undefined ? [] : keptPackages(dataDir);
    const missing = config.packages.flatMap((id, at) =>
      kept.includes(id)
        ? []
        : [refuse(['packages', at], 'package-missing', `no package ${id} was imported`)],
    );
    if (missing.length > 0) return missing;
    const place = { configDir: context.configDir, dataDir: dataDir ?? '' };
    const definitions = definitionsFor(place, config.packages);
    return config.profiles.flatMap((pin, at) => {
      const { profile } = pin;
      if (definitions.structure(profile) === undefined)
        return [refuse(['profiles', at], 'profile-unknown', `nobody here has \`${profile}\``)];
      const wrong = 'when' in pin && pin.when ? wrongPath(pin.when) : undefined;
      return wrong ? [refuse(['profiles', at, 'when'], wrong.code, wrong.diagnostics)] : [];
    });
  },
  gate: (config, place) => judging().openGate(place, config),
  create: (config, context) => judging().validating(config, context),
};

const pathCode = [join(import.meta.dirname, '../../fhirpath')];

/** What is wrong with an expression; one that an earlier start could read is not read again. */
function wrongPath(text: string): Issue | undefined {
  const known = soundness(pathCode, text, []);
  if (known.isSound()) return undefined;
  const path = paths().compilePath(text);
  if (paths().isPathIssue(path)) return path;
  known.note();
  return undefined;
}
