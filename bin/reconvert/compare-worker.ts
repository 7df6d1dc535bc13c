import { workerData } from 'node:worker_threads';
import {
  type IdRange,
  openRawReader,
  type RawMessage,
  type RawQuery,
} from '../../engine/reader/index.ts';
import { openSpineReader, type ToldLast } from '../../routes/spine/index.ts';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import { addSides, convertAll, differencesOf, outcomeText, type Side } from './compare-message.ts';
import { addMessage, addSame, type Diff, newDiff } from './diff.ts';
import { openTry, type TryChain } from './try-chain.ts';

/** What a thread compares: the messages of a query as they are converted now, and before. */
export type CompareOrder = {
  readonly dataDir: string;
  readonly key: Uint8Array;
  readonly query: RawQuery;
  readonly now: TryChain;
  /** Absent: what the spine holds of each message. */
  readonly before?: TryChain;
};

/** A message that does not say what it said: to be run again. */
export type Planned = { readonly id: number; readonly generation?: number };

export type Compared = { readonly diff: Diff; readonly planned: readonly Planned[] };

const order = workerData as CompareOrder;
const key = Buffer.from(order.key);
const reader = openRawReader(order.dataDir, key);
const spine = openSpineReader(order.dataDir, key);
const data = { dataDir: order.dataDir, key };
const now = openTry(order.now, data);
const before = order.before && openTry(order.before, data);
const attributions = { now: now.attribution, before: before?.attribution };

/** Compares the messages of a range; the entry point that the pool calls. */
export async function compareRange(range: IdRange): Promise<Compared> {
  const diff = newDiff();
  const planned: Planned[] = [];
  const messages = reader.messages(order.query, range);
  for (let from = 0; from < messages.length; from += atOnce)
    await compareSome(messages.slice(from, from + atOnce), diff, planned);
  return { diff, planned };
}

/** As many as a batch of the engine has: what is made of them is short-lived. */
const atOnce = 64;

async function compareSome(
  messages: readonly RawMessage[],
  diff: Diff,
  planned: Planned[],
): Promise<void> {
  const sides = await convertAll(now.chain, messages, order.now);
  const earlier = before && (await convertAll(before.chain, messages, order.before!));
  for (const [n, message] of messages.entries()) {
    const old = earlier?.[n];
    if (old) addSides(diff, String(message.id), message.raw, old, sides[n]!, attributions);
  }
  if (earlier) return;
  spine.together(() => {
    for (const [n, message] of messages.entries())
      compareWithStored(message, sides[n]!, diff, planned);
  });
}

function compareWithStored(message: RawMessage, side: Side, diff: Diff, planned: Planned[]): void {
  const { id, raw } = message;
  const last = spine.toldLast(id);
  const stands = standingOf(message, last);
  if (stands === undefined) return;
  if ('leftAlone' in stands) {
    addMessage(diff, String(id), `${stands.leftAlone} (left alone)`, []);
    return;
  }
  const isStored = stands.outcome === 'converted' && side.outcome === 'converted';
  const differences = isStored ? differencesOf(raw, last?.told ?? [], side.told, attributions) : [];
  const outcome = outcomeText(stands, side);
  if (differences.length === 0 && outcome === undefined) {
    addSame(diff);
    return;
  }
  addMessage(diff, String(id), outcome, differences);
  planned.push(last === undefined ? { id } : { id, generation: last.generation });
}

type Standing = Pick<Side, 'outcome' | 'code'> | { readonly leftAlone: string };

/** What holds a message before it has come to a store; all else that holds one stays as it is. */
const tried = new Set(now.stages);

/** How a message stands; undefined for a batch, whose messages stand for it. */
function standingOf({ work, raw }: RawMessage, last: ToldLast | undefined): Standing | undefined {
  if (work === undefined) {
    if (last !== undefined) return { outcome: 'converted', code: '' };
    return peekHeader(raw) === undefined ? undefined : { leftAlone: 'expired' };
  }
  const { state, code } = work;
  switch (state) {
    case 'settled':
      return { outcome: 'converted', code: '' };
    case 'filtered':
      return { outcome: 'filtered', code };
    case 'held': {
      const [stage = '', issue = ''] = code.split('|');
      if (tried.has(stage)) return { outcome: 'quarantined', code: issue };
      return { leftAlone: `quarantined by ${stage} (${issue})` };
    }
    case 'ready':
    case 'retry':
      return { leftAlone: 'pending' };
    case 'waived':
    case 'superseded':
      return { leftAlone: state };
    default:
      return state satisfies never;
  }
}
