// Goal: a FHIR client gets the answers of the standard: status, ETag, Location and an outcome for
// each request, a response Bundle for a batch and a transaction, a status URL for what it does not
// wait for; also around a crash. Method: an engine that really runs, and fetch.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type Door, type Json, openDoor, responsesIn, settled, type Told, toldBy } from './door.ts';

const patient = (number: string, more: Json = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:mrn', value: number }],
  ...more,
});
const bundle = (type: string, ...entry: unknown[]) => ({ resourceType: 'Bundle', type, entry });
const entry = (method: string, url: string, resource?: unknown, more: Json = {}) => ({
  ...(resource === undefined ? {} : { resource }),
  request: { method, url, ...more },
});
const jsonPatch = { 'Content-Type': 'application/json-patch+json' };

describe('FHIR requests', function () {
  this.timeout(180_000);

  describe('answered after settlement', () => {
    let door: Door;
    before(async () => {
      door = await openDoor('{ port: 8661, types: [Location, Patient, Observation] }', settled);
    });
    after(() => door.close());

    it('tells id, version and outcome of each write', async () => {
      const location = { resourceType: 'Location', id: 'w1', name: 'Ward 1' };
      const made = await door.ask('PUT', '/Location/w1', location);
      assert.equal(made.status, 201);
      assert.equal(made.headers.get('etag'), 'W/"1"');
      assert.equal(made.headers.get('location'), '/fhir/Location/w1/_history/1');
      assert.deepEqual(made.codes, ['fhir-created']);
      const same = await door.ask('PUT', '/Location/w1/', location);
      assert.deepEqual([same.status, same.headers.get('etag')], [200, 'W/"1"']);
      const stale = await door.ask('PUT', '/Location/w1', location, { 'If-Match': 'W/"9"' });
      assert.deepEqual([stale.status, stale.codes], [412, ['fhir-version-conflict']]);
      const operations = [{ op: 'replace', path: '/name', value: 'Ward One' }];
      const changed = await door.ask('PATCH', '/Location/w1', operations, jsonPatch);
      assert.deepEqual([changed.status, changed.headers.get('etag')], [200, 'W/"2"']);
      const name = { name: 'value', valueString: 'Ward 1a' };
      const [type, path] = [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Location.name' },
      ];
      const parameter = [{ name: 'operation', part: [type, path, name] }];
      const byPath = { resourceType: 'Parameters', parameter };
      const renamed = await door.ask('PATCH', '/Location/w1', byPath);
      assert.deepEqual([renamed.status, renamed.headers.get('etag')], [200, 'W/"3"']);
      const wrong = await door.ask('PATCH', '/Location/w1', [{ op: 'x' }], jsonPatch);
      assert.deepEqual([wrong.status, wrong.codes], [422, ['fhir-patch-invalid']]);
      const nobody = await door.ask('PATCH', '/Location/none', operations, jsonPatch);
      assert.deepEqual([nobody.status, nobody.codes], [404, ['fhir-not-found']]);
      assert.equal((await door.ask('DELETE', '/Location/w1')).status, 204);
      assert.equal((await door.ask('DELETE', '/Location/w1')).status, 204);
    });

    it('creates once what several ask for on condition', async () => {
      const ifNone = { 'If-None-Exist': 'identifier=urn:mrn|100' };
      const all = await Promise.all(
        Array.from({ length: 8 }, () => door.ask('POST', '/Patient', patient('100'), ifNone)),
      );
      assert.deepEqual(all.map(({ status }) => status).sort(), [...Array(7).fill(200), 201]);
      const locations = new Set(all.map(({ headers }) => headers.get('location')));
      assert.equal(locations.size, 1);
      const [, , type, id] = [...locations][0]!.split('/');
      const update = patient('100', { id, active: true });
      const updated = await door.ask('PUT', `/${type}/${id}`, update, { 'If-Match': 'W/"1"' });
      assert.deepEqual([updated.status, updated.headers.get('etag')], [200, 'W/"2"']);
    });

    it('answers a transaction entry by entry, or refuses all of it', async () => {
      const uuid = 'urn:uuid:00000000-0000-4000-8000-000000000001';
      const good = await door.ask(
        'POST',
        '',
        bundle(
          'transaction',
          entry('PUT', 'Observation/t1', {
            resourceType: 'Observation',
            id: 't1',
            subject: { reference: uuid },
          }),
          { ...entry('POST', 'Patient', patient('200')), fullUrl: uuid },
          entry('DELETE', 'Location/nowhere'),
        ),
      );
      assert.equal(good.body?.type, 'transaction-response');
      assert.deepEqual(
        responsesIn(good).map(({ status }) => status),
        ['201 Created', '201 Created', '204 No Content'],
      );
      const bad = await door.ask(
        'POST',
        '',
        bundle(
          'transaction',
          entry('PUT', 'Location/t2', { resourceType: 'Location', id: 't2' }),
          entry('PUT', 'Location/t3', { resourceType: 'Location', id: 't3' }, { ifMatch: '4' }),
        ),
      );
      assert.deepEqual([bad.status, bad.codes], [412, ['fhir-version-conflict']]);
      const issues = bad.body?.issue as { expression: string[] }[];
      assert.deepEqual(issues[0]?.expression, ['Bundle.entry[1].resource']);
      const undone = await door.ask('PUT', '/Location/t2', { resourceType: 'Location', id: 't2' });
      assert.equal(undone.status, 201, 'nothing of the refused transaction is there');
    });

    it('answers a Bundle that asks for nothing in kind', async () => {
      for (const type of ['transaction', 'batch']) {
        const { status, body } = await door.ask('POST', '', bundle(type));
        assert.deepEqual(
          [status, body],
          [200, { resourceType: 'Bundle', type: `${type}-response` }],
        );
      }
    });

    it('lets the entries of a batch fail one by one', async () => {
      const told = await door.ask(
        'POST',
        '/',
        bundle(
          'batch',
          entry('GET', 'Location/b1'),
          entry('PUT', 'Location/b1', { resourceType: 'Location', id: 'b1' }),
          entry('PUT', 'Location/b2', { resourceType: 'Location', id: 'b2' }, { ifMatch: '3' }),
          entry('PUT', 'Location/b3', { resourceType: 'Location', id: 'else' }),
          entry('POST', 'Group', { resourceType: 'Group' }),
          {},
          null,
          entry('DELETE', 'Location/b4', { resourceType: 'Location', id: 'b4' }),
          entry('PUT', 'Location/b5', { resourceType: 'Location' }, { ifNoneExist: '_id=b5' }),
          entry('DELETE', 'Location/b1'),
        ),
      );
      assert.deepEqual([told.status, told.body?.type], [200, 'batch-response']);
      assert.deepEqual(
        responsesIn(told).map(({ status }) => (status as string).slice(0, 3)),
        ['405', '201', '412', '422', '422', '422', '422', '422', '422', '204'],
      );
    });

    it('tells what it takes, from what its routes are made of', async () => {
      const { body } = await door.ask('GET', '/metadata');
      const [rest] = body!.rest as { resource: { type: string; interaction: Json[] }[] }[];
      const codes = (type: string) =>
        rest?.resource.find((one) => one.type === type)?.interaction.map(({ code }) => code);
      assert.deepEqual(codes('Location'), ['create', 'update', 'patch', 'delete']);
      assert.deepEqual(codes('Patient'), ['create', 'update', 'patch', 'delete']);
      const other = await door.ask('POST', '/Group', { resourceType: 'Group' });
      assert.deepEqual([other.status, other.codes], [404, ['fhir-type-not-taken']]);
      for (const [method, operations] of [['DELETE'], ['PATCH', '[]']] as const) {
        const { codes: why } = await door.ask(method, '/Group/1', operations, jsonPatch);
        assert.deepEqual(why, ['fhir-type-not-taken']);
      }
      const hidden = bundle('transaction', entry('DELETE', 'Group/1'));
      assert.deepEqual((await door.ask('POST', '', hidden)).codes, ['fhir-type-not-taken']);
    });
  });

  describe('answered after the landing', () => {
    let door: Door;
    before(async () => {
      door = await openDoor();
    });
    after(() => door.close());

    it('waits for what has to be decided, and for nothing else', async () => {
      const location = { resourceType: 'Location', id: 'a' };
      assert.equal((await door.ask('PUT', '/Location/a', location)).status, 202);
      const first = await door.ask(
        'PUT',
        '/Location/b',
        { ...location, id: 'b' },
        { 'If-None-Match': '*' },
      );
      assert.equal(first.status, 201);
      const put = bundle('transaction', entry('PUT', 'Location/a', location));
      assert.equal((await door.ask('POST', '', put)).status, 202);
    });

    it('gives a status URL to who does not wait', async () => {
      const later = { Prefer: 'return=minimal, respond-async' };
      const put = bundle(
        'batch',
        entry('PUT', 'Location/c', { resourceType: 'Location', id: 'c' }),
      );
      const told = await door.ask('POST', '', put, later);
      assert.equal(told.status, 202);
      assert.deepEqual(
        responsesIn(await statusOf(told)).map((one) => one.status),
        ['201 Created'],
      );
      const elsewhere = await door.ask('GET', '/_status/1');
      assert.deepEqual([elsewhere.status, elsewhere.codes], [404, ['fhir-address-unknown']]);
    });

    /** What a status URL says once it says something. */
    async function statusOf(told: Told): Promise<Told> {
      const path = told.headers.get('content-location') ?? '';
      const ask = async () => toldBy(await fetch(new URL(path, door.base())));
      let status = await ask();
      for (; status.status === 202; status = await ask()) await wait(20);
      return status;
    }

    it('gives one answer to a conditional create that is sent again after a crash', async () => {
      const headers = { 'If-None-Exist': 'identifier=urn:mrn|7', 'X-Request-Id': 'try-7' };
      const later = { Prefer: 'respond-async' };
      const mixed = [
        entry('PUT', 'Location/d', { resourceType: 'Location', id: 'd' }),
        entry('GET', 'Location/d'),
        entry('DELETE', 'Location/e'),
      ];
      const other = entry('PUT', 'Location/g', { resourceType: 'Location', id: 'g' });
      const waiting = [
        await door.ask('POST', '', bundle('batch', ...mixed), later),
        await door.ask(
          'POST',
          '',
          bundle('transaction', other, entry('DELETE', 'Location/h')),
          later,
        ),
        await door.ask('PUT', '/Location/f', { resourceType: 'Location', id: 'f' }, later),
      ];
      const lost = door.ask('POST', '/Patient', patient('7'), headers).catch(() => undefined);
      await wait(3);
      await door.kill();
      const before = await lost;
      await door.start();
      const again = await door.ask('POST', '/Patient', patient('7'), headers);
      assert.equal(again.status, 201);
      if (before) assert.equal(before.headers.get('location'), again.headers.get('location'));
      const told = await Promise.all(waiting.map(statusOf));
      const statuses = told.map((one) => responsesIn(one).map(({ status }) => status));
      assert.deepEqual(statuses, [
        ['201 Created', '405 Method Not Allowed', '204 No Content'],
        ['201 Created', '204 No Content'],
        [],
      ]);
      assert.deepEqual(told[2]!.codes, ['fhir-created'], 'a status URL outlives the engine');
      const anew = { 'If-None-Exist': 'identifier=urn:mrn|7' };
      const found = await door.ask('POST', '/Patient', patient('7'), anew);
      assert.deepEqual([found.status, found.headers.get('etag')], [200, 'W/"1"']);
      assert.equal(found.headers.get('location'), again.headers.get('location'));
    });
  });
});
