import type {
  ChannelView,
  Clock,
  Conservation,
  HeldGroup,
  Operations,
  Reader,
} from '../../engine/index.ts';
import type { IdentityFigures } from '../../transforms/identity/index.ts';
import type { WorkListFigures } from '../../transforms/terminology/index.ts';

/** What the engine looks like at one moment, for a scrape and for everybody who looks on. */
export type Snapshot = {
  readonly atUs: number;
  readonly channels: readonly ChannelView[];
  readonly quarantine: readonly HeldGroup[];
  readonly conservation: readonly Conservation[];
  /** Absent where nobody asks the identity store. */
  readonly identity?: IdentityFigures;
  /** Absent where nobody asks for the codes that no map decides. */
  readonly codes?: WorkListFigures;
};

/** Stores beside the engine that have figures of their own. */
export type Figures = {
  readonly identity?: () => IdentityFigures;
  readonly codes?: () => WorkListFigures;
};

/** The engine, once it is there; undefined while it starts. */
export type Engine = () => Operations | undefined;

const freshUs = 1_000_000;
/** Reading may take a fiftieth of the main thread, however many ask and however much is held. */
const costShare = 50;

/**
 * Reads the engine at most once a second, and more rarely when reading is slow: `/metrics` is open
 * to everybody, and nobody may slow the feeds down by asking often. Undefined while the engine
 * starts or when it cannot be read; `failed` then hears why.
 */
export function createSnapshots(
  engine: () => Reader | undefined,
  clock: Clock,
  failed: (cause: unknown) => void,
  identity?: Figures['identity'],
  codes?: Figures['codes'],
): () => Snapshot | undefined {
  let last: Snapshot | undefined;
  let nextUs = 0;
  return () => {
    const atUs = clock.nowUs();
    if (atUs < nextUs) return last;
    const reader = engine();
    if (!reader) return undefined;
    try {
      last = {
        atUs,
        channels: reader.channels(),
        quarantine: reader.quarantine({}),
        conservation: reader.conservation(),
        ...figuresOf('identity', identity, failed),
        ...figuresOf('codes', codes, failed),
      };
    } catch (cause) {
      last = undefined;
      failed(cause);
    }
    const tookUs = clock.nowUs() - atUs;
    nextUs = atUs + Math.max(freshUs, tookUs * costShare);
    return last;
  };
}

/** A store that cannot be read takes no other figure away. */
function figuresOf<Name extends keyof Figures>(
  name: Name,
  ask: Figures[Name],
  failed: (cause: unknown) => void,
): Pick<Snapshot, Name> | object {
  if (ask === undefined) return {};
  try {
    return { [name]: ask() };
  } catch (cause) {
    failed(cause);
    return {};
  }
}
