import { type MessageId, partitionOf } from '../ids.ts';
import type { Issue } from '../issue.ts';
import { stateNames } from '../journal/index.ts';
import type {
  DestinationView,
  HistoryView,
  TraceStep,
  TraceView,
  WorkState,
} from '../operations.ts';
import type { ResourceReader } from '../sink.ts';
import type { DatabaseHandle } from '../store/index.ts';
import { findMessage, toView } from './messages.ts';
import { type JournalView, queuesOf } from './store.ts';

type WorkRow = {
  readonly generation: number;
  readonly destination: number;
  readonly state: number;
  readonly attempts: number;
  readonly revision: number | null;
  readonly code: string | null;
  readonly issues: string | null;
  readonly trace: string | null;
};

/** As the lane writes it: times, remarks of stages, fields that nobody read. */
type TraceRow = [
  tookUs: number[],
  remarks?: { stage: string; issue: Issue }[] | null,
  unvisited?: string,
];

/** Everything that happened to one message; undefined when no journal file holds it. */
export function traceMessage(
  view: JournalView,
  reader: ResourceReader,
  id: MessageId,
): TraceView | undefined {
  const partition = view.partitions().find(({ no }) => no === partitionOf(id));
  const row = findMessage(view, partitionOf(id), id);
  if (!partition || !row) return undefined;
  const { db } = partition;
  const channel = view.control.channels().find(({ no }) => no === row.channel)?.name ?? '';
  const destinations = view.control.destinations();
  const { chain } = queuesOf(view, row.channel);
  const work = db
    .prepare(
      `SELECT generation, destination, state, attempts + retries AS attempts, revision, code,
         issues, trace FROM work
       WHERE message_id = ? ORDER BY generation, destination`,
    )
    .all(id) as WorkRow[];
  const duplicates = db
    .prepare('SELECT received_us AS us FROM duplicate WHERE of_id = ? ORDER BY us')
    .all(id);
  const size = db.prepare('SELECT length(raw) AS bytes FROM message WHERE id = ?').get(id) as {
    bytes: number;
  };
  const generations = work.filter((each) => each.destination === chain);
  return {
    ...toView(row, channel, chain),
    bytes: size.bytes,
    duplicates: (duplicates as { us: number }[]).map(({ us }) => us),
    steps: generations.flatMap((each) => stepsOf(view, each)),
    destinations: work
      .filter((each) => each.destination !== chain)
      .map((each) => toDestination(each, destinations)),
    history: historyOf(db, id, destinations),
    unvisited: unvisitedIn(generations.at(-1)),
    resources: reader.resourcesOf(id, generations.at(-1)?.generation ?? 0),
  };
}

function unvisitedIn(work: WorkRow | undefined): readonly string[] {
  return work?.trace ? ((JSON.parse(work.trace) as TraceRow)[2]?.split(' ') ?? []) : [];
}

function historyOf(
  db: DatabaseHandle,
  id: MessageId,
  destinations: readonly { readonly no: number; readonly name: string }[],
): HistoryView[] {
  const rows = db
    .prepare(
      `SELECT generation, destination, at_us AS atUs, action, by, coalesce(reason, '') AS reason
       FROM history WHERE message_id = ? ORDER BY rowid`,
    )
    .all(id) as (Omit<HistoryView, 'destination'> & { destination: number })[];
  const nameOf = (no: number): string => destinations.find((each) => each.no === no)?.name ?? '';
  return rows.map((row) => ({ ...row, destination: nameOf(row.destination) }));
}

function stepsOf(view: JournalView, work: WorkRow): TraceStep[] {
  const revision = work.revision === null ? undefined : view.control.revision(work.revision);
  const [tookUs = [], remarks = []] = work.trace ? (JSON.parse(work.trace) as TraceRow) : [];
  const stages = revision?.stages ?? [];
  const held: Issue[] = work.issues ? JSON.parse(work.issues) : [];
  const heldAt = work.code?.split('|')[0] ?? '';
  const steps = tookUs.map((us, n) => {
    const stage = stages[n] ?? `stage ${n + 1}`;
    const isLast = n === tookUs.length - 1;
    const own = (remarks ?? [])
      .filter((remark) => remark.stage === stage)
      .map((remark) => remark.issue);
    return {
      generation: work.generation,
      stage,
      outcome: isLast ? outcomeOf(work) : 'pass',
      tookUs: us,
      issues: stage === heldAt ? [...own, ...held] : own,
      revision: revision?.hash ?? '',
    };
  });
  if (held.length > 0 && !steps.some((step) => step.stage === heldAt)) {
    const outcome = outcomeOf(work);
    const stopped = {
      generation: work.generation,
      stage: heldAt,
      outcome,
      tookUs: 0,
      issues: held,
    };
    steps.push({ ...stopped, revision: revision?.hash ?? '' });
  }
  return steps;
}

const outcomeOf = (work: WorkRow): string => stateNames[work.state] ?? 'unknown';

function toDestination(
  work: WorkRow,
  destinations: readonly { readonly no: number; readonly name: string }[],
): DestinationView {
  return {
    destination: destinations.find(({ no }) => no === work.destination)?.name ?? '',
    generation: work.generation,
    state: (stateNames[work.state] ?? 'ready') as WorkState,
    attempts: work.attempts,
    code: work.code ?? '',
  };
}
