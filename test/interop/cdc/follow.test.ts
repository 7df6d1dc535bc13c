// Goal: a PostgreSQL is followed as promised: rows once, then changes; the slot is confirmed behind
// what is durable and nothing else; a broken-off snapshot goes on; a large transaction is not
// gathered; what stands in the way is said by its code.
// Method: a real server and the source itself, over a journal in memory that can fail or wait.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { cdcSource } from '../../../channels/cdc/index.ts';
import { type Landing, systemClock } from '../../../engine/index.ts';
import { memoryContext } from '../../channels/source-context.ts';
import { isPostgresHere, startPostgres, type TestServer } from './server.ts';

type Row = Readonly<Record<string, string | null>>;

const eventOf = ({ raw }: Landing) =>
  JSON.parse(raw.toString()) as { op: string; before: Row; after: Row; types: Row };

let server: TestServer;
let slots = 0;

/** A source of its own slot over a journal in memory; `more`: further settings. */
function follower(tables: readonly string[], more: object = {}, before = memoryContext()) {
  slots += 1;
  const { host, port } = server;
  const place = { host, port, database: 'postgres', user: 'plexus', tables };
  const names = { slot: `slot_${slots}`, publication: `publication_${slots}` };
  const config = cdcSource.schema.parse({ postgres: { ...place, ...names, ...more } });
  const context = { ...before.context, clock: systemClock() };
  const start = async () => {
    const running = cdcSource.create(config, context);
    await running.open();
    return running;
  };
  const events = () => before.state.landings.map(eventOf);
  return { ...names, ...before, context, start, events };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`never: ${what}`);
}

const codesOf = ({ seen }: ReturnType<typeof memoryContext>['state']): string[] =>
  seen.flatMap((event) => (event.type === 'input-flagged' ? [event.code] : []));

const confirmed = async (slot: string): Promise<string> => {
  const text = 'SELECT confirmed_flush_lsn AS lsn FROM pg_replication_slots WHERE slot_name = $1';
  return (await server.sql(text, [slot]))[0]?.lsn ?? '';
};

if (isPostgresHere()) {
  describe('a PostgreSQL that is followed', function () {
    this.timeout(300_000);
    before(async () => {
      server = await startPostgres();
    });
    after(() => server.stop());

    it('lands the rows, then the changes, in one form', async () => {
      await server.sql(`CREATE TABLE kinds (id bigint, part text, day date, at timestamptz,
        local timestamp, ok boolean, amount numeric, image bytea, key uuid,
        PRIMARY KEY (id, part))`);
      const values = `'2026-03-10', '2026-03-10 16:30:00.12+02', '2026-03-10 14:30', true, 13.50,
        '\\x00ff', '00000000-0000-0000-0000-000000000001'`;
      await server.sql(`INSERT INTO kinds VALUES (9007199254740993, 'a', ${values})`);
      const { start, events, state } = follower(['public.kinds']);
      const running = await start();
      await until('the row', () => events().length === 1);
      await server.sql(`INSERT INTO kinds VALUES (2, 'b', ${values})`);
      await until('the change', () => events().length === 2);
      const [read, created] = events();
      assert.equal(read?.op, 'r');
      assert.equal(created?.op, 'c');
      const { id: _id, part: _part, ...rest } = read!.after;
      const { id: _other, part: _its, ...same } = created!.after;
      assert.deepEqual(rest, {
        ...{ day: '2026-03-10', at: '2026-03-10T14:30:00.12Z', local: '2026-03-10T14:30:00' },
        ...{ ok: 'true', amount: '13.50', image: 'AP8=' },
        key: '00000000-0000-0000-0000-000000000001',
      });
      assert.deepEqual(same, rest);
      assert.deepEqual(created?.types, read?.types);
      await server.sql('UPDATE kinds SET part = $1 WHERE id = 2', ['c']);
      await server.sql('ALTER TABLE kinds ADD COLUMN more text');
      await server.sql('UPDATE kinds SET ok = NULL WHERE id = 2');
      await server.sql('TRUNCATE kinds');
      await until('all changes', () => events().length === 6);
      assert.deepEqual(
        events().map(({ op }) => op),
        ['r', 'c', 'd', 'c', 'u', 't'],
      );
      assert.deepEqual(events()[2]?.before, { id: '2', part: 'b' });
      assert.equal(events()[4]?.after.more, null);
      assert.equal(events()[4]?.after.ok, null);
      assert.equal(state.landings[5]?.refused?.[0]?.code, 'cdc-table-truncated');
      assert.equal(running.connections?.(), 1);
      await running.close(5_000);
    });

    it('confirms what is durable, and is sent the rest again', async () => {
      await server.sql('CREATE TABLE slow (id int PRIMARY KEY)');
      const { start, events, state, slot } = follower(['public.slow']);
      let running = await start();
      await until('the stream', async () => (await confirmed(slot)) !== '');
      await server.sql('INSERT INTO slow SELECT generate_series(1, 500)');
      await until('the rows', () => events().length === 500);
      await until('the confirmation', async () => {
        const [row] = await server.sql('SELECT pg_current_wal_lsn() AS lsn');
        return (await confirmed(slot)) === row?.lsn;
      });
      const before = await confirmed(slot);
      state.failFrom = 600;
      await server.sql('INSERT INTO slow SELECT generate_series(501, 1000)');
      await until('a failure', () => codesOf(state).includes('journal-unavailable'));
      assert.equal(await confirmed(slot), before);
      await running.close(5_000);
      assert.equal(await confirmed(slot), before);
      state.failFrom = Number.POSITIVE_INFINITY;
      running = await start();
      await until('the rest', () => events().length >= 1_000);
      await running.close(5_000);
      const ids = events().map(({ after }) => Number(after.id));
      assert.deepEqual(
        ids,
        Array.from({ length: 1_000 }, (_none, at) => at + 1),
      );
    });

    it('goes on with a snapshot that was broken off, over what changed meanwhile', async () => {
      await server.sql('CREATE TABLE held (id int PRIMARY KEY, what text)');
      await server.sql(`INSERT INTO held SELECT g, 'old' FROM generate_series(1, 3000) g`);
      const { start, events, state } = follower(['public.held']);
      state.failFrom = 1_200;
      let running = await start();
      await until('a failure', () => codesOf(state).includes('journal-unavailable'));
      await running.close(5_000);
      const landed = events().length;
      await server.sql(`UPDATE held SET what = 'new' WHERE id IN (1, 2999)`);
      await server.sql('DELETE FROM held WHERE id IN (2, 3000)');
      state.failFrom = Number.POSITIVE_INFINITY;
      running = await start();
      await until(
        'the end of the stream',
        () => events().filter(({ op }) => op === 'd').length > 1,
      );
      await running.close(5_000);
      const now = new Map<string, string | null>();
      for (const { op, before, after } of events()) {
        if (op === 'd') now.delete(before.id!);
        else now.set(after.id!, after.what!);
      }
      const rows = await server.sql('SELECT id, what FROM held');
      assert.equal(now.size, rows.length);
      for (const { id, what } of rows) assert.equal(now.get(id!), what);
      // It did not begin again.
      assert.ok(events().length < 3_010 + 100, `${landed} and then ${events().length}`);
    });

    it('does not gather a large transaction', async () => {
      await server.sql('CREATE TABLE large (id int PRIMARY KEY, what text)');
      const one = memoryContext();
      let landed = 0;
      const land: typeof one.context.land = async ({ receivedUs }) => {
        landed += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return { id: landed as never, duplicate: false, receivedUs, sha256: '' };
      };
      const counting = { ...one, context: { ...one.context, land } };
      const { start, slot } = follower(['public.large'], {}, counting);
      const running = await start();
      await until('the stream', async () => (await confirmed(slot)) !== '');
      const before = process.memoryUsage().rss;
      await server.sql(`INSERT INTO large SELECT g, repeat(md5(g::text), 40)
        FROM generate_series(1, 150000) g`);
      let most = 0;
      await until('all rows', async () => {
        most = Math.max(most, process.memoryUsage().rss - before);
        return landed >= 150_000;
      });
      await running.close(5_000);
      assert.ok(most < 120 * 1024 * 1024, `${Math.round(most / 1024 / 1024)} MB more of 190`);
    });

    it('says by a code what stands in the way', async () => {
      await server.sql('CREATE TABLE keyless (id int)');
      await server.sql('CREATE TABLE keyed (id int PRIMARY KEY)');
      await server.sql(
        `CREATE TABLE untold (id int PRIMARY KEY);
         ALTER TABLE untold REPLICA IDENTITY NOTHING; INSERT INTO untold VALUES (1);
         CREATE TABLE indexed (id int PRIMARY KEY, other int NOT NULL UNIQUE);
         ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_other_key;
         CREATE TABLE late (id int PRIMARY KEY DEFERRABLE)`,
      );
      await server.sql('CREATE ROLE nobody LOGIN');
      await server.sql(`SELECT pg_create_logical_replication_slot('foreign', 'test_decoding')`);
      const cases: [code: string, table: string, more: object][] = [
        ['cdc-primary-key-missing', 'public.keyless', {}],
        ['cdc-replica-identity', 'public.untold', {}],
        ['cdc-replica-identity', 'public.indexed', {}],
        ['cdc-replica-identity', 'public.late', {}],
        ['cdc-table-unknown', 'public.nothing', {}],
        ['cdc-right-missing', 'public.keyed', { user: 'nobody' }],
        ['cdc-slot-foreign', 'public.keyed', { slot: 'foreign' }],
        ['cdc-database-unknown', 'public.keyed', { database: 'nothing' }],
        ['cdc-database-unreachable', 'public.keyed', { port: 1 }],
        ['cdc-password-missing', 'public.keyed', { password_env: 'PLEXUS_NOT_SET' }],
      ];
      for (const [code, table, more] of cases) {
        const { start, state } = follower([table], more);
        const running = await start();
        await until(code, () => codesOf(state).length > 0);
        assert.deepEqual(codesOf(state).slice(0, 1), [code]);
        assert.equal(running.connections?.(), 0);
        await running.close(1_000);
      }
      const held = await server.sql(
        `SELECT 1 FROM pg_publication_tables WHERE tablename = 'keyless'`,
      );
      assert.deepEqual(held, []);
      await server.sql('UPDATE untold SET id = 2');
      // What publishes it already says the same.
      await server.sql('CREATE PUBLICATION theirs FOR TABLE indexed');
      const { start, state } = follower([], { publication: 'theirs' });
      const running = await start();
      await until('it is said', () => codesOf(state).includes('cdc-replica-identity'));
      await running.close(1_000);
    });

    it('stands still where the slot was dropped, or the log is not logical', async () => {
      const { start, state, slot } = follower(['public.keyed']);
      let running = await start();
      await until('the stream', async () => (await confirmed(slot)) !== '');
      await until('the source', () => running.connections?.() === 1);
      await running.close(5_000);
      await until('the slot`s end', async () => {
        const text = 'SELECT active FROM pg_replication_slots WHERE slot_name = $1';
        return (await server.sql(text, [slot]))[0]?.active === 'f';
      });
      await server.sql('SELECT pg_drop_replication_slot($1)', [slot]);
      running = await start();
      await until('the code', () => codesOf(state).includes('cdc-slot-gone'));
      await running.close(1_000);
      for (const { name } of await server.sql('SELECT slot_name AS name FROM pg_replication_slots'))
        await server.sql('SELECT pg_drop_replication_slot($1)', [name]);
      await server.restart(['wal_level=replica']);
      const other = follower(['public.keyed']);
      const refused = await other.start();
      await until('the level', () => codesOf(other.state).includes('cdc-wal-level'));
      await refused.close(1_000);
    });
  });
}
