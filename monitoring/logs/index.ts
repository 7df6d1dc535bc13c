import { createRequire } from 'node:module';
import type { DestinationStream, Logger } from 'pino';
import type { Clock, Event, Events } from '../../engine/index.ts';
import { levels } from './levels.ts';

export type LogOptions = {
  readonly events: Events;
  readonly clock: Clock;
  readonly level?: 'error' | 'warn' | 'info' | 'debug';
  /** Where lines go; standard error unless told, as standard output carries data. */
  readonly destination?: DestinationStream;
};

export type Logs = {
  /** An exception that nobody expected. The stack, never the data that led to it. */
  bug(cause: unknown): void;
  close(): void;
};

/** A window in which one kind of event of one channel writes at most `linesMax` lines. */
const windowUs = 10_000_000;
const linesMax = 10;
/** A storm that goes on has one line a window, each twice as long as the last, up to this. */
const windowMaxUs = 1_800_000_000;
/** A storm that has paused so long is over, and the next one is told in full. */
const pauseUs = 60_000_000;
const kindsMax = 2_000;

/**
 * Structured logs (JSON lines, pino) from the events, which carry no patient data. A storm of one
 * kind costs ten lines in ten seconds, and while it goes on ever fewer, which count the rest. That
 * commits fail is said once, and once that they do again: the log may lie on the disk that is full.
 */
export function createLogs({ events, clock, level, destination }: LogOptions): Logs {
  let opened: Logger | undefined;
  const logger = (): Logger => {
    opened ??= openLogger(clock, destination);
    return opened;
  };
  const wanted = loudest.indexOf(level ?? 'info');
  const throttle = createThrottle(clock);
  let failures = 0;
  const write = (event: Event) => {
    const loudness = levels[event.type];
    if (event.type === 'commit-failed') {
      failures += 1;
      if (failures > 1) return;
    } else if (failures > 0 && (event.type === 'commit' || event.type === 'journal-reopened')) {
      logger().error({ event: 'commit', failures });
      failures = 0;
    }
    if (loudness === 'silent' || loudest.indexOf(loudness) > wanted) return;
    const { type, ...fields } = event;
    const suppressed = throttle(event);
    if (suppressed === undefined) return;
    logger()[loudness]({ event: type, ...fields, ...(suppressed ? { suppressed } : {}) });
  };
  return {
    bug(cause) {
      const stack = cause instanceof Error ? framesOf(cause) : typeof cause;
      logger().error({ event: 'bug', stack });
    },
    close: events.subscribe(write),
  };
}

const loudest = ['error', 'warn', 'info', 'debug'];

/** Loaded with the first line: a quiet night has none. What is too quiet never comes here. */
function openLogger(clock: Clock, destination: DestinationStream | undefined): Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
  return pino(
    {
      level: 'debug',
      base: null,
      timestamp: () => `,"time":"${new Date(clock.nowUs() / 1000).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}

/** A bug's message may quote data; its name and where it happened do not. */
function framesOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join('\n');
}

type Window = { startUs: number; lengthUs: number; lastUs: number; lines: number; rest: number };

/**
 * Undefined: this line is not written. Else the number of lines of its kind that were not written
 * since the last one that was.
 */
function createThrottle(clock: Clock): (event: Event) => number | undefined {
  const windows = new Map<string, Window>();
  return (event) => {
    const kind = `${event.type}\n${'channel' in event ? event.channel : ''}`;
    const nowUs = clock.nowUs();
    const window = windows.get(kind);
    if (!window || isOver(window, nowUs)) {
      if (!window && windows.size >= kindsMax) windows.clear();
      windows.set(kind, nextWindow(window, nowUs));
      return window?.rest ?? 0;
    }
    window.lastUs = nowUs;
    if (window.lines >= linesMax) {
      window.rest += 1;
      return undefined;
    }
    window.lines += 1;
    return 0;
  };
}

const isOver = ({ startUs, lengthUs, lastUs }: Window, nowUs: number): boolean =>
  nowUs - startUs >= lengthUs || nowUs - lastUs >= pauseUs;

/** Of a storm that goes on: one line, and longer. */
function nextWindow(last: Window | undefined, nowUs: number): Window {
  const own = { startUs: nowUs, lastUs: nowUs, rest: 0 };
  if (last === undefined || last.rest === 0 || nowUs - last.lastUs >= pauseUs)
    return { ...own, lengthUs: windowUs, lines: 1 };
  return { ...own, lengthUs: Math.min(2 * last.lengthUs, windowMaxUs), lines: linesMax };
}
