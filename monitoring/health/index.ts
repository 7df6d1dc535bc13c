import type { Event, Events } from '../../engine/index.ts';

/** `live`: the process answers. `ready`: it may be sent messages. */
export type Health = {
  ready(): Readiness;
  close(): void;
};

export type Readiness = {
  readonly status: 'ready' | 'not-ready';
  readonly checks: {
    /** Recovery has ended: what was open at the last stop is known again (G11). */
    readonly recovered: boolean;
    /** The last commit of the journal was good. */
    readonly journal: boolean;
    /** Nobody has asked the engine to stop. */
    readonly accepting: boolean;
  };
};

/** Follows the events from before the engine starts; it says nothing of why, as anybody may ask. */
export function createHealth(events: Events): Health {
  const checks = { recovered: false, journal: true, accepting: true };
  const close = events.subscribe((event: Event) => {
    if (event.type === 'commit' || event.type === 'journal-reopened') checks.journal = true;
    else if (event.type === 'commit-failed') checks.journal = false;
    else if (event.type === 'recovered') checks.recovered = true;
    else if (event.type === 'engine-stopping') checks.accepting = false;
  });
  return {
    ready() {
      const isReady = checks.recovered && checks.journal && checks.accepting;
      return { status: isReady ? 'ready' : 'not-ready', checks: { ...checks } };
    },
    close,
  };
}
