import { hash } from 'node:crypto';
import { type HeldView, type MessageId, PlexusError } from '../../../engine/index.ts';
import { openRawReader } from '../../../engine/reader/index.ts';
import { convertAll } from '../../reconvert/compare-message.ts';
import { channelIn, openTry } from '../../reconvert/try-chain.ts';

/** A held message, and the bytes it would run on if they are others than the journal's. */
export type Trial = { readonly held: HeldView; readonly raw?: Buffer };

/** What today's configuration makes of a held message, as far as that can be known. */
export type Tried = {
  readonly id: MessageId;
  readonly channel: string;
  /** `unknown` where a stage with a store, or a route, held it: that is not tried. */
  readonly outcome: 'converted' | 'quarantined' | 'filtered' | 'unknown';
  /** Of the first issue that would hold it, or why it would be filtered. */
  readonly code: string;
};

type From = { readonly configDir: string; readonly dataDir: string; readonly key: Buffer };

/**
 * Runs held messages through the stages of today's configuration that keep no state, and stores
 * nothing. Throws ConfigError for a configuration with mistakes, `unknown-channel` for a channel
 * that it has no more, `message-unknown` where the journal has no bytes of a message.
 */
export async function tryHeld(from: From, trials: readonly Trial[]): Promise<readonly Tried[]> {
  const reader = openRawReader(from.dataDir, from.key);
  try {
    const tried: Tried[] = [];
    for (const [channel, own] of Map.groupBy(trials, ({ held }) => held.channel)) {
      const tryChain = channelIn(from.configDir, channel, { isTrial: true });
      const { chain, stages } = openTry(tryChain, from);
      for (const { held, raw } of own) {
        const { id } = held;
        const stored = reader.one(id);
        if (stored === undefined)
          throw new PlexusError('message-unknown', `the journal has no bytes of message ${id}`);
        const bytes = raw ?? stored.raw;
        const message = { ...stored, id, raw: bytes, sha256: hash('sha256', bytes) };
        const [side] = await convertAll(chain, [message], tryChain);
        const passed = side!.outcome === 'converted';
        const beyond = passed && (held.destination !== '' || !stages.includes(held.stage));
        const { outcome, code } = beyond ? unknown : side!;
        tried.push({ id, channel, outcome, code });
      }
      chain.close();
    }
    return tried;
  } finally {
    reader.close();
  }
}

const unknown = { outcome: 'unknown', code: '' } as const;
