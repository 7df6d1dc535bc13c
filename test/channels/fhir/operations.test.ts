// Goal: a FHIR message gets its reply, the same each time; a manifest is fetched from where the
// channel may, line by line, and a second try lands nothing twice. Method: an engine that really
// runs, and a file server that breaks off in the middle.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Door, type Json, openDoor, settled, type Told } from './door.ts';

const header = (id: string) => ({
  resourceType: 'MessageHeader',
  id,
  eventCoding: { system: 'urn:example:events', code: 'census' },
  source: { endpoint: 'urn:example:ehr' },
});
const message = (id: string, ...more: unknown[]) => ({
  resourceType: 'Bundle',
  type: 'message',
  entry: [header(id), ...more].map((resource) => ({ resource })),
});
const location = (id: string) => ({ resourceType: 'Location', id });

describe('FHIR operations', function () {
  this.timeout(180_000);
  let door: Door;
  let files: Server;
  let origin: string;
  let breaksOff = true;

  before(async () => {
    const lines = Array.from({ length: 300 }, (_, n) => JSON.stringify(location(`f${n}`)));
    files = createServer((request, response) => {
      if (request.url === '/export/elsewhere') {
        response.writeHead(302, { Location: `${origin}/secret` }).end();
        return;
      }
      response.writeHead(200, { 'Content-Type': 'application/fhir+ndjson' });
      if (!breaksOff) return response.end(lines.join('\n'));
      response.write(`${lines.slice(0, 100).join('\n')}\n`);
      setTimeout(() => response.destroy(), 50);
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    door = await openDoor(`{ port: 8661, import_from: ["${origin}/export/"] }`, settled);
  });
  after(async () => {
    await door.close();
    files.close();
  });

  it('replies to a message as an ACK does, and to the same one in the same words', async () => {
    const good = await door.ask('POST', '/$process-message', message('m1', location('a')));
    const again = await door.ask('POST', '/$process-message', message('m1', location('a')));
    assert.deepEqual(again.body, good.body);
    const [first, second] = good.body!.entry as { fullUrl: string; resource: Json }[];
    const response = first?.resource.response as Json;
    assert.deepEqual([response.identifier, response.code], ['m1', 'ok']);
    assert.deepEqual(response.details, { reference: second?.fullUrl });
    assert.deepEqual(first?.resource.destination, [{ endpoint: 'urn:example:ehr' }]);
    const held = await door.ask('POST', '/$process-message', message('m2', { resourceType: 'No' }));
    const [reply, outcome] = held.body!.entry as { resource: Json }[];
    assert.equal((reply!.resource.response as Json).code, 'fatal-error');
    const [issue] = outcome!.resource.issue as Json[];
    assert.deepEqual(issue?.expression, ['Bundle.entry[1].resource.resourceType']);
    const none = await door.ask('POST', '/$process-message', { resourceType: 'Bundle' });
    assert.deepEqual([none.status, none.codes], [400, ['fhir-message-invalid']]);
  });

  async function imported(manifest: unknown): Promise<Told> {
    const begun = await door.ask('POST', '/$import', manifest);
    assert.equal(begun.status, 202);
    const path = (begun.headers.get('content-location') ?? '').replace('/fhir', '');
    let told = await door.ask('GET', path);
    for (; told.status === 202; told = await door.ask('GET', path)) await wait(20);
    return told;
  }

  it('imports the files of a manifest, and goes on where it broke off', async () => {
    const manifest = { input: [{ type: 'Location', url: `${origin}/export/Location.ndjson` }] };
    const broken = await imported(manifest);
    assert.equal((broken.body!.error as Json[]).length, 1);
    breaksOff = false;
    const whole = await imported({
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'input',
          part: [
            { name: 'type', valueCode: 'Location' },
            { name: 'url', valueUrl: `${origin}/export/Location.ndjson` },
          ],
        },
      ],
    });
    assert.deepEqual(
      (whole.body!.output as Json[]).map(({ count }) => count),
      [300],
    );
    const last = await door.ask('PUT', '/Location/f299', location('f299'));
    assert.deepEqual([last.status, last.headers.get('etag')], [200, 'W/"1"']);
  });

  it('fetches from nowhere else, and follows nobody elsewhere', async () => {
    const from = (url: string) => ({ input: [{ type: 'Location', url }] });
    const wrong = [
      ...[`${origin}/secret`, `${origin}/export/../secret`, 'http://u:p@x.example/'],
      ...[`${origin}/export/..%2fsecret`, `${origin}/export/a%5C..`],
    ];
    for (const url of wrong) {
      const { status, codes } = await door.ask('POST', '/$import', from(url));
      assert.deepEqual([status, codes], [403, ['fhir-import-forbidden']], url);
    }
    const one = from(`${origin}/export/Location.ndjson`);
    const [input] = one.input;
    const csv = { name: 'inputFormat', valueCode: 'text/csv' };
    const invalid = [
      ...[{ input: [] }, { ...one, inputFormat: 'text/csv' }, { ...one, inputFormat: 7 }],
      ...[{ input: [{ ...input, type: 'Pet' }] }, { input: [{ ...input, type: undefined }] }],
      { resourceType: 'Parameters', parameter: [csv] },
    ];
    for (const manifest of invalid) {
      const { status, codes } = await door.ask('POST', '/$import', manifest);
      assert.deepEqual([status, codes], [400, ['fhir-manifest-invalid']], JSON.stringify(manifest));
    }
    const moved = await imported(from(`${origin}/export/elsewhere`));
    assert.equal((moved.body!.error as Json[]).length, 1);
  });

  it('tells of its operations what it has', async () => {
    const { body } = await door.ask('GET', '/metadata');
    const [rest] = body!.rest as { operation: { name: string }[] }[];
    assert.deepEqual(
      rest?.operation.map(({ name }) => name),
      ['process-message', 'import'],
    );
  });
});
