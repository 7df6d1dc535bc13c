import type {
  ChannelView,
  Clock,
  Conservation,
  HeldGroup,
  Operations,
  Reader,
} from '../../engine/index.ts';
import type { IdentityFigures } from '../../transforms/identity/index.ts';

/** What the engine looks like at one moment, for a scrape and for everybody who looks on. */
export type Snapshot = {
  readonly atUs: number;
  readonly channels: readonly ChannelView[];
  readonly quarantine: readonly HeldGroup[];
  readonly conservation: readonly Conservation[];
  /** Absent where nobody asks the identity store. */
  readonly identity?: IdentityFigures;
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
  identity?: () => IdentityFigures,
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
        ...identityOf(identity, failed),
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

/** An identity store that cannot be read takes no other figure away. */
function identityOf(
  identity: (() => IdentityFigures) | undefined,
  failed: (cause: unknown) => void,
): Pick<Snapshot, 'identity'> {
  if (identity === undefined) return {};
  try {
    return { identity: identity() };
  } catch (cause) {
    failed(cause);
    return {};
  }
}
