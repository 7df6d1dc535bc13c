// Goal: the metrics tell the truth, stay few however wild the input, and never carry free text.
// Method: events are emitted and engine states set, the scrape is read back as text; random events
// by fast-check against sums of their own.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEvents, type Event } from '../../engine/index.ts';
import { createMetrics } from '../../monitoring/metrics/index.ts';
import { boundedLabels, seriesMax } from '../../monitoring/metrics/series.ts';
import { createSnapshots } from '../../monitoring/snapshot/index.ts';
import type { IdentityFigures } from '../../transforms/identity/index.ts';
import { channelView, createFakeEngine, handClock, heldGroup } from './fake-engine.ts';

/** Series of a scrape: `name{labels}` to value. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

function setUp(identity?: () => IdentityFigures) {
  const engine = createFakeEngine();
  const hands = handClock();
  const failures: unknown[] = [];
  const read = createSnapshots(
    () => engine.operations,
    hands.clock,
    (cause) => failures.push(cause),
    identity,
  );
  const metrics = createMetrics({ events: engine.events, snapshot: read });
  const scrape = async () => seriesOf(await metrics.render());
  return { ...hands, engine, metrics, scrape, failures, nowUs: hands.clock.nowUs };
}

describe('metrics', () => {
  it('count what the events say, whatever their order', async () => {
    const channel = fc.constantFrom('north-general', 'mercy-west-adt', 'st-anne');
    const count = fc.nat(1000);
    const event: fc.Arbitrary<Event> = fc.oneof(
      fc.record({ type: fc.constant('landed' as const), channel, count, bytes: count }),
      fc.record({ type: fc.constant('duplicate' as const), channel, count }),
      fc.record({ type: fc.constant('settled' as const), channel, count, tookMs: count }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (list) => {
        const events = createEvents();
        const metrics = createMetrics({ events, snapshot: () => undefined });
        const expected = new Map<string, number>();
        for (const one of list) {
          events.emit(one);
          if (!('count' in one) || !('channel' in one)) continue;
          const plural = one.type === 'duplicate' ? 'duplicates' : one.type;
          const key = `plexus_${plural}_total{channel="${one.channel}"}`;
          expected.set(key, (expected.get(key) ?? 0) + one.count);
        }
        const found = seriesOf(await metrics.render());
        for (const [key, value] of expected) assert.equal(found.get(key), value, key);
        metrics.close();
      }),
      { numRuns: 40 },
    );
  });

  it('count what came before anybody read them, however much that was', async () => {
    for (const before of [0, 1, 999, 1_000, 2_500]) {
      const { engine, scrape } = setUp();
      const emit = () => engine.events.emit({ type: 'landed', channel: 'a', count: 1, bytes: 1 });
      for (let n = 0; n < before; n += 1) emit();
      assert.equal((await scrape()).get('plexus_landed_total{channel="a"}') ?? 0, before);
      emit();
      assert.equal((await scrape()).get('plexus_landed_total{channel="a"}'), before + 1);
    }
  });

  it('show latency and commits as histograms in seconds', async () => {
    const { engine, scrape } = setUp();
    engine.events.emit({ type: 'acknowledged', channel: 'a', code: 'AA', latencyMs: 7 });
    engine.events.emit({ type: 'commit', rows: 12, tookMs: 3 });
    engine.events.emit({ type: 'commit-failed', cause: 'no space left on device' });
    const found = await scrape();
    assert.equal(found.get('plexus_ack_latency_seconds_bucket{le="0.005",channel="a"}'), 0);
    assert.equal(found.get('plexus_ack_latency_seconds_bucket{le="0.01",channel="a"}'), 1);
    assert.equal(found.get('plexus_commit_duration_seconds_sum'), 0.003);
    assert.equal(found.get('plexus_commit_rows_total'), 12);
    assert.equal(found.get('plexus_commit_failures_total'), 1);
  });

  it('show queues, quarantine, silence and conservation as the engine has them now', async () => {
    const { engine, scrape, turn, nowUs } = setUp();
    const ago = (seconds: number) => nowUs() - seconds * 1e6;
    const queue = { destination: 'a/his', pending: 2, held: 1, delivered: 9 };
    engine.channels = [
      channelView('a', {
        state: 'paused',
        pending: 7,
        oldestPendingUs: ago(90),
        lastReceivedUs: ago(30),
        destinations: [{ ...queue, oldestPendingUs: ago(600) }],
      }),
      channelView('b'),
    ];
    engine.quarantine = [
      heldGroup('a', { count: 3, oldestUs: ago(7200) }),
      heldGroup('a', { count: 4, oldestUs: ago(60), owner: 'kim' }),
    ];
    const row = { received: 9, duplicate: 0, filtered: 0, waived: 0, held: 7, pending: 0 };
    const rest = { settled: 0, destinations: [] };
    engine.conservation = [{ channel: 'a', ...row, ...rest, violations: 2 }];
    const found = await scrape();
    const expected = {
      'plexus_channel_state{channel="a",state="paused"}': 1,
      'plexus_channel_state{channel="a",state="running"}': 0,
      'plexus_queue_depth{channel="a"}': 7,
      'plexus_queue_age_seconds{channel="a"}': 90,
      'plexus_queue_age_seconds{channel="b"}': 0,
      'plexus_destination_queue_age_seconds{channel="a",destination="a/his"}': 600,
      'plexus_destination_held{channel="a",destination="a/his"}': 1,
      'plexus_quarantine_depth{channel="a"}': 7,
      'plexus_quarantine_groups{channel="a"}': 2,
      'plexus_quarantine_age_seconds{channel="a"}': 7200,
      'plexus_quarantine_unowned{channel="a"}': 3,
      'plexus_quarantine_depth{channel="b"}': 0,
      plexus_conservation_violations: 2,
      plexus_engine_readable: 1,
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(found.get(key), value, key);
    const last = found.get('plexus_last_received_timestamp_seconds{channel="a"}') ?? 0;
    assert.ok(Math.abs(last - ago(30) / 1e6) < 0.001);
    assert.ok(!found.has('plexus_last_received_timestamp_seconds{channel="b"}'));

    engine.channels = [channelView('b')];
    engine.quarantine = [];
    engine.conservation = [];
    turn(60_000);
    const later = await scrape();
    assert.ok(!later.has('plexus_queue_depth{channel="a"}'), 'a channel that is gone is gone');
    assert.equal(later.get('plexus_conservation_violations'), 0);
  });

  it('show what the identity store counts, and go on without it', async () => {
    const { scrape, turn, nowUs, failures } = setUp(() => {
      if (isBroken) throw new Error('the store is locked');
      return {
        tally: [
          { kind: 'decision', label: 'auto', count: 7 },
          { kind: 'veto', label: 'similar-twins', count: 2 },
          { kind: 'of a later version', label: 'x', count: 1 },
        ],
        hotKeys: 3,
        reviews: [
          { kind: 'veto', open: 4, oldestUs: nowUs() - 90e6 },
          { kind: 'match', open: 0, oldestUs: 0 },
        ],
      };
    });
    let isBroken = false;
    const found = await scrape();
    const expected = {
      'plexus_identity_decisions{verdict="auto"}': 7,
      'plexus_identity_vetoes{veto="similar-twins"}': 2,
      plexus_identity_hot_keys: 3,
      'plexus_identity_reviews_open{kind="veto"}': 4,
      'plexus_identity_review_age_seconds{kind="veto"}': 90,
      'plexus_identity_review_age_seconds{kind="match"}': 0,
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(found.get(key), value, key);
    isBroken = true;
    turn(60_000);
    assert.equal((await scrape()).get('plexus_engine_readable'), 1);
    assert.equal(failures.length, 1);
  });

  it('read the engine once a second at most, and survive its failure', async () => {
    const { engine, scrape, turn, failures } = setUp();
    let reads = 0;
    Object.assign(engine.operations, {
      channels() {
        reads += 1;
        if (reads > 1) throw new Error('the journal is closed');
        return [];
      },
    });
    for (let n = 0; n < 20; n += 1) assert.equal((await scrape()).get('plexus_engine_readable'), 1);
    assert.equal(reads, 1);
    turn(1_000);
    assert.equal((await scrape()).get('plexus_engine_readable'), 0);
    assert.equal(failures.length, 1);
  });

  it('have few series and no free text, whatever an event carries', async () => {
    const { engine, scrape } = setUp();
    const planted = [
      'Jane Q Public',
      'PUBLIC^JANE^Q',
      'Zoë',
      'a"b',
      'a\nb',
      '',
      '555 1234',
      'x'.repeat(99),
    ];
    for (const code of planted) {
      engine.events.emit({ type: 'input-flagged', channel: 'a', code });
    }
    for (let n = 0; n < 5_000; n += 1) {
      engine.events.emit({ type: 'unvisited', channel: 'a', field: `PID-${n}`, count: 1 });
    }
    const found = await scrape();
    const text = [...found.keys()].join('\n');
    for (const code of planted.filter((one) => one.includes(' '))) assert.ok(!text.includes(code));
    assert.equal(found.get('plexus_input_flagged_total{channel="a",code="other"}'), 6);
    const fields = [...found].filter(([key]) => key.startsWith('plexus_unvisited_fields_total'));
    assert.equal(fields.length, seriesMax + 1);
    assert.equal(
      fields.reduce((sum, [, value]) => sum + value, 0),
      5_000,
    );
  });

  it('are all called plexus_, but for those of Node itself', () => {
    const { metrics } = setUp();
    for (const { name } of metrics.shapes())
      assert.match(name, /^(plexus|process|nodejs)_[a-z0-9_]+$/);
  });
});

describe('bounded labels', () => {
  it('keep at most their number of combinations and always the first label', () => {
    const values = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.string()), { maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (list, max) => {
        const labels = boundedLabels(['channel', 'code'], max);
        const seen = new Set<string>();
        for (const [channel, code] of list) {
          const got = labels([channel, code]);
          assert.equal(got.channel, channel);
          assert.ok(got.code === code || got.code === 'other' || got.code === 'none');
          seen.add(`${got.channel} ${got.code}`);
        }
        assert.ok(seen.size <= max + 2);
      }),
    );
  });
});
