// Goal: a database is followed over TLS with its certificate checked: of the named authority and
// for the name or address that was asked for, and nothing is sent to any other server. Method: a
// real PostgreSQL with a certificate of a self-made authority, on two addresses of which the
// certificate names one; and one without TLS.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { cdcSource } from '../../../channels/cdc/index.ts';
import { systemClock } from '../../../engine/index.ts';
import { memoryContext } from '../../channels/source-context.ts';
import { isPostgresHere, startPostgres, type TestServer } from './server.ts';

const file = (name: string) => new URL(`../../certificates/${name}`, import.meta.url).pathname;
const ca = file('ca.pem');

if (isPostgresHere() && process.platform === 'linux') {
  describe('a PostgreSQL that is followed over TLS', function () {
    this.timeout(120_000);
    let server: TestServer;
    let slots = 0;
    const connections: (string | null | undefined)[] = [];
    before(async () => {
      const addresses = ['127.0.0.1', '127.0.0.2'];
      const pair = { cert: file('server.pem'), key: file('server.key') };
      server = await startPostgres({ addresses, ...pair });
      await server.sql('CREATE TABLE public.thing (id int PRIMARY KEY, name text)');
      await server.sql("INSERT INTO thing VALUES (1, 'one')");
    });
    after(() => server.stop());

    /** What lands, or the code of what stands in the way. */
    async function follow(host: string, tls: object, port = server.port): Promise<string> {
      slots += 1;
      const names = { slot: `tls_${slots}`, publication: `tls_publication_${slots}` };
      const place = { host, port, database: 'postgres', user: 'plexus', tables: ['public.thing'] };
      const config = cdcSource.schema.parse({ postgres: { ...place, ...names, tls } });
      const { context, state } = memoryContext();
      const source = cdcSource.create(config, { ...context, clock: systemClock() });
      await source.open();
      try {
        for (;;) {
          const flagged = state.seen.find(({ type }) => type === 'input-flagged');
          if (flagged?.type === 'input-flagged') return flagged.code;
          const [first] = state.landings;
          const open = await server.sql(
            `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE application_name = 'plexus'`,
          );
          if (first === undefined || open.length === 0) {
            await sleep(20);
            continue;
          }
          connections.push(...open.map(({ ssl }) => ssl));
          return first.raw.toString();
        }
      } finally {
        await source.close(5_000);
      }
    }

    it('follows by name and by address, with every connection encrypted', async () => {
      for (const host of ['localhost', '127.0.0.1'])
        assert.match(await follow(host, { ca }), /"name":"one"/);
      assert.ok(connections.length > 0);
      for (const one of connections) assert.equal(one, 't', 'ssl, as the server sees it');
    });

    it('sends nothing to a server whose certificate is not of the authority', async () => {
      for (const wrong of [{}, { ca: file('stranger.pem') }])
        assert.equal(await follow('127.0.0.1', wrong), 'cdc-certificate-refused');
    });

    it('sends nothing to a server whose certificate names another address', async () => {
      assert.equal(await follow('127.0.0.2', { ca }), 'cdc-certificate-refused');
    });

    it('does not go on in the clear where the server has no TLS', async () => {
      await server.restart(['wal_level=logical', 'ssl=off']);
      assert.equal(await follow('127.0.0.1', { ca }), 'cdc-database-unreachable');
    });
  });
}
