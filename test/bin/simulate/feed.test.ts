import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import {
  defaultSeed,
  feeds,
  generateFeed,
  type SimulatedMessage,
} from '../../../bin/simulate/index.ts';
import { orderingKeys, peekHeader } from '../../../transforms/hl7v2/index.ts';

// Goal: the same seed gives the same bytes, every facility speaks its own dialect, and what is
// wrong is wrong on purpose only.
// Method: properties over seeds; the messages are read by the listener's own header reader.
describe('bin/simulate: the feed', () => {
  it('gives the same bytes for the same seed, others for another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const [a, b, other] = [take(seed, 60), take(seed, 60), take(seed + 1, 60)].map((messages) =>
          messages.map(({ feed, payload, path }) => `${feed} ${path} ${payload.toString('hex')}`),
        );
        assert.deepEqual(a, b);
        assert.notDeepEqual(a, other);
      }),
      { numRuns: 15 },
    );
  });

  it('speaks each facility`s dialect', () => {
    const messages = take(11, 3000, 0);
    for (const feed of feeds) assert.ok(messages.some((message) => message.feed === feed));
    for (const { feed, payload, controlId, trigger } of messages) {
      if (feed === 'north-general-fhir') {
        assert.match(JSON.parse(payload.toString()).resourceType, /^(?:Bundle|Observation)$/);
        continue;
      }
      const header = peekHeader(payload);
      assert.equal(header?.controlId, controlId);
      assert.equal(header?.triggerEvent, trigger);
      assert.equal(header?.version, feed === 'st-anne' ? '2.3' : '2.5.1');
      assert.equal(orderingKeys(payload, []).length, 1);
    }
    const stAnne = messages.filter((message) => message.feed === 'st-anne');
    assert.ok(stAnne.every(({ payload }) => payload.subarray(3, 9).toString() === '|^~\\&#'));
    assert.ok(stAnne.some(({ payload }) => !isUtf8(payload)));
    assert.ok(stAnne.some(({ payload }) => /[^\r]PV1\|1\|/.test(payload.toString('latin1'))));
    assert.ok(
      stAnne.some(({ payload }) => /\|\d\d\/\d\d\/\d\d\|/.test(payload.toString('latin1'))),
    );
  });

  it('makes about the asked share wrong, of every kind, and none when none is asked', () => {
    assert.ok(take(5, 500, 0).every((message) => message.wrong === undefined));
    const messages = take(5, 6000, 0.1);
    const kinds = new Set(messages.map((message) => message.wrong));
    kinds.delete(undefined);
    assert.deepEqual([...kinds].sort(), [
      'broken-birth-date',
      'no-patient-identifier',
      'sent-twice',
      'text-in-a-number',
      'unknown-message-type',
      'unknown-resource-type',
      'unmapped-code',
    ]);
    const share = messages.filter((message) => message.wrong !== undefined).length / 6000;
    assert.ok(share > 0.05 && share < 0.15, String(share));
  });

  it('shows a newcomer every kind of it in the demo, and a code that a map does not know', () => {
    const wrong = take(defaultSeed, 500).filter((message) => message.wrong !== undefined);
    assert.equal(new Set(wrong.map((message) => message.wrong)).size, 7);
    const isMapped = ({ feed }: SimulatedMessage) => feed === 'mercy-west' || feed === 'st-anne';
    assert.ok(wrong.some((one) => one.wrong === 'unmapped-code' && isMapped(one)));
  });

  it('gives no two people one record number, and brings some people to a second facility', () => {
    const owners = new Map<string, string>();
    const places = new Map<string, Set<string>>();
    for (const { feed, payload } of take(3, 4000, 0)) {
      if (feed !== 'north-general' && feed !== 'mercy-west') continue;
      const [mrn = '', card = ''] =
        (payload.toString().split('\r').find(isPid) ?? '').split('|')[3]?.split('~') ?? [];
      const number = card.split('^')[0] ?? '';
      assert.equal(owners.get(mrn) ?? number, number);
      owners.set(mrn, number);
      places.set(number, (places.get(number) ?? new Set()).add(feed));
    }
    assert.ok([...places.values()].some((feedsOfOne) => feedsOfOne.size === 2));
  });
});

const isPid = (line: string): boolean => line.startsWith('PID|');

function take(seed: number, count: number, wrongShare?: number): SimulatedMessage[] {
  const messages: SimulatedMessage[] = [];
  for (const message of generateFeed({
    seed,
    ...(wrongShare === undefined ? {} : { wrongShare }),
  })) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}
