import type { Pgoutput } from 'pg-logical-replication';
import { type RowChange, unavailable, type Values } from '../change.ts';
import { landedText, wordOf } from './values.ts';

type Message = Pgoutput.Message;
type Relation = Pgoutput.MessageRelation;
type Tuple = Readonly<Record<string, string | null | undefined>>;

/** What a message of the stream means to the one who follows. */
export type Followed =
  | { readonly kind: 'change'; readonly change: RowChange; readonly dedupeKey: string }
  /** All of the transaction was told; up to `lsn` the slot may forget. */
  | { readonly kind: 'committed'; readonly lsn: string };

export type FollowOptions = {
  readonly slot: string;
  /** Columns of the primary key of a table. */
  keyOf(schema: string, table: string): readonly string[] | undefined;
};

/**
 * Has rows come as the server's texts, not as what a parser makes of them: no digit is lost. Must
 * be told of each message as soon as it is decoded.
 */
export function withTexts(message: Message): Message {
  if (message.tag === 'relation')
    for (const column of message.columns) column.parser = (text: string) => text;
  return message;
}

/**
 * Reads the decoded messages of pgoutput (protocol version 1: a transaction comes whole, after its
 * commit, and in the order of the commits). What it gives depends on the stream alone: a
 * transaction that is sent again gives the same changes with the same keys.
 */
export function followMessages({ slot, keyOf }: FollowOptions) {
  let begun: { lsn: string; tsMs: number; xid: string } | undefined;
  let sequence = 0;

  function change(
    relation: Relation,
    op: RowChange['op'],
    before: Tuple | null,
    after: Tuple | null,
  ): RowChange {
    if (begun === undefined) throw new Error('a change outside of a transaction');
    const { schema, name: table, columns } = relation;
    sequence += 1;
    const types = columns.flatMap(({ name, typeOid }) => {
      const word = wordOf(typeOid);
      return word === undefined ? [] : [[name, word] as const];
    });
    const source = { connector: 'postgresql', name: slot, schema, table, lsn: begun.lsn };
    return {
      op,
      before: before && valuesOf(relation, before),
      after: after && valuesOf(relation, after),
      types: Object.fromEntries(types),
      key: keyOf(schema, table) ?? [],
      source: { ...source, transaction: begun.xid, sequence },
      tsMs: begun.tsMs,
    };
  }

  const follow = (one: RowChange): Followed => {
    const { lsn, sequence: place } = one.source;
    return { kind: 'change', change: one, dedupeKey: `cdc|${slot}|${lsn}|${place}` };
  };

  /** An update of the key is a row that went and one that came. */
  function updated({ relation, key, old, new: now }: Pgoutput.MessageUpdate): Followed[] {
    const before = (old ?? key) as Tuple | null;
    const names = keyOf(relation.schema, relation.name) ?? [];
    const moved = before !== null && names.some((name) => isOther(before[name], now[name]));
    if (!moved) return [follow(change(relation, 'u', old, now))];
    return [follow(change(relation, 'd', before, null)), follow(change(relation, 'c', null, now))];
  }

  return (message: Message): readonly Followed[] => {
    switch (message.tag) {
      case 'begin':
        begun = {
          lsn: plainLsn(message.commitLsn),
          tsMs: Number(message.commitTime.valueOf() / 1000n),
          xid: String(message.xid >>> 0),
        };
        sequence = 0;
        return [];
      case 'insert':
        return [follow(change(message.relation, 'c', null, message.new))];
      case 'update':
        return updated(message);
      case 'delete':
        return [follow(change(message.relation, 'd', message.old ?? message.key, null))];
      case 'truncate':
        return message.relations.map((relation) => follow(change(relation, 't', null, null)));
      case 'commit':
        begun = undefined;
        return [{ kind: 'committed', lsn: plainLsn(message.commitEndLsn) }];
      default:
        return [];
    }
  };
}

const isOther = (before: string | null | undefined, now: string | null | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now;

function valuesOf({ columns }: Relation, tuple: Tuple): Values {
  const values: Record<string, string | null> = {};
  for (const { name, typeOid } of columns) {
    // Of a row that is told by its key the other columns are not there.
    if (!(name in tuple)) continue;
    const value = tuple[name];
    if (value === undefined) values[name] = unavailable;
    else values[name] = value === null ? null : landedText(value, typeOid);
  }
  return values;
}

/** `0/16B3748`, as the server itself prints it. */
function plainLsn(lsn: string | null): string {
  const [high = '0', low = '0'] = (lsn ?? '').split('/');
  const plain = (half: string) =>
    Number.parseInt(half || '0', 16)
      .toString(16)
      .toUpperCase();
  return `${plain(high)}/${plain(low)}`;
}
