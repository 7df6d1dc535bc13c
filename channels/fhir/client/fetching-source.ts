import { PlexusError, type Source, type SourceContext } from '../../../engine/index.ts';
import { FhirRequestError } from './request-error.ts';

export type FetchingOptions = {
  readonly context: SourceContext;
  /**
   * One round; resolves with the milliseconds until the next. A round that lasts says `well` once
   * it has got through.
   */
  round(closing: AbortSignal, well: () => void): Promise<number>;
};

const retryFirstMs = 1_000;
const retryLastMs = 300_000;

/**
 * A source that nobody connects to: it fetches, waits and fetches again. A round that fails is said
 * once by its code, and tried again ever more slowly, or when the server asks for it.
 */
export function fetchingSource({ context, round }: FetchingOptions): Source {
  const { channel, clock, events } = context;
  const closing = new AbortController();
  let looping: Promise<void> = Promise.resolve();
  let isWell = false;
  let trouble = '';
  let failures = 0;

  const well = (): void => {
    isWell = true;
    trouble = '';
    failures = 0;
  };

  async function attempt(): Promise<number> {
    try {
      const waitMs = await round(closing.signal, well);
      well();
      return waitMs;
    } catch (cause) {
      if (closing.signal.aborted) return 0;
      isWell = false;
      const code = cause instanceof PlexusError ? cause.code : 'listener-bug';
      if (code !== trouble) events.emit({ type: 'input-flagged', channel, code });
      trouble = code;
      const slower = Math.min(retryFirstMs * 2 ** failures, retryLastMs);
      failures = Math.min(failures + 1, 30);
      const asked = cause instanceof FhirRequestError ? cause.retryMs : undefined;
      return Math.max(asked ?? 0, slower);
    }
  }

  async function loop(): Promise<void> {
    while (!closing.signal.aborted) await pause(context, await attempt(), closing.signal);
  }

  return {
    async open() {
      looping = loop();
      return [];
    },
    async close(drainMs) {
      closing.abort();
      await Promise.race([looping, new Promise<void>((done) => clock.after(drainMs, done))]);
    },
    connections: () => (isWell ? 1 : 0),
  };
}

/** Resolves after so many milliseconds, or at once when the source closes. */
export function pause({ clock }: SourceContext, ms: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (closing.aborted) return resolve();
    const end = () => {
      cancel();
      closing.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    closing.addEventListener('abort', end);
  });
}
