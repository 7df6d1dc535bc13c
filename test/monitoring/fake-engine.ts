import {
  type ChannelView,
  type Clock,
  type Conservation,
  createEvents,
  type Events,
  type HeldGroup,
  type MessageId,
  type MessageView,
  type Operations,
  PlexusError,
} from '../../engine/index.ts';

/** The seam of these tests: an engine whose state a test sets, and that keeps what it was told. */
export type FakeEngine = {
  readonly operations: Operations;
  readonly events: Events;
  readonly told: unknown[];
  channels: ChannelView[];
  quarantine: HeldGroup[];
  conservation: Conservation[];
  messages: MessageView[];
};

export function channelView(channel: string, over: Partial<ChannelView> = {}): ChannelView {
  return {
    channel,
    owner: 'interfaces@example',
    source: 'mllp',
    state: 'running',
    revision: '0123456789ab',
    pinned: false,
    received: 0,
    pending: 0,
    held: 0,
    settled: 0,
    filtered: 0,
    duplicates: 0,
    lastReceivedUs: 0,
    oldestPendingUs: 0,
    destinations: [],
    ...over,
  };
}

export function heldGroup(channel: string, over: Partial<HeldGroup> = {}): HeldGroup {
  return {
    fingerprint: 'f0f0f0f0',
    channel,
    destination: '',
    stage: 'convert',
    code: 'patient-identifier-missing',
    path: 'PID-3',
    diagnostics: 'The message names no patient.',
    owner: '',
    count: 1,
    oldestUs: 1,
    newestUs: 1,
    ...over,
  };
}

export function messageView(id: number, over: Partial<MessageView> = {}): MessageView {
  return {
    id: id as MessageId,
    channel: 'a',
    controlId: `C${id}`,
    receivedUs: id,
    outcome: 'delivered',
    sha256: '0'.repeat(64),
    ...over,
  };
}

export function createFakeEngine(): FakeEngine {
  const fake: FakeEngine = {
    operations: undefined as never,
    events: createEvents(),
    told: [],
    channels: [],
    quarantine: [],
    conservation: [],
    messages: [],
  };
  const tell =
    <T>(verb: string, answer: T) =>
    (...args: unknown[]): T => {
      fake.told.push([verb, ...args]);
      return answer;
    };
  const operations: Operations = {
    channels: () => fake.channels,
    messages: (query) => fake.messages.slice(-(query.limit ?? fake.messages.length)),
    trace: (id) => {
      const found = fake.messages.find((message) => message.id === id);
      return (
        found && {
          ...found,
          bytes: 1,
          duplicates: [],
          steps: [],
          destinations: [],
          history: [],
          unvisited: [],
          resources: [],
        }
      );
    },
    quarantine: () => fake.quarantine,
    *held() {
      for (let n = 1; ; n += 1) {
        const issues = [{ severity: 'error', code: 'x', diagnostics: 'y' }] as const;
        const group = heldGroup('a', { fingerprint: n % 2 ? 'odd' : 'even' });
        yield {
          ...group,
          id: n as MessageId,
          generation: 0,
          ordinal: 0,
          issues,
          heldUs: n,
          attempts: 1,
        };
      }
    },
    conservation: () => fake.conservation,
    listening: () => [{ channel: 'a', kind: 'mllp', host: '127.0.0.1', port: 6661 }],
    start: tell('start', Promise.resolve()),
    stop: tell('stop', Promise.resolve()),
    pause: tell('pause', Promise.resolve()),
    drain: tell('drain', Promise.resolve()),
    reload: tell('reload', Promise.resolve(['a'])),
    deploy: tell('deploy', Promise.resolve('ba9876543210')),
    rollback: () =>
      Promise.reject(new PlexusError('nothing-to-roll-back', 'there is no older one')),
    assign: tell('assign', Promise.resolve(3)),
    replay: tell('replay', Promise.resolve(4)),
    edit: tell('edit', Promise.resolve(1)),
    move: tell('move', Promise.resolve(6)),
    waive: tell('waive', Promise.resolve(5)),
    rerun: tell('rerun', Promise.resolve(7)),
    reconvert: tell('reconvert', Promise.resolve(7)),
    waiting: tell('waiting', { open: [], inAll: 2 }),
  };
  return Object.assign(fake, { operations });
}

/** A clock whose hands the test turns. */
export function handClock(startUs = 1_700_000_000_000_000) {
  let nowUs = startUs;
  let alarms: { dueUs: number; callback: () => void }[] = [];
  const clock: Clock = {
    nowUs: () => nowUs,
    after(delayMs, callback) {
      const alarm = { dueUs: nowUs + delayMs * 1000, callback };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((one) => one !== alarm);
      };
    },
  };
  const turn = (ms: number) => {
    const untilUs = nowUs + ms * 1000;
    for (;;) {
      const due = alarms
        .filter(({ dueUs }) => dueUs <= untilUs)
        .sort((a, b) => a.dueUs - b.dueUs)[0];
      if (!due) break;
      alarms = alarms.filter((one) => one !== due);
      nowUs = due.dueUs;
      due.callback();
    }
    nowUs = untilUs;
  };
  return { clock, turn, waiting: () => alarms.length };
}
