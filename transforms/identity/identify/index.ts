import { createRequire } from 'node:module';
import { z } from 'zod';
import type { StageComponent } from '../../../engine/index.ts';
import { governanceFiles, governanceIssues, todayUtc } from '../policy/index.ts';

/** Loaded where the stage runs; lint and the main thread check its configuration only. */
const require = createRequire(import.meta.url);
const running = (): typeof import('../stage/index.ts') => require('../stage/index.ts');

const schema = z
  .strictObject({})
  .nullish()
  .transform(() => ({}))
  .describe('Nothing to configure; `config/identity/policy.yaml` governs.');

/** Links the patients of a message to persons, and says in the provenance how. */
export const identifyStage: StageComponent<z.output<typeof schema>> = {
  role: 'stage',
  name: 'identify',
  flow: { takes: 'resources', gives: 'resources' },
  keepsState: true,
  summary: 'Links each patient to a person by all that is known, under the policy of the network.',
  guarantees:
    'The decision is stored by effect key with its events in one transaction, so a second run ' +
    'gives the same; no score overrides a veto; a doubt goes to review and blocks nothing.',
  example: 'identify',
  schema,
  files: (_config, { configDir }) => governanceFiles(configDir),
  check: (_config, { configDir }) => governanceIssues(configDir, { today: todayUtc() }),
  create: (_config, context) => running().identifying(context),
};
