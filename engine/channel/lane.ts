import type { ChainReply, ChainSpec, ChainTask } from '../chain/index.ts';
import { packBytes } from '../chain/index.ts';
import type { Clock } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import type { Events } from '../events.ts';
import type { MessageId } from '../ids.ts';
import type { Issue } from '../issue.ts';
import type { ChannelRef, Journal, Settling } from '../journal/index.ts';
import type { Row, Scheduler } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { Pool } from '../pool.ts';
import { backoffMs } from './backoff.ts';
import type { Recent } from './recent.ts';
import type { Done, Origin } from './report.ts';

/** What a chain needs of a message, as it lies in the journal. */
export type LandedMessage = {
  readonly raw: Buffer;
  readonly receivedUs: number;
  readonly sha256: string;
};

export type LaneOptions = {
  readonly ref: ChannelRef;
  readonly spec: ChainSpec;
  readonly revision: number;
  readonly routes: readonly number[];
  /** Those of them that forward the message as it came. */
  readonly forwarding: ReadonlySet<number>;
  readonly journal: Journal;
  readonly scheduler: Scheduler;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly events: Events;
  readonly raws: Recent<MessageId, LandedMessage>;
  /** Called once what became of these rows is durable. */
  settled(rows: readonly Done[]): void;
};

/** What one lane does with one batch: claim, run the chain in a worker, settle. */
export function createLane(options: LaneOptions) {
  const { journal, scheduler, events, ref } = options;
  let unsettled: Promise<void> = Promise.resolve();
  let busy: Promise<void> = Promise.resolve();
  let warm: Promise<unknown> | undefined;

  function work(rows: readonly Row[]): Promise<void> {
    busy = rows[0]!.suspect ? options.pool.alone(() => workAlone(rows)) : workBatch(rows);
    return busy;
  }

  async function workAlone(rows: readonly Row[]): Promise<void> {
    await workBatch(rows);
    await unsettled;
  }

  async function workBatch(rows: readonly Row[]): Promise<void> {
    // A crash while a worker still loads its stages must not count as an attempt of these rows.
    warm ??= options.pool
      .run({ spec: options.spec, bytes: packBytes([]), messages: [] })
      .catch(() => {});
    await warm;
    await Promise.all([journal.claim(ref.chain, rows), unsettled]);
    const poisoned = rows.filter((row) => row.suspect && row.attempts >= limits.poisonAttempts);
    const healthy = rows.filter((row) => !poisoned.includes(row));
    const done: Done[] = poisoned.map((row) => ({
      row,
      reply: poisonReply(row),
      origin: undefined,
    }));
    if (healthy.length > 0) {
      const replies = await run(healthy);
      if (!replies) return;
      done.push(...replies);
    }
    scheduler.processed(rows);
    unsettled = settle(done);
    // Its failure is the next round's, or the stop's.
    unsettled.catch(() => {});
  }

  /** Undefined when the worker was lost: the rows come again one by one. */
  async function run(rows: readonly Row[]): Promise<readonly Done[] | undefined> {
    try {
      const landed = rows.map(
        (row) => options.raws.get(row.id) ?? readLanded(options.journal, row),
      );
      const ran = await options.pool.run(toTask(options, rows, landed));
      const { replies, unvisited, scripts = [], unmapped = [] } = ran;
      for (const [field, count] of unvisited) {
        events.emit({ type: 'unvisited', channel: ref.name, field, count });
      }
      for (const use of unmapped) events.emit({ type: 'unmapped-code', channel: ref.name, ...use });
      for (const use of scripts) events.emit({ type: 'script', channel: ref.name, ...use });
      return rows.map((row, n) => ({ row, reply: replies[n]!, origin: originOf(landed[n]!) }));
    } catch (cause) {
      events.emit({ type: 'worker-lost', channel: ref.name, cause: reasonOf(cause) });
      scheduler.again(rows);
      return undefined;
    }
  }

  async function settle(done: readonly Done[]): Promise<void> {
    const nowUs = options.clock.nowUs();
    const settlings = done.map(({ row, reply }) => toSettling(row, reply, nowUs));
    for (const settling of settlings) {
      if (settling.verdict.kind !== 'retry') continue;
      scheduler.retry(settling.row, Number.POSITIVE_INFINITY);
      const { dueUs, cause } = settling.verdict;
      const afterMs = Math.round((dueUs - nowUs) / 1000);
      events.emit({ type: 'retried', channel: ref.name, destination: '', cause, afterMs });
    }
    await journal.settle(
      {
        channel: ref,
        destination: ref.chain,
        revision: options.revision,
        routes: options.routes,
        forwarding: options.forwarding,
        nowUs,
      },
      settlings,
    );
    for (const { row, verdict } of settlings) {
      if (verdict.kind === 'retry') scheduler.retry(row, verdict.dueUs);
    }
    scheduler.done(done.map(({ row }) => row));
    options.settled(done);
    for (const { row } of done) options.raws.drop(row.id);
  }

  return {
    work,
    /** Resolves when nothing of this lane is under way, be it after a failure. */
    async idle(): Promise<void> {
      await busy.catch(() => {});
      await unsettled.catch(() => {});
    },
  };
}

function toTask(
  options: LaneOptions,
  rows: readonly Row[],
  landed: readonly LandedMessage[],
): ChainTask {
  return {
    spec: options.spec,
    bytes: packBytes(landed.map(({ raw }) => raw)),
    messages: rows.map((row, n) => ({
      id: row.id,
      generation: row.generation,
      receivedUs: landed[n]!.receivedUs,
      sha256: landed[n]!.sha256,
      length: landed[n]!.raw.length,
      keys: row.keys,
    })),
  };
}

const originOf = ({ receivedUs, sha256 }: LandedMessage): Origin => ({ receivedUs, sha256 });

function readLanded(journal: Journal, row: Row): LandedMessage {
  const message = journal.message(row.id, row.generation);
  if (!message) throw new Error(`message ${row.id} of the queue is not in the journal`);
  return { raw: message.raw, receivedUs: message.receivedUs, sha256: message.sha.toString('hex') };
}

function toSettling(row: Row, reply: ChainReply, nowUs: number): Settling {
  const { verdict } = reply;
  const trace = traceOf(reply);
  if (verdict.kind !== 'retry') return { row, verdict, trace };
  const waitMs = Math.max(
    verdict.afterMs,
    backoffMs(row.retries, limits.retryFirstMs, limits.retryLastMs),
  );
  return { row, verdict: { kind: 'retry', dueUs: nowUs + waitMs * 1000, cause: verdict.cause } };
}

/** Most have neither remarks nor fields that nobody read, and there is one a message. */
function traceOf({ tookUs, issues, unvisited }: ChainReply): string {
  if (unvisited !== undefined)
    return JSON.stringify([tookUs, issues, unvisited.slice(0, limits.traceFieldsMax).join(' ')]);
  return JSON.stringify(issues.length === 0 ? [tookUs] : [tookUs, issues]);
}

function poisonReply(row: Row): ChainReply {
  const issue: Issue = {
    severity: 'fatal',
    code: 'poison-message',
    diagnostics: `processing this message ended its worker or the engine ${row.attempts} times`,
  };
  return {
    verdict: { kind: 'held', stage: 'chain', issues: [issue] },
    tookUs: [],
    issues: [],
    resources: [],
  };
}
