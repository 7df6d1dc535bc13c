import type { Issue } from '../issue.ts';
import type { Row } from '../lanes/index.ts';
import type { ChannelRef } from './channel-ref.ts';
import { enqueueCounted } from './enqueue.ts';
import { heldCode } from './held-code.ts';
import type { Partition } from './partition.ts';
import { countOf, counts, type State, states } from './schema.ts';
import type { Tally } from './tally.ts';

/** What became of one row: the verdict of a chain or of a destination, as the journal keeps it. */
export type Settling = {
  readonly row: Row;
  readonly verdict:
    | { readonly kind: 'settled' }
    | { readonly kind: 'filtered'; readonly reason: string }
    | { readonly kind: 'held'; readonly stage: string; readonly issues: readonly Issue[] }
    | { readonly kind: 'retry'; readonly dueUs: number; readonly cause: string }
    /** Given back untried: the destination as a whole was not there. */
    | { readonly kind: 'returned' };
  /** The chain's steps, for `trace`; destinations have none. */
  readonly trace?: string;
};

export type SettleContext = {
  readonly channel: ChannelRef;
  /** The destination whose rows these are: the chain, or a route. */
  readonly destination: number;
  /** The deployment that processed them. */
  readonly revision: number;
  /** Route numbers that a settled chain row hands on to; empty for a route. */
  readonly routes: readonly number[];
  /** Those of them that forward the message as it came. */
  readonly forwarding?: ReadonlySet<number>;
  readonly nowUs: number;
};

/** Writes verdicts inside the running transaction. A row that is no longer open is left alone. */
export function writeSettlements(
  partition: Partition,
  tally: Tally,
  context: SettleContext,
  settlings: readonly Settling[],
): void {
  for (const settling of settlings) writeSettlement(partition, tally, context, settling);
}

function writeSettlement(
  partition: Partition,
  tally: Tally,
  context: SettleContext,
  settling: Settling,
): void {
  const { row, verdict } = settling;
  const { statements } = partition;
  const { channel, destination } = context;
  if (verdict.kind === 'retry') {
    const { dueUs, cause } = verdict;
    statements.retry.run(dueUs, cause, row.id, row.generation, destination);
    return;
  }
  if (verdict.kind === 'returned') {
    statements.giveBack.run(row.id, row.generation, destination);
    return;
  }
  const state = stateOf(verdict.kind);
  const code = codeOf(verdict);
  const { changes } = statements.settle.run(
    state,
    null,
    context.revision,
    code,
    verdict.kind === 'held' ? channel.owner : null,
    context.nowUs,
    verdict.kind === 'held' ? JSON.stringify(verdict.issues) : null,
    settling.trace ?? null,
    row.id,
    row.generation,
    destination,
  );
  if (changes === 0) return;
  tally.add(channel.no, destination, counts.pending, -1);
  tally.add(channel.no, destination, countOf(state)!, 1);
  if (verdict.kind === 'settled') enqueueRoutes(partition, tally, context, row);
}

function enqueueRoutes(partition: Partition, tally: Tally, context: SettleContext, row: Row): void {
  for (const route of context.routes) {
    if (
      row.isReconverted &&
      context.forwarding?.has(route) &&
      wasTold(partition, context, row, route)
    )
      continue;
    const to = { channel: context.channel.no, no: route };
    enqueueCounted(partition, tally, row, to, context.revision);
  }
}

/** Did the route get the message of an earlier generation? One whose work has expired has told. */
function wasTold({ db }: Partition, context: SettleContext, row: Row, route: number): boolean {
  const before = db.prepare<[number, number, number], unknown>(
    'SELECT 1 FROM work WHERE message_id = ? AND destination = ? AND generation < ? LIMIT 1',
  );
  const ranBefore = before.get(row.id, context.destination, row.generation) !== undefined;
  return !ranBefore || before.get(row.id, route, row.generation) !== undefined;
}

function stateOf(kind: 'settled' | 'filtered' | 'held'): State {
  return kind === 'settled' ? states.settled : kind === 'filtered' ? states.filtered : states.held;
}

function codeOf(
  verdict: Exclude<Settling['verdict'], { kind: 'retry' | 'returned' }>,
): string | null {
  if (verdict.kind === 'settled') return null;
  if (verdict.kind === 'filtered') return verdict.reason;
  const first = verdict.issues.find(
    (issue) => issue.severity === 'error' || issue.severity === 'fatal',
  );
  const issue = first ?? verdict.issues[0];
  return issue ? heldCode(verdict.stage, issue) : `${verdict.stage}|unexplained|`;
}
