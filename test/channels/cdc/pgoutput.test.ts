// Goal: the messages of pgoutput become changes: every value is the server's text, a key that
// changes is a deletion and a creation, what is sent again has the same bytes and the same key.
// Method: messages written here byte by byte as the PostgreSQL manual lays them out (section 55.9),
// through the decoder that the source uses.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PgoutputPlugin } from 'pg-logical-replication';
import { type ChangeContext, changeLanding } from '../../../channels/cdc/change.ts';
import { lsnNumber, readFrame, statusUpdate } from '../../../channels/cdc/postgres/lsn.ts';
import {
  type Followed,
  followMessages,
  withTexts,
} from '../../../channels/cdc/postgres/pgoutput.ts';
import {
  begin,
  commit,
  deleteRow,
  insert,
  keepalive,
  relation,
  truncate,
  unchanged,
  update,
  xlog,
} from './pgoutput-bytes.ts';

const columns = [
  { name: 'id', oid: 20, isKey: true },
  { name: 'site', oid: 25 },
  { name: 'made', oid: 1184 },
  { name: 'day', oid: 1082 },
  { name: 'ok', oid: 16 },
  { name: 'amount', oid: 1700 },
  { name: 'image', oid: 17 },
  { name: 'tags', oid: 1009 },
];
const row = [
  ...['9007199254740993', 'arm', '2026-03-10 14:30:00.12+00', '2026-03-10', 't'],
  ...['13.50', '\\x00ff', '{a,b}'],
];

function follow(messages: readonly Buffer[]): Followed[] {
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: ['p'] });
  const read = followMessages({ slot: 'lis', keyOf: () => ['id'] });
  return messages.flatMap((bytes) => read(withTexts(plugin.parse(bytes))));
}

const opening = [begin('0/16B3748', 7), relation(1, 'lis', 'specimen', columns)];

const changesOf = (followed: readonly Followed[]) =>
  followed.flatMap((one) => (one.kind === 'change' ? [one] : []));

describe('pgoutput', () => {
  it('gives each value as text, and its type where there is a word for it', () => {
    const [inserted, committed] = follow([...opening, insert(1, row), commit('0/16B3780')]);
    assert.ok(inserted?.kind === 'change');
    const { op, after, types, source, key } = inserted.change;
    assert.equal(op, 'c');
    assert.deepEqual(after, {
      ...{ id: '9007199254740993', site: 'arm', made: '2026-03-10T14:30:00.12Z' },
      ...{ day: '2026-03-10', ok: 'true', amount: '13.50', image: 'AP8=', tags: '{a,b}' },
    });
    assert.equal(types.made, 'timestamptz');
    assert.equal('tags' in types, false);
    assert.deepEqual(key, ['id']);
    assert.equal(source.lsn, '0/16B3748');
    assert.equal(source.sequence, 1);
    assert.deepEqual(committed, { kind: 'committed', lsn: '0/16B3780' });
  });

  it('tells NULL from what was not sent', () => {
    const now: (string | null | typeof unchanged)[] = [row[0]!, unchanged, null, ...row.slice(3)];
    const [one] = changesOf(follow([...opening, update(1, now)]));
    assert.equal(one?.change.after?.site, '__debezium_unavailable_value');
    assert.equal(one?.change.after?.made, null);
    assert.equal(one?.change.before, null);
  });

  it('makes of another key a row that went and one that came', () => {
    const old = ['1', ...row.slice(1).map(() => null)];
    const changes = changesOf(follow([...opening, update(1, row, { key: old })]));
    assert.deepEqual(
      changes.map(({ change }) => [change.op, change.before?.id, change.after?.id]),
      [
        ['d', '1', undefined],
        ['c', undefined, '9007199254740993'],
      ],
    );
    assert.notEqual(changes[0]?.dedupeKey, changes[1]?.dedupeKey);
  });

  it('tells a deleted row by its key, and a table that was emptied', () => {
    const old = ['1', ...row.slice(1).map(() => null)];
    const [gone, emptied] = changesOf(follow([...opening, deleteRow(1, old), truncate([1])]));
    assert.deepEqual({ ...gone?.change.before }, { id: '1' });
    assert.equal(emptied?.change.op, 't');
    const landing = changeLanding(emptied!.change, context(emptied!.dedupeKey));
    assert.equal(landing.refused?.[0]?.code, 'cdc-table-truncated');
  });

  it('gives a transaction that is sent again the same bytes and the same keys', () => {
    const texts = fc.array(fc.option(fc.string({ unit: 'grapheme' })), {
      minLength: row.length - 1,
      maxLength: row.length - 1,
    });
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 5 }), (rows) => {
        const clean = (text: string | null) => text?.replaceAll('\0', '') ?? null;
        const plainColumns = columns.map((column) => ({ ...column, oid: 25 }));
        const messages = [
          begin('1/A', 9),
          relation(1, 'lis', 'specimen', plainColumns),
          ...rows.map((values, id) => insert(1, [String(id), ...values.map(clean)])),
          commit('1/B'),
        ];
        const land = () =>
          changesOf(follow(messages)).map(({ change, dedupeKey }) =>
            changeLanding(change, context(dedupeKey)),
          );
        const [first, again] = [land(), land()];
        assert.deepEqual(first, again);
        assert.equal(new Set(first.map(({ dedupeKey }) => dedupeKey)).size, rows.length);
        for (const [at, { raw }] of first.entries()) {
          const { after } = JSON.parse(raw.toString());
          assert.deepEqual(Object.values(after).slice(1), rows[at]!.map(clean));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the order of a row, and of what the channel orders by', () => {
    const [one] = changesOf(follow([...opening, insert(1, row)]));
    const { orderingKeys } = changeLanding(one!.change, context('k', ['specimen.site']));
    assert.deepEqual(orderingKeys, ['["lis","specimen","9007199254740993"]', 'row|arm']);
  });
});

describe('the replication stream', () => {
  it('reads data and signs of life, and nothing else', () => {
    assert.deepEqual(readFrame(xlog(Buffer.from('data'))), {
      kind: 'data',
      data: Buffer.from('data'),
    });
    const alive = { kind: 'alive', lsn: lsnNumber('1/16B3748'), wantsReply: true };
    assert.deepEqual(readFrame(keepalive('1/16B3748', true)), alive);
    assert.equal(readFrame(Buffer.from('x')), undefined);
    assert.equal(readFrame(Buffer.from('w')), undefined);
  });

  it('confirms a position and nothing behind it', () => {
    const update = statusUpdate(lsnNumber('1/16B3748'), 946_684_800_000_000 + 5);
    const whole = `72${'00000001016b3748'.repeat(3)}${'0000000000000005'}00`;
    assert.equal(update.toString('hex'), whole);
  });
});

const context = (dedupeKey: string, orderBy: readonly string[] = []): ChangeContext => ({
  receivedUs: 1,
  orderBy,
  dedupeKey,
});
