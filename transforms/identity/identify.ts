import { z } from 'zod';
import {
  type Issue,
  openDatabase,
  pass,
  type Stage,
  type StageComponent,
  stageStore,
  type Work,
} from '../../engine/index.ts';
import type { Conversion, IdentityDecision } from '../fhir/index.ts';
import { identifiersOf } from './identifiers.ts';
import { loadPolicy, policyFiles, requirePolicy, todayUtc } from './policy/index.ts';
import {
  type Decision,
  type IdentityRegistry,
  identityFile,
  identityRegistry,
  identitySchema,
} from './registry.ts';

const schema = z
  .strictObject({})
  .nullish()
  .transform(() => ({}))
  .describe('Nothing to configure.');

/** Links the patient of a message to a person, and says in the provenance how. */
export const identifyStage: StageComponent<z.output<typeof schema>> = {
  role: 'stage',
  name: 'identify',
  flow: { takes: 'resources', gives: 'resources' },
  summary: 'Links each patient to a person by exact identifier within one assigning authority.',
  guarantees:
    'The decision is stored by effect key, so a second run gives the same; an identifier never ' +
    'moves from one person to another; a doubt never blocks the message.',
  example: 'identify',
  schema,
  files: (_config, { configDir }) => policyFiles(configDir),
  check: (_config, { configDir }) => loadPolicy(configDir, { today: todayUtc() }).issues,
  create(_config, context) {
    const { key } = context;
    requirePolicy(context.configDir);
    const store = stageStore<IdentityRegistry>({
      name: 'identity-store',
      file: identityFile(context.dataDir),
      open(file) {
        const db = openDatabase(file, { key, cacheKiB: 8 * 1024, autoCheckpointPages: 4096 });
        db.exec(identitySchema);
        const registry = identityRegistry(db);
        return { db, store: registry, begun: () => registry.begun() };
      },
    });
    const stage: Stage<Conversion, Conversion> = {
      name: 'identify',
      transaction: store.transaction,
      close: store.close,
      run: (work) =>
        store.attempt((registry) => {
          const { issues, decisions } = identify(registry, work);
          return pass(withIdentity(work.body, decisions), issues);
        }),
    };
    return stage as Stage;
  },
};

function identify(registry: IdentityRegistry, work: Work<Conversion>) {
  const issues: Issue[] = [];
  const decisions: Decision[] = [];
  for (const [ordinal, contribution] of work.body.contributions.entries()) {
    if (contribution.type !== 'Patient') continue;
    const { usable, placeholders } = identifiersOf(contribution);
    if (placeholders > 0) issues.push(placeholderIssue);
    const decision =
      registry.decided(work.id, work.generation, ordinal) ??
      (usable.length === 0
        ? undefined
        : registry.decide({ message: work.id, generation: work.generation, ordinal }, usable));
    if (decision !== undefined) decisions.push(decision);
    if (decision === undefined) issues.push(unresolvedIssue);
    else if (decision.conflicts > 0) issues.push(conflictIssue);
  }
  return { issues, decisions };
}

/** A message about one person says so; of a message about several no resource can say which. */
function withIdentity(conversion: Conversion, decisions: readonly Decision[]): Conversion {
  const [first, ...others] = decisions;
  if (first === undefined || others.some(({ person }) => person !== first.person))
    return conversion;
  const identity: IdentityDecision = {
    person: first.person,
    method: first.isNew ? 'new' : 'exact-identifier',
    by: `${first.by.system}|${first.by.value}`,
  };
  return { ...conversion, provenance: { ...conversion.provenance, identity } };
}

const conflictIssue: Issue = {
  severity: 'warning',
  code: 'identity-conflict',
  diagnostics:
    'identifiers of this patient name different persons; the patient was linked by the first of ' +
    'them and nobody was merged',
  path: 'Patient.identifier',
};

const placeholderIssue: Issue = {
  severity: 'information',
  code: 'identity-placeholder',
  diagnostics: 'an identifier of this patient is a placeholder and was not used to link',
  path: 'Patient.identifier',
};

const unresolvedIssue: Issue = {
  severity: 'warning',
  code: 'identity-unresolved',
  diagnostics: 'this patient has no identifier of a known authority, so no person was linked',
  path: 'Patient.identifier',
};
