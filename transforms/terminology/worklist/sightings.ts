import {
  type Outcome,
  PlexusError,
  pass,
  type Stage,
  type StageStore,
  stageStore,
} from '../../../engine/index.ts';
import { createRecorder, type Sighting } from './record.ts';
import { openWorkListDatabase, workListFile } from './schema.ts';

type Write = (sightings: Iterable<Sighting>) => void;

/**
 * What the stage `translate` saw, gathered while a batch runs and written in one transaction at its
 * end: the file is locked for that moment only, as every chain worker writes to it.
 */
export function openSightings({ dataDir, key }: { dataDir: string; key: Buffer }) {
  let opened: StageStore<Write> | undefined;
  /** Opened for the first code that there is to note. */
  const open = (): StageStore<Write> =>
    stageStore<Write>({
      name: 'worklist',
      file: workListFile(dataDir),
      open(file) {
        const db = openWorkListDatabase(file, key);
        return { db, store: createRecorder(db) };
      },
    });
  const gathered = new Map<number, Sighting>();
  let epoch = 0;
  let begun = 0;
  const lose = () => {
    gathered.clear();
    epoch += 1;
  };
  const transaction: NonNullable<Stage['transaction']> = {
    begin() {
      begun = epoch;
    },
    commit() {
      if (begun !== epoch) throw unavailable();
      if (gathered.size === 0) return;
      try {
        opened ??= open();
        opened.transaction.begin();
        const written: Outcome = opened.attempt((write) => {
          write(gathered.values());
          return pass(undefined);
        });
        if (written.kind !== 'pass') throw unavailable();
        opened.transaction.commit();
      } catch (cause) {
        lose();
        throw cause;
      }
      gathered.clear();
    },
    rollback: lose,
  };
  return {
    transaction,
    /** Parts of one message come one after the other. */
    add(sighting: Sighting): void {
      const before = gathered.get(sighting.message);
      const { seen, undecided } = sighting;
      const both = before && {
        ...before,
        seen: [...before.seen, ...seen],
        undecided: [...before.undecided, ...undecided],
      };
      gathered.set(sighting.message, both ?? sighting);
    },
    close(): void {
      opened?.close();
      opened = undefined;
    },
  };
}

const unavailable = (): PlexusError =>
  new PlexusError('worklist-unavailable', 'the work list of codes cannot be written');
