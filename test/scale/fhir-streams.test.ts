// Goal: an NDJSON stream of a million lines and a batch of 100,000 entries go through a FHIR
// channel with flat memory, and nothing of them is lost. Method: an engine that really runs, its
// resident memory from /proc; PLEXUS_LINES and PLEXUS_ENTRIES set other sizes. `npm run
// test:scale` runs it, `npm test` does not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { type Door, openDoor, responsesIn, settled, type Told } from '../channels/fhir/door.ts';
import { residentMiB } from '../faults/memory.ts';

const lines = Number(process.env.PLEXUS_LINES ?? 1_000_000);
const entries = Number(process.env.PLEXUS_ENTRIES ?? 100_000);

const observation = (n: number): string =>
  JSON.stringify({
    resourceType: 'Observation',
    id: `o${n}`,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/p${n % 5_000}` },
    valueQuantity: { value: n % 200, unit: '/min' },
  });

/** The most that is resident while something goes on, and what was at its first tenth. */
async function watched(door: Door, progress: () => number, work: Promise<void>) {
  let early: number | undefined;
  let most = 0;
  const timer = setInterval(() => {
    const now = residentMiB(door.pid()) ?? 0;
    if (progress() > 0.1) early ??= now;
    most = Math.max(most, now);
  }, 200);
  await work.finally(() => clearInterval(timer));
  return { early: early ?? most, most };
}

describe('large FHIR input', function () {
  this.timeout(3_600_000);
  let door: Door;
  afterEach(() => door.close());

  it(`lands ${lines} lines of one stream in flat memory`, async () => {
    door = await openDoor();
    let sent = 0;
    async function* feed(): AsyncGenerator<string> {
      while (sent < lines) {
        let text = '';
        for (let n = 0; n < 200 && sent < lines; n += 1, sent += 1)
          text += `${observation(sent)}\n`;
        yield text;
      }
    }
    const startedMs = performance.now();
    let outcomes = 0;
    const post = request(door.base(), {
      method: 'POST',
      headers: { 'Content-Type': 'application/fhir+ndjson' },
    });
    const answered = (async () => {
      const [response] = await once(post, 'response');
      for await (const chunk of response)
        for (const byte of chunk as Buffer) if (byte === 0x0a) outcomes += 1;
    })();
    Readable.from(feed()).pipe(post);
    const { early, most } = await watched(door, () => outcomes / lines, answered);
    const seconds = (performance.now() - startedMs) / 1000;
    console.log(`      ${JSON.stringify({ lines, seconds, early, most })}`);
    assert.equal(outcomes, lines);
    assert.ok(most - early < 96, `${early.toFixed()} MiB grew to ${most.toFixed()} MiB`);
    assert.ok(most < 448, `${most.toFixed()} MiB`);
  });

  it(`answers a batch of ${entries} entries, each by itself`, async () => {
    door = await openDoor('{ port: 8661, body_bytes_max: 67108864 }', settled);
    const entry = (n: number): string => {
      const url = `Observation/o${n}`;
      return `{"request":{"method":"PUT","url":"${url}"},"resource":${observation(n)}}`;
    };
    const parts = Array.from({ length: entries }, (_, n) => entry(n));
    const body = `{"resourceType":"Bundle","type":"batch","entry":[${parts.join()}]}`;
    const startedMs = performance.now();
    let told: Told | undefined;
    const settledAll = (async () => {
      told = await door.ask('POST', '', body);
      const path = told.headers.get('content-location')?.replace('/fhir', '') ?? '';
      while (told.status === 202) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        told = await door.ask('GET', path);
      }
    })();
    const { most } = await watched(door, () => 1, settledAll);
    const seconds = (performance.now() - startedMs) / 1000;
    const mebibytes = body.length / 1024 / 1024;
    console.log(`      ${JSON.stringify({ entries, mebibytes, seconds, most })}`);
    const responses = responsesIn(told!);
    assert.equal(responses.length, entries);
    assert.ok(responses.every(({ status }) => status === '201 Created'));
    assert.ok(most < 640, `${most.toFixed()} MiB`);
  });
});
