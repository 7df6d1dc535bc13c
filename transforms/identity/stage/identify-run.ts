import {
  openDatabase,
  PlexusError,
  pass,
  type Stage,
  type StageContext,
  stageStore,
} from '../../../engine/index.ts';
import type { Conversion, IdentityDecision } from '../../fhir/index.ts';
import { identityFile } from '../identity-file.ts';
import { requireGoverned } from '../policy/index.ts';
import { occasionOf, type Resolved, resolve } from './resolve.ts';
import { type IdentityStore, openIdentityStore } from './store.ts';

/** The stage `identify` at work, on the identity store of a data folder. */
export function identifying(context: StageContext): Stage {
  const { key, configDir, dataDir } = context;
  const governed = requireGoverned(configDir);
  const store = stageStore<IdentityStore>({
    name: 'identity-store',
    file: identityFile(dataDir),
    open(file) {
      const db = openDatabase(file, { key, cacheKiB: 16 * 1024, autoCheckpointPages: 4096 });
      const opened = openIdentityStore(db, governed);
      const { begun, committing } = opened;
      return { db, store: opened, begun, committing };
    },
  });
  const stage: Stage<Conversion, Conversion> = {
    name: 'identify',
    transaction: store.transaction,
    close: store.close,
    run: (work) =>
      store.attempt((opened) => {
        const { resolved, issues } = asked(() => {
          opened.govern(governed, occasionOf(work));
          return resolve(opened, work.body, work);
        });
        return pass(withIdentity(work.body, resolved), issues);
      }),
  };
  return stage as Stage;
}

/** What the registry refuses here should not have been asked: a bug, not a store's bad day. */
function asked<Out>(work: () => Out): Out {
  try {
    return work();
  } catch (error) {
    if (error instanceof PlexusError) throw new Error(error.code);
    throw error;
  }
}

/** A message about one person says so; of a message about several no resource can say which. */
function withIdentity(conversion: Conversion, resolved: readonly Resolved[]): Conversion {
  const [first, ...others] = resolved;
  if (first === undefined || others.some(({ person }) => person !== first.person))
    return conversion;
  const { person, method, by } = first;
  const identity: IdentityDecision = { person, method, by };
  return { ...conversion, provenance: { ...conversion.provenance, identity } };
}
