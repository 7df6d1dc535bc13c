// Goal: the log tells of what needs a person, in JSON, without patient data, and no storm fills the
// disk.
// Method: events go in, lines are caught from pino's destination and read back.
import assert from 'node:assert/strict';
import { createEvents, type MessageId } from '../../engine/index.ts';
import { createLogs, type LogOptions } from '../../monitoring/index.ts';
import { handClock } from './fake-engine.ts';

function setUp(level?: NonNullable<LogOptions['level']>) {
  const events = createEvents();
  const hands = handClock();
  const lines: Record<string, unknown>[] = [];
  const logs = createLogs({
    events,
    clock: hands.clock,
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
    ...(level ? { level } : {}),
  });
  return { events, lines, logs, turn: hands.turn };
}

describe('logs', () => {
  it('write a line an event, at its level, in the time of the clock', () => {
    const { events, lines, logs } = setUp();
    events.emit({ type: 'commit-failed', cause: 'disk full' });
    events.emit({ type: 'landed', channel: 'a', count: 1, bytes: 1 });
    events.emit({ type: 'engine-stopping', reason: 'SIGTERM' });
    logs.close();
    events.emit({ type: 'engine-stopping', reason: 'SIGTERM' });
    const time = '2023-11-14T22:13:20.000Z';
    assert.deepEqual(lines, [
      { level: 'error', time, event: 'commit-failed', cause: 'disk full' },
      { level: 'info', time, event: 'engine-stopping', reason: 'SIGTERM' },
    ]);
  });

  it('never name a single message', () => {
    const { events, lines } = setUp('debug');
    const id = 1 as MessageId;
    const rest = { controlId: 'C1', outcome: 'delivered', sha256: '', receivedUs: 1, resources: 1 };
    events.emit({ type: 'message', channel: 'a', id, ...rest });
    events.emit({ type: 'settled', channel: 'a', count: 1, tookMs: 1 });
    assert.deepEqual(
      lines.map(({ event }) => event),
      ['settled'],
    );
  });

  it('keep a storm of one kind to ten lines in ten seconds and count the rest', () => {
    const { events, lines, turn } = setUp();
    const refuse = (channel: string) =>
      events.emit({ type: 'input-refused', channel, reason: 'no-msh', bytes: 9 });
    for (let n = 0; n < 5_000; n += 1) refuse('a');
    refuse('b');
    events.emit({ type: 'worker-lost', channel: 'a', cause: 'exit' });
    assert.equal(lines.length, 12);
    turn(10_000);
    refuse('a');
    assert.equal(lines.at(-1)?.suppressed, 4_990);
    assert.equal(lines.length, 13);
  });

  it('tell a storm that goes on ever more seldom, and a new one in full', () => {
    const { events, lines, turn } = setUp();
    const refuse = () =>
      events.emit({ type: 'input-refused', channel: 'a', reason: 'no-msh', bytes: 9 });
    for (let second = 0; second < 3_600; second += 1, turn(1_000))
      for (let n = 0; n < 20; n += 1) refuse();
    assert.ok(lines.length > 10 && lines.length < 25, `${lines.length} lines in an hour`);
    const told = lines.reduce((sum, line) => sum + 1 + Number(line.suppressed ?? 0), 0);
    turn(60_000);
    const before = lines.length;
    for (let n = 0; n < 20; n += 1) refuse();
    assert.equal(lines.length, before + 10);
    const rest = Number(lines[before]?.suppressed);
    assert.equal(told + rest, 3_600 * 20, 'every one is counted');
  });

  it('tell once that commits fail and once that they do again, however many fail', () => {
    const { events, lines, turn } = setUp('error');
    const commit = () => events.emit({ type: 'commit', rows: 1, tookMs: 1 });
    for (const failures of [1, 500]) {
      commit();
      for (let n = 0; n < failures; n += 1, turn(100))
        events.emit({ type: 'commit-failed', cause: 'SQLITE_FULL' });
      commit();
      commit();
    }
    assert.deepEqual(
      lines.map(({ event, level, failures }) => [event, level, failures]),
      [
        ['commit-failed', 'error', undefined],
        ['commit', 'error', 1],
        ['commit-failed', 'error', undefined],
        ['commit', 'error', 500],
      ],
    );
  });

  it('tell where a bug is and not what it says', () => {
    const { logs, lines } = setUp();
    logs.bug(new RangeError('PUBLIC^JANE is out of range'));
    const [line] = lines;
    assert.equal(line?.event, 'bug');
    assert.match(String(line?.stack), /^RangeError\n\s+at .*logs\.test\.ts/);
    assert.doesNotMatch(JSON.stringify(line), /JANE/);
  });
});
