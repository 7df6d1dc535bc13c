// Goal: a stream of lines lands line by line, each with an outcome in its place, however it is cut
// into chunks, and whatever some of its lines are; memory does not grow with it. Method: properties
// over chunks, an outcome stream that nobody reads, and an engine that really runs.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLines } from '../../../../channels/fhir/streams/lines.ts';
import { createOutcomeStream } from '../../../../channels/fhir/streams/outcome-stream.ts';
import type { MessageId } from '../../../../engine/index.ts';
import { type Door, type Json, openDoor, settled } from '../door.ts';

async function* inChunks(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const cut of cuts.toSorted((left, right) => left - right)) {
    const end = Math.min(cut, bytes.length);
    yield bytes.subarray(at, end);
    at = end;
  }
  yield bytes.subarray(at);
}

describe('FHIR lines', function () {
  this.timeout(180_000);

  it('reads the same lines whatever the chunks, and cuts off what is too long', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\n', '\r\n'), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(120), { maxLength: 8 }), async (sent, cuts) => {
        const bytes = Buffer.from(sent);
        const read: string[] = [];
        for await (const { raw, isTooLong } of readLines(inChunks(bytes, cuts), 20, 5)) {
          assert.ok(raw.length <= (isTooLong ? 5 : 20));
          read.push(isTooLong ? '(long)' : raw.toString());
        }
        const lines = sent.split('\n').map((line) => [line, line.replace(/\r$/, '')] as const);
        const expected = lines
          .filter(([, line]) => line.trim() !== '')
          .map(([whole, line]) => (Buffer.byteLength(whole) > 20 ? '(long)' : line));
        assert.deepEqual(read, expected);
      }),
    );
  });

  it('keeps a million outcomes that nobody reads in little, each in its place', async () => {
    const outcomes = createOutcomeStream();
    const count = 1_000_000;
    const before = process.memoryUsage().heapUsed;
    for (let id = 1; id <= count; id += 1) outcomes.add(id as MessageId);
    assert.ok(process.memoryUsage().heapUsed - before < 20e6);
    outcomes.end();
    const reader = outcomes.body.getReader();
    const { value } = await reader.read();
    const [first, second] = Buffer.from(value!).toString().split('\n');
    assert.equal(JSON.parse(first!).id, '1');
    assert.equal(JSON.parse(second!).id, '2');
    await reader.cancel();
  });

  describe('over a socket', () => {
    let door: Door;
    before(async () => {
      door = await openDoor('{ port: 8661, types: [Location], body_bytes_max: 2048 }', settled);
    });
    after(() => door.close());

    async function send(lines: readonly string[], headers: Record<string, string> = {}) {
      const response = await fetch(door.base(), {
        method: 'POST',
        headers: { 'Content-Type': 'application/fhir+ndjson', ...headers },
        body: lines.join('\n'),
      });
      assert.equal(response.headers.get('content-type'), 'application/fhir+ndjson; charset=utf-8');
      const text = await response.text();
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id?: string; issue: Json[] });
    }
    const codeOf = ({ issue }: { issue: Json[] }): unknown => {
      const { coding } = issue[0]!.details as { coding: Json[] };
      return coding[0]?.code;
    };

    it('gives an outcome a line, and knows a stream again by its name', async () => {
      const lines = Array.from({ length: 600 }, (_, n) =>
        JSON.stringify({ resourceType: 'Location', id: `l${n}`, name: 'x'.repeat(n % 50) }),
      );
      lines[3] = '{"resourceType":"Location","id":"a","id":"b"}';
      lines[5] = '{"resourceType":"Group"}';
      lines[7] = `{"resourceType":"Location","name":"${'x'.repeat(3_000)}"}`;
      lines[9] = '{"request":{"method":"DELETE","url":"Location/l8"}}';
      const name = { 'X-Request-Id': 'feed-1' };
      const outcomes = await send(lines, name);
      assert.deepEqual(
        [3, 5, 7, 9, 11].map((at) => codeOf(outcomes[at]!)),
        [
          'fhir-duplicate-key',
          'fhir-type-not-taken',
          'message-too-large',
          'fhir-deleted',
          'fhir-created',
        ],
      );
      assert.equal(outcomes.length, lines.length);
      const again = await send(lines, name);
      assert.deepEqual(again, outcomes);
    });
  });
});
