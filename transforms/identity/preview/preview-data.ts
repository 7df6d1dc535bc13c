import { existsSync } from 'node:fs';
import {
  type DatabaseHandle,
  exitCodes,
  openDatabase,
  PlexusError,
} from '../../../engine/index.ts';
import { attributesOf, blockingKeys, openBlockIndex } from '../block/index.ts';
import { prepare } from '../compare/index.ts';
import { identityFile } from '../identity-file.ts';
import { type Ruling, shadowNotes } from '../policy/index.ts';
import { openRegistry, recordsSince } from '../registry/index.ts';
import { pastQuestions } from './past-questions.ts';
import { type PreviewChange, type PreviewSummary, preview } from './preview.ts';

export type PreviewOrder = {
  readonly dataDir: string;
  readonly key: Buffer;
  readonly live: Ruling;
  readonly candidate: Ruling;
  /** Hash of the candidate policy, by which a shadow's notes are found. */
  readonly candidateHash: string;
  /** Microseconds since the epoch. */
  readonly sinceUs: number;
  onChange(change: PreviewChange): void;
  /** Called before each question. */
  onProgress?(done: number, total: number): void;
};

export type PreviewReport = PreviewSummary & {
  /** Disagreements that this very candidate had as a shadow in the same time. */
  readonly shadowNoted: number;
};

/**
 * Previews a candidate policy over the data of a network, as it is at the beginning: one read
 * transaction on a read-only handle, with or without an engine at work. While it runs, the WAL of
 * the identity store cannot shrink. Throws PlexusError `identity-no-data` when nobody was ever
 * identified here, and what `openDatabase` throws.
 */
export function previewData(order: PreviewOrder): PreviewReport {
  const { dataDir, key, live, candidate, candidateHash, sinceUs } = order;
  const file = identityFile(dataDir);
  if (!existsSync(file)) throw noData();
  const db = openDatabase(file, { key, readonly: true });
  try {
    if (!hasTables(db)) throw noData();
    db.exec('BEGIN');
    const questions = counted(questionsOf(db, sinceUs), order);
    const summary = preview(live, candidate, questions, order.onChange);
    let shadowNoted = 0;
    for (const _ of shadowNotes(db, candidateHash, sinceUs)) shadowNoted += 1;
    return { ...summary, shadowNoted };
  } finally {
    db.close();
  }
}

function questionsOf(db: DatabaseHandle, sinceUs: number) {
  const registry = openRegistry(db, { clusterMax: Number.MAX_SAFE_INTEGER });
  const index = openBlockIndex(db, {
    blockedOf: (no) => blockedBy(prepare(registry.sighting(no).attributes)),
  });
  index.refresh();
  const records = recordsSince(db, sinceUs);
  const find = (record: number, prepared: ReturnType<typeof prepare>) =>
    index.find(blockedBy(prepared), record).records;
  return { records, asked: pastQuestions({ registry, records, find }) };
}

const blockedBy = (prepared: ReturnType<typeof prepare>) => ({
  keys: blockingKeys(prepared),
  attributes: attributesOf(prepared.record),
});

function* counted({ records, asked }: ReturnType<typeof questionsOf>, order: PreviewOrder) {
  let done = 0;
  for (const question of asked) {
    order.onProgress?.(done, records.length);
    done += 1;
    yield question;
  }
}

/** Made by the first start of a stage that identifies. */
function hasTables(db: DatabaseHandle): boolean {
  const tables = db
    .prepare(`SELECT count(*) FROM sqlite_master WHERE name IN ('event', 'record', 'tally')`)
    .pluck()
    .get();
  return tables === 3;
}

const noData = () =>
  new PlexusError('identity-no-data', 'nobody has been identified in this data folder yet', {
    exit: exitCodes.io,
  });
