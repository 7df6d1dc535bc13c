import { hash } from 'node:crypto';
import type { Reply } from './reply.ts';

/** Messages whose application acknowledgement may come yet; past it the oldest is forgotten. */
const followingMax = 1_000;

export type Following = ReturnType<typeof createFollowing>;

/**
 * Messages that were accepted on one connection, and the application acknowledgements that come for
 * them by and by. One counts for the very message that it names: its id and its bytes (G7).
 */
export function createFollowing() {
  const known = new Map<string, { readonly sha256: string; reply: Reply | undefined }>();
  return {
    expect(raw: Buffer, controlId: string): void {
      known.delete(controlId);
      known.set(controlId, { sha256: hash('sha256', raw), reply: undefined });
      for (const oldest of known.keys()) {
        if (known.size <= followingMax) break;
        known.delete(oldest);
      }
    },
    /** True when the reply is one of a message that was accepted here. */
    hear(reply: Reply): boolean {
      const entry = known.get(reply.controlId);
      if (!entry || !/^A[AER]$/.test(reply.code)) return false;
      entry.reply = reply;
      return true;
    },
    /** The reply that has come for this message since; it counts once. */
    take(raw: Buffer, controlId: string | undefined): Reply | undefined {
      const entry = controlId === undefined ? undefined : known.get(controlId);
      if (!entry?.reply || entry.sha256 !== hash('sha256', raw)) return undefined;
      known.delete(controlId!);
      return entry.reply;
    },
  };
}
