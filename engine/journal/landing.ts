import type { MessageId } from '../ids.ts';
import type { Landed, Landing } from '../source.ts';
import type { ChannelRef } from './channel-ref.ts';
import { hash48, sha256 } from './hash.ts';
import { heldCode } from './held-code.ts';
import { writeOwed } from './owed.ts';
import type { Partition } from './partition.ts';
import { countOf, counts, type State, states } from './schema.ts';
import type { Tally } from './tally.ts';

/** The code of a batch that landed whole; its messages have work of their own. */
export const batchCode = 'batch';

/** Where duplicates are looked for, newest first, and since when. */
export type DedupeWindow = {
  readonly partitions: readonly Partition[];
  /** Microseconds since the epoch. */
  readonly sinceUs: number;
};

/** What a landing became, with what its queue needs to know. */
export type LandingResult = Landed & {
  readonly keys: readonly number[];
  readonly bytes: number;
  /** Same duplicate key as an earlier message, other bytes: processed, and said. */
  readonly keyReused: boolean;
  /** It has no work: held, or not wanted, from the start. */
  readonly isSettled: boolean;
};

/** `codec` of a message that is a slice of a batch which landed whole. */
export type Slice = { readonly parent: MessageId; readonly offset: number };

/**
 * Writes one landing inside the running transaction, unless it is a duplicate: same channel, same
 * key and same bytes as a message in `window` (G4). The same key with other bytes is a message of
 * its own. `slice`: a part of a batch that landed whole; `whole`: that batch.
 */
export function writeLanding(
  partition: Partition,
  window: DedupeWindow,
  tally: Tally,
  channel: ChannelRef,
  landing: Landing,
  part: Part = {},
): LandingResult {
  const sha = sha256(landing.raw);
  const dedupe =
    landing.dedupeKey === undefined ? null : hash48(`${channel.no}|${landing.dedupeKey}`);
  tally.add(channel.no, 0, counts.received, 1);
  let keyReused = false;
  if (dedupe !== null) {
    const known = findDuplicate(window, channel.no, landing.controlId, dedupe, sha);
    if (known !== undefined && known !== 'reused') {
      partition.statements.insertDuplicate.run(known.id, landing.receivedUs);
      tally.add(channel.no, 0, counts.duplicate, 1);
      return {
        ...known,
        duplicate: true,
        sha256: sha.toString('hex'),
        keys: [],
        bytes: 0,
        keyReused,
        isSettled: false,
      };
    }
    keyReused = known === 'reused';
  }
  const id = partition.nextId();
  const keys = [...new Set(landing.orderingKeys.map((key) => hash48(`${channel.no}|${key}`)))];
  writeMessage(partition, channel, landing, { id, sha, dedupe, keys, slice: part.slice });
  const state = firstStateOf(landing, part);
  const refused = state === states.held;
  partition.statements.insertWork.run(
    id,
    0,
    channel.chain,
    state,
    null,
    firstCodeOf(landing, part),
    refused ? channel.owner : null,
    refused ? landing.receivedUs : null,
    refused ? JSON.stringify(landing.refused) : null,
  );
  tally.add(channel.no, channel.chain, countOf(state)!, 1);
  if (landing.answer) writeOwed(partition, tally, channel, id, 0);
  return {
    id,
    duplicate: false,
    receivedUs: landing.receivedUs,
    sha256: sha.toString('hex'),
    keys,
    bytes: landing.raw.length,
    keyReused,
    isSettled: state !== states.ready,
  };
}

type Part = { readonly slice?: Slice; readonly whole?: boolean };

function firstStateOf(landing: Landing, part: Part): State {
  if (landing.refused) return states.held;
  if (landing.filtered !== undefined) return states.filtered;
  // A batch that landed whole has nothing left to do: its parts are messages of their own.
  return part.whole ? states.settled : states.ready;
}

function firstCodeOf({ refused, filtered }: Landing, part: Part): string | null {
  if (refused) return refused[0] ? heldCode('receive', refused[0]) : null;
  return filtered ?? (part.whole ? batchCode : null);
}

function writeMessage(
  partition: Partition,
  channel: ChannelRef,
  landing: Landing,
  row: {
    readonly id: MessageId;
    readonly sha: Buffer;
    readonly dedupe: number | null;
    readonly keys: readonly number[];
    readonly slice: Slice | undefined;
  },
): void {
  const [first, ...others] = row.keys;
  const raw = row.slice
    ? Buffer.from(JSON.stringify([row.slice.parent, row.slice.offset, landing.raw.length]))
    : landing.raw;
  partition.statements.insertMessage.run(
    row.id,
    channel.no,
    landing.receivedUs,
    row.sha,
    row.dedupe,
    landing.controlId ?? null,
    first === undefined ? null : others.length > 0 ? -first : first,
    row.slice ? 2 : 0,
    raw,
  );
  if (others.length > 0) {
    for (const key of row.keys) partition.statements.insertKey.run(row.id, key);
  }
}

function findDuplicate(
  { partitions, sinceUs }: DedupeWindow,
  channel: number,
  controlId: string | undefined,
  dedupe: number,
  sha: Buffer,
): { id: MessageId; receivedUs: number } | 'reused' | undefined {
  let reused = false;
  for (const partition of partitions) {
    const { findByControl, findByDedupe } = partition.statements;
    const rows = lookUp(partition, () =>
      controlId === undefined ? findByDedupe.all(dedupe) : findByControl.all(controlId, dedupe),
    ) as {
      id: MessageId;
      sha: Buffer;
      receivedUs: number;
      channel: number;
    }[];
    for (const row of rows) {
      if (row.channel !== channel || row.receivedUs < sinceUs) continue;
      if (row.sha.equals(sha)) return { id: row.id, receivedUs: row.receivedUs };
      reused = true;
    }
  }
  return reused ? 'reused' : undefined;
}

/** A damaged day in the window is to be set aside, and not the one that the landing goes to. */
function lookUp<Found>({ no }: Partition, read: () => Found): Found {
  try {
    return read();
  } catch (cause) {
    throw Object.assign(cause as object, { partition: no });
  }
}
