import type { Clock } from '../clock.ts';
import type { RouteConfig } from '../config/index.ts';
import { PlexusError } from '../errors.ts';
import type { Events } from '../events.ts';
import { partitionOf } from '../ids.ts';
import type { Issue } from '../issue.ts';
import type { ChannelRef, Journal, Settling, StoredMessage } from '../journal/index.ts';
import { createScheduler, type Row, type SchedulerOptions } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import type { Delivered, Delivery, ResourceLine, ResourceReader, Sink, Verdict } from '../sink.ts';
import { settlementIn } from './answers.ts';
import { backoffMs } from './backoff.ts';
import type { Recent } from './recent.ts';

/** What a message made, kept from the chain for its destinations. */
export type Made = {
  readonly lines: readonly ResourceLine[];
  readonly receivedUs: number;
  readonly sha256: string;
};

export type DestinationOptions = {
  readonly ref: ChannelRef;
  readonly config: RouteConfig;
  /** Its number in the journal. */
  readonly no: number;
  readonly revision: number;
  readonly sink: Sink;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly events: Events;
  readonly reader: ResourceReader;
  readonly resources: Recent<string, Made>;
  /** Of a queue that is read otherwise than in the order in which it was filled. */
  readonly read?: SchedulerOptions['read'];
};

export type Destination = ReturnType<typeof createDestination>;

/** The durable queue of one route and the one lane that works it off, in order, key by key. */
export function createDestination(options: DestinationOptions) {
  const { journal, clock, events, ref, config, no } = options;
  const name = `${ref.name}/${config.name}`;
  const scheduler = createScheduler({
    lanes: 1,
    clock,
    read: options.read ?? ((afterId, limit) => journal.read(no, afterId, limit)),
    claimRows: options.sink.batch,
    claimBytes: limits.claimBytes,
    parkedKeysMax: limits.parkedKeysMax,
  });
  let unsettled: Promise<void> = Promise.resolve();
  let busy: Promise<void> = Promise.resolve();
  let failures = 0;

  /**
   * A batch lies in one partition: a sink's positions are committed with the verdicts, in one file.
   * What lies in the next waits its turn, since a message before it may have to wait (G5).
   */
  async function work(rows: readonly Row[]): Promise<void> {
    const first = partitionOf(rows[0]!.id);
    const end = rows.findIndex((row) => partitionOf(row.id) !== first);
    if (end > 0) scheduler.returned(rows.slice(end));
    busy = workPartition(end > 0 ? rows.slice(0, end) : rows);
    await busy;
  }

  async function workPartition(rows: readonly Row[]): Promise<void> {
    const claimed = options.sink.repeatable ? undefined : journal.claim(no, rows);
    await Promise.all([claimed, unsettled]);
    const startUs = clock.nowUs();
    const isDoubtful = (row: Row): boolean =>
      row.suspect && config.onUncertain === 'hold' && !options.sink.repeatable;
    const doubtful = rows.filter(isDoubtful);
    const sendable = rows.filter((row) => !doubtful.includes(row));
    const delivered = sendable.length > 0 ? await deliver(sendable) : { verdicts: [] };
    // Which of them broke the sink is found one by one.
    if (!delivered) return scheduler.again(rows);
    const verdicts = new Map<Row, Verdict>(
      doubtful.map((row) => [row, { kind: 'hold', issues: [uncertain] }]),
    );
    for (const [n, row] of sendable.entries()) verdicts.set(row, delivered.verdicts[n] ?? missing);
    scheduler.processed(rows);
    unsettled = settle(verdicts, delivered.cursors ?? [], startUs);
    // Its failure is the next round's, or the stop's.
    unsettled.catch(() => {});
    // A sink's committed position must be durable before the next batch is written behind it.
    if (delivered.cursors) await unsettled;
  }

  /** Undefined when the sink broke on several: a bug, of which one message is to have the blame. */
  async function deliver(rows: readonly Row[]): Promise<Delivered | undefined> {
    try {
      return await options.sink.deliver(rows.map(toDelivery));
    } catch (cause) {
      const code = operationalCode(cause);
      if (code !== undefined)
        return { verdicts: rows.map(() => ({ kind: 'unavailable', cause: code })) };
      return rows.length > 1 ? undefined : { verdicts: [brokenBy(cause)] };
    }
  }

  function read(row: Row): StoredMessage {
    const message = journal.message(row.id, row.generation);
    if (!message) throw new Error(`message ${row.id} of the queue is not in the journal`);
    return message;
  }

  function toDelivery(row: Row): Delivery {
    const made = options.resources.get(`${row.id}.${row.generation}`);
    const stored = made ? undefined : read(row);
    return {
      id: row.id,
      generation: row.generation,
      channel: ref.name,
      sha256: made?.sha256 ?? stored!.sha.toString('hex'),
      receivedUs: made?.receivedUs ?? stored!.receivedUs,
      attempts: row.attempts + row.retries,
      keys: row.keys,
      uncertain: row.suspect,
      raw: () => (stored ?? read(row)).raw,
      settlement: () => settlementIn(journal, ref, row.id),
      resources: () => made?.lines ?? options.reader.resourcesOf(row.id, row.generation),
    };
  }

  async function settle(
    verdicts: ReadonlyMap<Row, Verdict>,
    cursors: NonNullable<Delivered['cursors']>,
    startUs: number,
  ): Promise<void> {
    const nowUs = clock.nowUs();
    const away = [...verdicts.values()].find((verdict) => verdict.kind === 'unavailable');
    if (away) {
      const retryMs = backoffMs(failures, config.retry.firstMs, config.retry.lastMs);
      failures += 1;
      scheduler.pauseUntil(nowUs + retryMs * 1000);
      events.emit({
        type: 'destination-unavailable',
        channel: ref.name,
        destination: config.name,
        cause: away.cause,
        retryMs,
      });
    } else failures = 0;
    const settlings = [...verdicts].map(([row, verdict]) => toSettling(row, verdict, nowUs));
    const isReturned = ({ verdict }: Settling): boolean => verdict.kind === 'returned';
    scheduler.returned(settlings.filter(isReturned).map(({ row }) => ({ ...row, dueUs: 0 })));
    for (const { row, verdict } of settlings) {
      if (verdict.kind !== 'retry') continue;
      scheduler.retry(row, Number.POSITIVE_INFINITY);
      const afterMs = Math.round((verdict.dueUs - nowUs) / 1000);
      events.emit({
        type: 'retried',
        channel: ref.name,
        destination: config.name,
        cause: verdict.cause,
        afterMs,
      });
    }
    await journal.settle(
      { channel: ref, destination: no, revision: options.revision, routes: [], nowUs },
      settlings,
      cursors,
    );
    for (const { row, verdict } of settlings) {
      if (verdict.kind === 'retry') scheduler.retry(row, verdict.dueUs);
    }
    for (const { row } of settlings) options.resources.drop(`${row.id}.${row.generation}`);
    scheduler.done(settlings.filter((each) => !isReturned(each)).map(({ row }) => row));
    report(settlings, (clock.nowUs() - startUs) / 1000);
  }

  function toSettling(row: Row, verdict: Verdict, nowUs: number): Settling {
    switch (verdict.kind) {
      case 'delivered':
        return { row, verdict: { kind: 'settled' } };
      case 'hold':
        return { row, verdict: { kind: 'held', stage: config.name, issues: verdict.issues } };
      case 'unavailable':
        return { row, verdict: { kind: 'returned' } };
      case 'retry': {
        const waitMs = backoffMs(row.retries, config.retry.firstMs, config.retry.lastMs);
        return {
          row,
          verdict: { kind: 'retry', dueUs: nowUs + waitMs * 1000, cause: verdict.cause },
        };
      }
    }
  }

  function report(settlings: readonly Settling[], tookMs: number): void {
    const count = settlings.filter(({ verdict }) => verdict.kind === 'settled').length;
    if (count > 0)
      events.emit({
        type: 'delivered',
        channel: ref.name,
        destination: config.name,
        count,
        tookMs,
      });
    for (const { verdict } of settlings) {
      if (verdict.kind !== 'held') continue;
      const code = verdict.issues[0]?.code ?? 'unexplained';
      events.emit({
        type: 'held',
        channel: ref.name,
        destination: config.name,
        stage: config.name,
        code,
        count: 1,
      });
    }
  }

  return {
    name,
    batch: options.sink.batch,
    no,
    config,
    scheduler,
    work,
    /** Waits for what is under way, be it after a failure: nothing writes behind a closed sink. */
    async close(): Promise<void> {
      await busy.catch(() => {});
      await unsettled.catch(() => {});
      await options.sink.close();
    },
  };
}

const uncertain: Issue = {
  severity: 'error',
  code: 'delivery-uncertain',
  diagnostics:
    'the engine died while this delivery was under way; the destination may have it already',
};

/** The code of what a disk, a store or a peer did; undefined for a bug. */
function operationalCode(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null)?.code;
  if (cause instanceof PlexusError) return cause.code;
  return typeof code === 'string' && /^(SQLITE_|E(?!RR_)[A-Z])/.test(code) ? code : undefined;
}

/** The text of an unknown error may quote the payload: only its kind is kept. */
function brokenBy(cause: unknown): Verdict {
  const kind = cause instanceof Error ? cause.name : typeof cause;
  const diagnostics = `a bug in Plexus: the destination broke on this message (${kind})`;
  return { kind: 'hold', issues: [{ severity: 'fatal', code: 'sink-bug', diagnostics }] };
}

const missing: Verdict = {
  kind: 'hold',
  issues: [
    {
      severity: 'fatal',
      code: 'sink-bug',
      diagnostics: 'the destination gave no verdict; this is a bug in Plexus',
    },
  ],
};
