// Goal: of an export no line is lost and none lands twice, whatever fails in whichever phase and
// wherever the source is stopped and started again; what the standard asks of a client is done.
// Method: a bulk server on a real socket whose every request may fail by a random plan; a source
// that is closed and made anew at random points over one journal and one state; waits are over at
// once. What landed is compared with the lines of the files as a multiset.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { bulkSource } from '../../../channels/bulk/index.ts';
import type { EventOf, Source } from '../../../engine/index.ts';
import { eagerClock } from '../eager-clock.ts';
import { memoryContext } from '../source-context.ts';
import {
  type ExportData,
  type ExportServer,
  type Fault,
  faults,
  openExportServer,
  type ServerOptions,
} from './export-server.ts';

const patient = (id: number, version = 1) =>
  `{"resourceType":"Patient","id":"p${id}","meta":{"versionId":"${version}"},"x":1.50}`;
const patients = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => patient(from + n));

describe('channels/bulk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-bulk-'));
  const token_file = join(folder, 'token');
  writeFileSync(token_file, 'secret');
  const sources = new Set<Source>();
  const servers: ExportServer[] = [];
  afterEach(async () => {
    await Promise.all([...sources].map((source) => source.close(1_000)));
    sources.clear();
    for (const server of servers.splice(0)) server.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function newContext() {
    const memory = memoryContext();
    const clock = eagerClock();
    return { context: { ...memory.context, clock }, state: memory.state, clock };
  }
  type Memory = ReturnType<typeof newContext>;

  async function serve(options: ServerOptions): Promise<ExportServer> {
    const server = await openExportServer(options);
    servers.push(server);
    return server;
  }

  async function start({ context }: Memory, server: ExportServer, more = {}): Promise<Source> {
    const config = bulkSource.schema.parse({
      ...{ base_url: server.baseUrl, every: '1d', auth: { token_file } },
      ...more,
    });
    const source = bulkSource.create(config, context);
    sources.add(source);
    await source.open();
    return source;
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  const epochOf = ({ context }: Memory): number =>
    (context.state.get('export') as { epoch: number } | undefined)?.epoch ?? 0;
  const landed = ({ state }: Memory) => state.landings.map(({ raw }) => raw.toString());
  const linesOf = ({ output, deleted = [], error = [] }: ExportData) =>
    [...output, ...deleted, ...error].flat();
  const codes = ({ state }: Memory) =>
    state.seen
      .filter((event): event is EventOf<'input-flagged'> => event.type === 'input-flagged')
      .map(({ code }) => code);

  it('asks as it is told, lands every line as it is, and ends the job', async () => {
    const data = { output: [patients(0, 5), [], patients(5, 7)] };
    const server = await serve({ data: () => data });
    const memory = newContext();
    const source = await start(memory, server, {
      ...{ level: 'group', group: 'g1', types: ['Patient', 'Condition'] },
      ...{ type_filters: ['Patient?active=true'], since: '2026-01-01T00:00:00Z' },
    });
    await until(() => server.deletedJobs.length === 1);
    assert.deepEqual(landed(memory), linesOf(data));
    assert.equal(memory.state.landings[0]?.controlId, 'Patient/p0');
    assert.deepEqual(memory.state.landings[0]?.orderingKeys, ['Patient/p0']);
    const [asked] = server.kickOffs;
    assert.equal(asked?.pathname, '/fhir/Group/g1/$export');
    assert.deepEqual(Object.fromEntries(asked?.searchParams ?? []), {
      _outputFormat: 'application/fhir+ndjson',
      _type: 'Patient,Condition',
      _typeFilter: 'Patient?active=true',
      _since: '2026-01-01T00:00:00Z',
    });
    assert.ok(memory.state.seen.some((e) => e.type === 'export-progress' && e.percent === 40));
    assert.equal(source.connections?.(), 1);
  });

  it('exports since the last, on its schedule, and lands what changed back', async () => {
    const rounds = [[patient(1)], [patient(1, 2)], [patient(1)]];
    const server = await serve({
      data: () => ({ output: [rounds[server.kickOffs.length - 1] ?? []] }),
    });
    const memory = newContext();
    await start(memory, server);
    await until(() => epochOf(memory) >= 3);
    assert.deepEqual(landed(memory).slice(0, 3), rounds.flat());
    const since = server.kickOffs.map(({ searchParams }) => searchParams.get('_since'));
    assert.deepEqual(since.slice(0, 3), [
      null,
      '2026-01-01T00:00:01.000Z',
      '2026-01-01T00:00:02.000Z',
    ]);
    assert.ok(memory.clock.waits.some((ms) => ms > 86_000_000 && ms <= 86_400_000));
  });

  it('asks from no time that is still to come, whatever the server’s clock says', async () => {
    const transactionTime = '2999-01-01T00:00:00Z';
    const server = await serve({ data: () => ({ output: [] }), transactionTime });
    const memory = newContext();
    await start(memory, server);
    await until(() => epochOf(memory) >= 2);
    assert.match(server.kickOffs[1]?.searchParams.get('_since') ?? '', /^2027-/);
    assert.ok(codes(memory).includes('bulk-time-ahead'));
  });

  it('gives up a job that is never ready, and asks for the same again', async () => {
    const server = await serve({ data: () => ({ output: [patients(0, 2)] }), neverReady: '1' });
    const memory = newContext();
    await start(memory, server, { job_time_max: '2m' });
    await until(() => epochOf(memory) >= 1);
    assert.deepEqual(landed(memory), patients(0, 2));
    assert.deepEqual(codes(memory), ['bulk-job-stuck']);
    assert.deepEqual(server.deletedJobs.slice(0, 1), ['1']);
    const since = server.kickOffs.slice(0, 2).map((url) => url.searchParams.get('_since'));
    assert.deepEqual(since, [null, null]);
  });

  it('loses no line and lands none twice, whatever fails and restarts', async () => {
    const plan = fc.array(fc.constantFrom<Fault>(undefined, undefined, ...faults), {
      maxLength: 30,
    });
    const sizes = fc.array(fc.nat(9), { minLength: 1, maxLength: 4 });
    const stops = fc.uniqueArray(fc.nat(40), { maxLength: 4 });
    const run = async (
      planned: Fault[],
      lengths: number[],
      restarts: number[],
      counts: boolean,
    ) => {
      let first = 0;
      const files = lengths.map((length) => {
        first += length;
        return patients(first - length, first);
      });
      const data = { output: files.slice(1), deleted: files.slice(0, 1) };
      let requests = 0;
      let isStopping = false;
      const server = await serve({
        data: (since) => (since === null ? data : { output: [] }),
        counts,
        fault() {
          isStopping ||= restarts.includes(requests);
          requests += 1;
          return planned[requests - 1];
        },
      });
      const memory = newContext();
      let source = await start(memory, server);
      while (epochOf(memory) === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (!isStopping) continue;
        isStopping = false;
        await source.close(0);
        sources.delete(source);
        source = await start(memory, server);
      }
      await source.close(1_000);
      sources.delete(source);
      assert.deepEqual(landed(memory).sort(), linesOf(data).sort());
    };
    const property = fc.asyncProperty(plan, sizes, stops, fc.boolean(), run);
    await fc.assert(property, { numRuns: 40 });
  });

  it('recovers from each fault in each phase', async () => {
    for (const phase of ['kick-off', 'status', 'file', 'delete'] as const) {
      for (const fault of faults) {
        let left = 2;
        const data = { output: [patients(0, 4), patients(4, 6)] };
        const server = await serve({
          data: () => data,
          fault(at) {
            if (at === phase) left -= 1;
            return at === phase && left >= 0 ? fault : undefined;
          },
        });
        const memory = newContext();
        const source = await start(memory, server, { every: '1d' });
        await until(() => epochOf(memory) >= 1 && (left < 0 || phase === 'delete'));
        await source.close(1_000);
        sources.delete(source);
        assert.deepEqual(landed(memory).slice(0, 6), linesOf(data), `${phase} ${fault}`);
        server.close();
      }
    }
  });

  it('goes on in the middle of a file, and anew in a file that is another', async () => {
    const lines = patients(0, 4_500);
    let cuts = 1;
    const server = await serve({
      data: () => ({ output: [lines] }),
      fault: (phase) => (phase === 'file' && cuts-- > 0 ? 'half' : undefined),
    });
    const memory = newContext();
    await start(memory, server);
    await until(() => epochOf(memory) >= 1);
    assert.deepEqual(landed(memory), lines);
    const duplicates = memory.state.seen.filter(({ type }) => type === 'duplicate');
    assert.deepEqual(duplicates, []);
    const other = newContext();
    let isFirst = true;
    const changing = await serve({
      data: () => ({ output: [lines] }),
      fault(phase) {
        if (phase !== 'file' || !isFirst) return undefined;
        isFirst = false;
        lines.reverse();
        return 'half';
      },
    });
    await start(other, changing);
    await until(() => codes(other).includes('answer-broken-off'));
    lines.reverse();
    await until(() => epochOf(other) >= 1);
    assert.deepEqual(landed(other).sort(), lines.sort());
  });

  it('lands deletions, holds what could not be exported, keeps what cannot be read', async () => {
    const outcome = (severity: string) =>
      JSON.stringify({
        resourceType: 'OperationOutcome',
        issue: [{ severity, code: 'exception' }],
      });
    const entry = [{ request: { method: 'DELETE', url: 'Patient/p9' } }];
    const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
    const server = await serve({
      data: (since) =>
        since === null
          ? {
              output: [[patient(1), 'no json', `"${'x'.repeat(3_000)}"`]],
              deleted: [[bundle]],
              error: [[outcome('error'), outcome('information')]],
            }
          : { output: [] },
    });
    const memory = newContext();
    await start(memory, server, { line_bytes_max: 2_048 });
    await until(() => epochOf(memory) >= 1);
    assert.deepEqual(
      memory.state.landings.map(({ refused, filtered }) => refused?.[0]?.code ?? filtered),
      [
        undefined,
        'fhir-json-invalid',
        'message-too-large',
        undefined,
        'bulk-export-error',
        'bulk-export-remark',
      ],
    );
    assert.equal(memory.state.landings[3]?.raw.toString(), bundle);
    assert.deepEqual(memory.state.landings[3]?.orderingKeys, ['Patient/p9']);
    assert.ok(codes(memory).includes('bulk-export-error'));
  });

  it('does not call an export done whose lines are not durable', async () => {
    const server = await serve({ data: () => ({ output: [patients(0, 6)] }) });
    const memory = newContext();
    memory.state.failFrom = 3;
    await start(memory, server);
    await until(() => codes(memory).includes('journal-unavailable'));
    assert.equal(epochOf(memory), 0);
    memory.state.failFrom = Number.POSITIVE_INFINITY;
    await until(() => epochOf(memory) >= 1);
    assert.equal(new Set(landed(memory)).size, 6);
  });

  it('shows its token to the files that need it, and to nobody elsewhere', async () => {
    for (const requiresAccessToken of [true, false]) {
      const server = await serve({ data: () => ({ output: [[patient(1)]] }), requiresAccessToken });
      const memory = newContext();
      await start(memory, server);
      await until(() => epochOf(memory) >= 1);
      const expected = requiresAccessToken ? 'Bearer secret' : undefined;
      assert.equal(server.tokensAtFiles[0], expected);
    }
    // Files of a second server, by the manifest of the first; its own address is another origin.
    const files = await serve({ data: () => ({ output: [patients(0, 3)] }) });
    await fetch(`${files.baseUrl}/$export`).then((answer) => answer.text());
    const { host } = new URL(files.baseUrl);
    const seen: string[] = [];
    const { createServer } = await import('node:http');
    const front = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const own = `http://${request.headers.host}`;
      if (request.url?.includes('$export'))
        return void response.writeHead(202, { 'content-location': `${own}/status` }).end();
      const url = `http://${host}/file/1/0/output/0`;
      const transactionTime = '2026-01-01T00:00:01Z';
      response.end(
        JSON.stringify({
          transactionTime,
          requiresAccessToken: true,
          output: [{ url }],
          error: [],
        }),
      );
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as { port: number };
    const base_url = `http://127.0.0.1:${port}/fhir`;
    const refused = newContext();
    const source = await start(refused, files, { base_url });
    await until(() => codes(refused).includes('address-elsewhere'));
    await source.close(1_000);
    const allowed = newContext();
    await start(allowed, files, { base_url, file_origins: [`http://${host}`] });
    await until(() => epochOf(allowed) >= 1);
    assert.deepEqual(landed(allowed), patients(0, 3));
    assert.deepEqual([...new Set(files.tokensAtFiles)], [undefined]);
    front.closeAllConnections();
    front.close();
  });
});
