import type { MessageId } from '../ids.ts';
import { states } from '../journal/index.ts';
import type { MessageQuery, MessageView } from '../operations.ts';
import type { MessageOutcome } from '../outcome.ts';
import type { JournalView } from './store.ts';

type MessageRow = {
  readonly id: MessageId;
  readonly channel: number;
  readonly controlId: string | null;
  readonly receivedUs: number;
  readonly sha: Buffer;
  /** `generation,destination,state` joined by `;`. */
  readonly work: string | null;
};

const select = `SELECT m.id AS id, m.channel AS channel, m.control_id AS controlId,
  m.received_us AS receivedUs,
  m.sha AS sha, (SELECT group_concat(w.generation || ',' || w.destination || ',' || w.state, ';')
    FROM work w WHERE w.message_id = m.id) AS work FROM message m`;

/** Messages that a query names, oldest first; read lazily, partition by partition. */
export function* searchMessages(view: JournalView, query: MessageQuery): Iterable<MessageView> {
  if (query.limit === undefined) {
    yield* matches(view, query, view.partitions(), 'ASC');
    return;
  }
  const newest: MessageView[] = [];
  for (const message of matches(view, query, [...view.partitions()].reverse(), 'DESC')) {
    if (newest.length >= query.limit) break;
    newest.push(message);
  }
  yield* newest.reverse();
}

function* matches(
  view: JournalView,
  query: MessageQuery,
  partitions: ReturnType<JournalView['partitions']>,
  order: 'ASC' | 'DESC',
): Iterable<MessageView> {
  const names = new Map(view.control.channels().map(({ no, name }) => [no, name]));
  const chains = new Map(
    view.control
      .destinations()
      .flatMap(({ no, channel, name }) => (name === '' ? [[channel, no]] : [])),
  );
  const { where, values } = conditions(query, names);
  for (const { db } of partitions) {
    const rows = db.prepare(`${select} ${where} ORDER BY m.id ${order}`).iterate(...values);
    for (const row of rows as Iterable<MessageRow>) {
      const message = toView(row, names.get(row.channel) ?? '', chains.get(row.channel) ?? -1);
      if (query.outcome === undefined || query.outcome === message.outcome) yield message;
    }
  }
}

function conditions(query: MessageQuery, names: ReadonlyMap<number, string>) {
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (condition: string, value: unknown): void => {
    parts.push(condition);
    values.push(value);
  };
  if (query.channel !== undefined) {
    const no = [...names].find(([, name]) => name === query.channel)?.[0];
    add('m.channel = ?', no ?? -1);
  }
  if (query.controlId !== undefined) add('m.control_id = ?', query.controlId);
  if (query.sinceUs !== undefined) add('m.received_us >= ?', query.sinceUs);
  if (query.untilUs !== undefined) add('m.received_us < ?', query.untilUs);
  if (query.sha256 !== undefined) add('m.sha = ?', Buffer.from(query.sha256, 'hex'));
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}

export function toView(row: MessageRow, channel: string, chain: number): MessageView {
  return {
    id: row.id,
    channel,
    controlId: row.controlId ?? '',
    receivedUs: row.receivedUs,
    outcome: outcomeOf(row.work, chain),
    sha256: row.sha.toString('hex'),
  };
}

/** One message by id, with its raw columns. */
export function findMessage(
  view: JournalView,
  partition: number,
  id: MessageId,
): MessageRow | undefined {
  const found = view.partitions().find(({ no }) => no === partition);
  return found?.db.prepare(`${select} WHERE m.id = ?`).get(id) as MessageRow | undefined;
}

/**
 * The worst of its newest generation: pending before quarantined before filtered before delivered.
 */
export function outcomeOf(work: string | null, chain: number): MessageOutcome {
  const rows = (work ?? '')
    .split(';')
    .filter(Boolean)
    .map((row) => row.split(',').map(Number));
  const newest = Math.max(
    0,
    ...rows.filter(([, to]) => to === chain).map(([generation]) => generation!),
  );
  const current = rows.filter(([generation]) => generation === newest);
  const has = (...wanted: number[]): boolean =>
    current.some(([, , state]) => wanted.includes(state!));
  if (has(states.ready, states.retry)) return 'pending';
  if (has(states.held)) return 'quarantined';
  const own = current.find(([, to]) => to === chain)?.[2];
  return own === states.filtered || own === states.waived ? 'filtered' : 'delivered';
}
