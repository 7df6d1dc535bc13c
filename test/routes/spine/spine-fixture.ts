import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageId, Outcome, Stage, Work } from '../../../engine/index.ts';
import { type Stored, storeStage } from '../../../routes/spine/index.ts';
import type { Contribution, Conversion, Listing } from '../../../transforms/fhir/index.ts';

export const key = Buffer.alloc(32, 7);

/** A data folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'plexus-spine-'));
  after(() => rmSync(dataDir, { recursive: true }));
  return dataDir;
}

export function openStage(dataDir: string, channel = 'test-adt'): Stage<Conversion, Stored> {
  const context = { channel, revision: 'abc', configDir: 'config', dataDir, key };
  return storeStage.create({}, context) as Stage<Conversion, Stored>;
}

export function conversionOf(
  contributions: readonly Contribution[],
  lists: readonly Listing[] = [],
): Conversion {
  return {
    messageType: 'ADT^A08',
    controlId: 'c',
    contributions,
    ...(lists.length === 0 ? {} : { lists }),
    unvisited: [],
    issues: [],
    marks: [],
    provenance: { mapping: 'base@1', maps: ['mercy-west/lab-codes@1'] },
  };
}

export function workOf(
  message: number,
  generation: number,
  contributions: readonly Contribution[],
  lists: readonly Listing[] = [],
): Work<Conversion> {
  return {
    id: message as MessageId,
    generation,
    channel: 'test-adt',
    revision: 'abc',
    raw: Buffer.from('raw'),
    sha256: message.toString(16).padStart(64, '0'),
    receivedUs: 1_700_000_000_000_000 + message * 1_000_000,
    body: conversionOf(contributions, lists),
  };
}

/** Runs a batch in one transaction and answers with what each message wrote. */
export function runBatch(
  stage: Stage<Conversion, Stored>,
  works: readonly Work<Conversion>[],
  end: 'commit' | 'rollback' = 'commit',
): readonly Stored[] {
  stage.transaction?.begin();
  const stored = works.map((work) => {
    const outcome = stage.run(work) as Outcome<Stored>;
    if (outcome.kind !== 'pass') throw new Error(`unexpected ${outcome.kind}`);
    return outcome.body;
  });
  stage.transaction?.[end]();
  return stored;
}
