import { type Governed, requireGoverned } from '../policy/index.ts';

/** What governs identity for those who ask and order, as it was last read without a mistake. */
export type Government = {
  /** Throws what `requireGoverned` throws, as long as nothing has ever been right. */
  governed(): Governed;
  /** Reads the configuration again; what is refused changes nothing. */
  renew(): void;
};

export function createGovernment(configDir: string): Government {
  let governed: Governed | undefined;
  return {
    governed() {
      governed ??= requireGoverned(configDir);
      return governed;
    },
    renew() {
      try {
        governed = requireGoverned(configDir);
      } catch (cause) {
        // The channels keep theirs too, and have said so; who has none asks again next time.
        if (governed === undefined) return;
        if (!(cause instanceof Error)) throw cause;
      }
    },
  };
}
