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

  it('tell where a bug is and not what it says', () => {
    const { logs, lines } = setUp();
    logs.bug(new RangeError('PUBLIC^JANE is out of range'));
    const [line] = lines;
    assert.equal(line?.event, 'bug');
    assert.match(String(line?.stack), /^RangeError\n\s+at .*logs\.test\.ts/);
    assert.doesNotMatch(JSON.stringify(line), /JANE/);
  });
});
