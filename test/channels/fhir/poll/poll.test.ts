// Goal: polling lands every resource that is in the EMR at last, each version once, whatever moves
// while it pages, whatever fails, and over restarts; and it goes only where it is told to.
// Method: an EMR on a real socket that pages by position, so that a page skips when something
// moves; random updates between its pages, random faults and restarts; a journal in memory, and the
// source's state handed on. Waits are over at once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { exportJWK, generateKeyPair } from 'jose';
import { fhirPollSource, fhirSource } from '../../../../channels/fhir/index.ts';
import { createAccessTokens, type Source } from '../../../../engine/index.ts';
import { eagerClock } from '../../eager-clock.ts';
import { memoryContext } from '../../source-context.ts';
import { type Emr, type EmrOptions, openEmr } from './emr.ts';

describe('channels/fhir, pulled', () => {
  const sources: Source[] = [];
  const emrs: Emr[] = [];
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close(1_000)));
    for (const emr of emrs.splice(0)) emr.close();
  });

  const newEmr = async (options?: EmrOptions) => {
    const emr = await openEmr(options);
    emrs.push(emr);
    return emr;
  };

  function newContext() {
    const memory = memoryContext();
    const clock = eagerClock();
    return { context: { ...memory.context, clock }, state: memory.state, clock };
  }
  type Memory = ReturnType<typeof newContext>;

  async function start({ context }: Memory, emr: Emr, more: object = {}): Promise<Source> {
    const config = fhirPollSource.schema.parse({
      ...{ base_url: emr.baseUrl, resources: ['Observation'], every: '1h', overlap: '5ms' },
      ...more,
    });
    const source = fhirPollSource.create(config, context);
    sources.push(source);
    await source.open();
    return source;
  }

  /** Looks again and again until it holds; a test that never gets there runs into its time. */
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  const landed = ({ state }: Memory) =>
    state.landings.map(({ raw }) => {
      const { id, meta, request } = JSON.parse(raw.toString()) as {
        id: string;
        meta: { versionId: string };
        request?: { method: string; url: string };
      };
      if (request !== undefined) return `${request.url.slice('Observation/'.length)}/deleted`;
      return `${id}/${meta.versionId}`;
    });
  /** What is left of the landings, one after the other. */
  function left(memory: Memory): string[] {
    const kept = new Map<string, string>();
    for (const one of landed(memory)) {
      const [id = '', version] = one.split('/');
      if (version === 'deleted') kept.delete(id);
      else kept.set(id, one);
    }
    return [...kept.values()].sort();
  }
  const isAlike = (memory: Memory, emr: Emr) => left(memory).join() === newest(emr).sort().join();
  const newest = (emr: Emr) =>
    [...emr.stored.values()].map(({ id, version }) => `${id}/${version}`);
  const hasAll = (memory: Memory, emr: Emr) => {
    const there = new Set(landed(memory));
    return newest(emr).every((each) => there.has(each));
  };
  const codes = ({ state }: Memory) =>
    state.seen.flatMap((event) => (event.type === 'input-flagged' ? [event.code] : []));

  it('lands each resource as it was written, in order, and later only what is new', async () => {
    const emr = await newEmr();
    const memory = newContext();
    for (let n = 0; n < 30; n += 1) emr.put(`o${n}`);
    const source = await start(memory, emr);
    await until(() => hasAll(memory, emr));
    assert.deepEqual(landed(memory), newest(emr));
    assert.match(memory.state.landings[0]?.raw.toString() ?? '', /"value":1\.50\b/);
    assert.deepEqual(memory.state.landings[0]?.orderingKeys, ['Patient/o0']);
    assert.equal(memory.state.landings[0]?.controlId, 'Observation/o0');
    await until(() => source.connections?.() === 1);
    emr.put('o3');
    await until(() => hasAll(memory, emr));
    assert.deepEqual(landed(memory).slice(30), ['o3/2']);
  });

  it('misses nothing and repeats nothing, whatever moves, fails and restarts', async () => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 24 }),
      afterMs: fc.integer({ min: 0, max: 2 }),
      fault: fc.constantFrom(undefined, undefined, undefined, 'cut', 'half', 500, 429, 503),
      isEnd: fc.boolean(),
      restarts: fc.nat(5),
    });
    const run = async (
      steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
    ) => {
      let at = 0;
      let restart = false;
      const emr = await newEmr({
        fault() {
          at += 1;
          return steps[at - 1]?.fault as 'cut' | number | undefined;
        },
        onSearch() {
          const now = steps[at - 1];
          if (now === undefined) return;
          if (now.isEnd) emr.remove(`s${now.id}`);
          else emr.put(`s${now.id}`, now.afterMs);
          restart ||= now.restarts === 0;
        },
      });
      const memory = newContext();
      for (let n = 0; n < 25; n += 1) emr.put(`s${n}`, n % 9 === 0 ? 10 : 1);
      let source = await start(memory, emr);
      await until(() => {
        if (!restart) return at > steps.length && isAlike(memory, emr);
        restart = false;
        const old = source;
        void old.close(0).then(async () => {
          source = await start(memory, emr);
        });
        return false;
      });
      await source.close(1_000);
      assert.equal(new Set(landed(memory)).size, memory.state.landings.length);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), run), {
      numRuns: 15,
    });
  });

  for (const history of ['type', 'system'] as const)
    it(`reads deletions from the history of the ${history}, and not of what is there`, async () => {
      const emr = await newEmr({ history });
      for (let n = 0; n < 30; n += 1) emr.put(`o${n}`);
      emr.remove('o0');
      const memory = newContext();
      await start(memory, emr);
      await until(() => isAlike(memory, emr));
      for (const n of [3, 4, 5]) emr.remove(`o${n}`);
      emr.put('o4');
      await until(() => isAlike(memory, emr));
      assert.ok(!landed(memory).includes('o4/deleted') || landed(memory).at(-1) === 'o4/3');
      assert.ok(landed(memory).includes('o3/deleted'));
      const of3 = memory.state.landings.find(({ controlId }) => controlId === 'Observation/o3');
      assert.deepEqual(of3?.orderingKeys, ['Patient/o3']);
      assert.deepEqual(codes(memory), []);
    });

  for (const history of ['none', 'refused'] as const)
    it(`says once that deletions are not seen where the history is ${history}`, async () => {
      const emr = await newEmr({ history });
      emr.put('o1');
      const memory = newContext();
      await start(memory, emr);
      await until(() => emr.requests.length > 8);
      assert.deepEqual(codes(memory), ['deletions-unseen']);
      const quiet = newContext();
      const other = await newEmr({ history });
      await start(quiet, other, { deletions: 'none' });
      await until(() => other.requests.length > 3);
      assert.deepEqual(codes(quiet), []);
    });

  it('takes a server that does not sort by its links, and moves on at the end alone', async () => {
    const emr = await newEmr({ sorts: false });
    for (const n of [5, 3, 8, 1, 9, 2, 7, 4, 6, 0]) emr.put(`o${n}`);
    emr.put('o5');
    const memory = newContext();
    await start(memory, emr);
    await until(() => hasAll(memory, emr) && emr.requests.length > 4);
    assert.deepEqual(landed(memory).sort(), newest(emr).sort());
    const times = [...emr.stored.values()].map(({ updatedMs }) => updatedMs);
    const mark = memory.context.state.get('watermark|Observation');
    assert.deepEqual(mark, { watermark: new Date(Math.max(...times)).toISOString() });
  });

  it('does not move on before what it read is durable', async () => {
    const emr = await newEmr();
    for (let n = 0; n < 10; n += 1) emr.put(`o${n}`);
    const memory = newContext();
    memory.state.failFrom = 3;
    await start(memory, emr);
    await until(() => codes(memory).includes('journal-unavailable'));
    assert.equal(memory.context.state.get('watermark|Observation'), undefined);
    memory.state.failFrom = Number.POSITIVE_INFINITY;
    await until(() => hasAll(memory, emr));
    assert.equal(landed(memory).length, 10);
  });

  it('waits as long as the server asks, and ever longer when it asks for nothing', async () => {
    let left = 3;
    const busy = await newEmr({
      retryAfter: '120',
      fault() {
        left -= 1;
        return left < 0 ? undefined : 429;
      },
    });
    busy.put('o1');
    const memory = newContext();
    await start(memory, busy);
    await until(() => hasAll(memory, busy));
    assert.deepEqual(memory.clock.waits.slice(0, 3), [120_000, 120_000, 120_000]);
    assert.deepEqual(codes(memory), ['server-busy']);
    let failures = 4;
    const failing = await newEmr({
      fault() {
        failures -= 1;
        return failures < 0 ? undefined : 502;
      },
    });
    failing.put('o1');
    const other = newContext();
    await start(other, failing);
    await until(() => hasAll(other, failing));
    assert.deepEqual(other.clock.waits.slice(0, 4), [1_000, 2_000, 4_000, 8_000]);
  });

  it('does not stay behind a resource whose time is still to come', async () => {
    const emr = await newEmr({
      page({ entry }) {
        const [first] = entry as { resource: { meta: { lastUpdated: string } } }[];
        if (first !== undefined && emr.stored.size === 1)
          first.resource.meta.lastUpdated = '2999-01-01T00:00:00Z';
      },
    });
    emr.put('o1');
    const memory = newContext();
    await start(memory, emr);
    await until(() => codes(memory).includes('last-updated-ahead'));
    const asked = emr.requests.length;
    await until(() => emr.requests.length > asked + 2);
    const wanted = emr.requests.slice(asked + 1).map(({ url }) => new URL(url).searchParams);
    assert.ok(wanted.some((search) => search.get('_lastUpdated')?.startsWith('ge2027')));
  });

  it('follows no link to another origin and into no circle', async () => {
    for (const [url, code] of [
      ['http://127.0.0.1:9/fhir?page=2', 'address-elsewhere'],
      ['?_sort=_lastUpdated&_count=200', 'paging-loop'],
    ] as const) {
      const emr = await newEmr({
        page(bundle) {
          bundle.link = [{ relation: 'next', url }];
        },
      });
      emr.put('o1');
      const memory = newContext();
      await start(memory, emr);
      await until(() => codes(memory).includes(code));
      assert.ok(emr.requests.every((each) => each.url.startsWith(emr.baseUrl)));
    }
  });

  it('follows no server that has pages without an end', async () => {
    let page = 0;
    const emr = await newEmr({
      page(bundle) {
        page += 1;
        bundle.entry = [];
        bundle.link = [{ relation: 'next', url: `?page=${page}` }];
      },
    });
    const memory = newContext();
    await start(memory, emr);
    await until(() => codes(memory).includes('paging-endless'));
    const long = await newEmr({
      page(bundle) {
        bundle.link = [{ relation: 'next', url: `?cursor=${'x'.repeat(20_000)}` }];
      },
    });
    const other = newContext();
    await start(other, long);
    await until(() => codes(other).includes('paging-endless'));
  });

  it('lands what was included, holds what went wrong in the search, and keeps hints', async () => {
    const outcome = (severity: string) => ({
      search: { mode: 'outcome' },
      resource: { resourceType: 'OperationOutcome', issue: [{ severity, code: 'processing' }] },
    });
    const emr = await newEmr({
      page(bundle) {
        const entry = bundle.entry as object[];
        const included = { resourceType: 'Patient', id: 'p', meta: { versionId: '1' } };
        entry.push({ search: { mode: 'include' }, resource: included });
        entry.push(outcome('error'), outcome('information'));
      },
    });
    emr.put('o1');
    const memory = newContext();
    await start(memory, emr, { resources: ['Observation?_include=Observation:subject'] });
    await until(() => emr.requests.length > 3);
    const said = memory.state.landings.map(
      ({ controlId, refused, filtered }) => controlId ?? refused?.[0]?.code ?? filtered,
    );
    assert.deepEqual(said, [
      'Observation/o1',
      'Patient/p',
      'search-failed-in-part',
      'search-outcome',
    ]);
  });

  it('says what of a page holds nothing to land', async () => {
    const emr = await newEmr({
      page(bundle) {
        bundle.entry = [...(bundle.entry as object[]), null, { fullUrl: 'urn:a' }];
      },
    });
    emr.put('o1');
    const memory = newContext();
    await start(memory, emr);
    await until(() => hasAll(memory, emr) && codes(memory).includes('page-entry-unread'));
  });

  it('says what is no page, and asks again', async () => {
    let isBroken = true;
    const emr = await newEmr({
      page(bundle) {
        if (isBroken) bundle.resourceType = 'OperationOutcome';
      },
    });
    emr.put('o1');
    const memory = newContext();
    await start(memory, emr);
    await until(() => codes(memory).includes('page-invalid'));
    isBroken = false;
    await until(() => hasAll(memory, emr));
  });

  describe('signed in', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plexus-poll-'));
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('asks our own listener for tokens, uses each while it lasts, and renews it', async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true });
      const named = { kid: 'k1', alg: 'ES384' };
      const [jwks_file, key_file] = [join(folder, 'jwks.json'), join(folder, 'key.json')];
      writeFileSync(key_file, JSON.stringify({ ...(await exportJWK(privateKey)), ...named }));
      const keys = [{ ...(await exportJWK(publicKey)), ...named }];
      writeFileSync(jwks_file, JSON.stringify({ keys }));
      const memory = newContext();
      const clients = [{ client_id: 'plexus', jwks_file, scopes: ['system/*.read'] }];
      const granter = fhirSource.create(fhirSource.schema.parse({ port: 1, auth: { clients } }), {
        ...memory.context,
        tokens: createAccessTokens(),
      });
      sources.push(granter);
      const [listening] = await granter.open();
      const tokenUrl = `http://127.0.0.1:${listening?.port}/auth/token`;
      const granted = () =>
        memory.state.seen.filter(({ type }) => type === 'access-granted').length;
      const denied = new Set<string | undefined>([undefined]);
      const emr = await newEmr({
        fault: ({ headers }) => (denied.has(headers.authorization) ? 401 : undefined),
      });
      emr.put('o1');
      const auth = { client_id: 'plexus', key_file, token_url: tokenUrl };
      await start(memory, emr, { auth, every: '1m' });
      await until(() => emr.requests.length >= 4);
      assert.equal(granted(), 1);
      denied.add(emr.requests.at(-1)?.authorization);
      emr.put('o2');
      await until(() => hasAll(memory, emr));
      assert.equal(granted(), 2);
      await until(() => granted() >= 3);
    });

    it('reads no more of a token endpoint than a token', async () => {
      const { privateKey } = await generateKeyPair('ES384', { extractable: true });
      const key_file = join(folder, 'endless.json');
      const key = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES384' };
      writeFileSync(key_file, JSON.stringify(key));
      let isCut = false;
      const endless = createServer((_request, response) => {
        response.writeHead(200);
        const more = (): void => void response.write(' '.repeat(65_536), more);
        response.on('close', () => {
          isCut = true;
        });
        more();
      });
      await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
      const { port } = endless.address() as { port: number };
      const emr = await newEmr();
      const memory = newContext();
      const token_url = `http://127.0.0.1:${port}/token`;
      await start(memory, emr, { auth: { client_id: 'plexus', key_file, token_url } });
      await until(() => codes(memory).includes('sign-in-failed') && isCut);
      endless.closeAllConnections();
      endless.close();
    });

    it('sends a static token from its file, and says when the file is not there', async () => {
      const file = join(folder, 'token');
      writeFileSync(file, 'a-secret\n');
      const emr = await newEmr();
      emr.put('o1');
      const memory = newContext();
      await start(memory, emr, { auth: { token_file: file } });
      await until(() => hasAll(memory, emr));
      assert.equal(emr.requests[0]?.authorization, 'Bearer a-secret');
      const other = newContext();
      await start(other, emr, { auth: { token_file: join(folder, 'none') } });
      await until(() => codes(other).includes('sign-in-failed'));
    });
  });
});
