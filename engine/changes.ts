import type { Channel, Deployment } from './channel/index.ts';
import type { ChannelConfig, Network } from './config/index.ts';
import type { Deployments } from './deployments.ts';
import { PlexusError } from './errors.ts';

export type ChangesOptions = {
  readonly channels: Map<string, Channel>;
  readonly deploy: Deployments;
  build(config: ChannelConfig, snapshot: string): Channel;
};

/** Brings the channels that run to what a configuration says: one change after the other. */
export function createChanges({ channels, deploy, build }: ChangesOptions) {
  // Taken out of the configuration, and so stopped by nobody: they start when they come back.
  const removed = new Set<string>();
  // Two changes at once would open a channel twice.
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const mine = last.then(change);
    last = mine.catch(() => {});
    return mine;
  }

  /** Swaps one channel; goes back to what ran before when the next deployment cannot. */
  async function swap(channel: Channel, next: () => Deployment): Promise<void> {
    const before = channel.deployment();
    const ranBefore = channel.state() === 'running' || channel.state() === 'paused';
    try {
      await channel.swap(next());
    } catch (cause) {
      if (ranBefore) await channel.swap(deploy.again(before)).catch(() => {});
      throw cause;
    }
  }

  /** True when something changed. */
  async function adoptChannel(config: ChannelConfig, snapshot: string): Promise<boolean> {
    const isBack = removed.delete(config.name);
    const known = channels.get(config.name);
    if (!known) {
      const channel = build(config, snapshot);
      channels.set(config.name, channel);
      if (config.enabled) await channel.start();
      return true;
    }
    const isSame = known.deployment().config.revision === config.revision;
    if (!isSame) await swap(known, () => deploy.record(config, snapshot));
    const isDown = isBack || known.state() === 'failed';
    if (isDown && config.enabled) await known.start();
    return !isSame || isDown;
  }

  /** A channel that is gone from the configuration is stopped and kept. */
  async function stopGone(next: Network): Promise<string[]> {
    const stopped: string[] = [];
    for (const [name, channel] of channels) {
      if (removed.has(name) || next.channels.some((config) => config.name === name)) continue;
      if (channel.state() === 'stopped') continue;
      await channel.stop();
      removed.add(name);
      stopped.push(name);
    }
    return stopped;
  }

  return {
    /**
     * Swaps in what changed, of all channels or of one, and names what was swapped. A channel that
     * cannot run goes on as before and does not keep the others from it; its error is thrown when
     * they are done.
     */
    adopt: (next: Network, only?: string): Promise<readonly string[]> =>
      inTurn(async () => {
        const snapshot = deploy.snapshot(next);
        const swapped: string[] = [];
        const refusals: PlexusError[] = [];
        for (const config of next.channels) {
          if (only !== undefined && config.name !== only) continue;
          try {
            if (await adoptChannel(config, snapshot)) swapped.push(config.name);
          } catch (cause) {
            if (!(cause instanceof PlexusError)) throw cause;
            refusals.push(cause);
          }
        }
        if (only === undefined) swapped.push(...(await stopGone(next)));
        if (refusals[0]) throw refusals[0];
        return swapped;
      }),
    /** Back to the revision before; answers with it. Throws `revision-missing`. */
    rollback: (channel: Channel): Promise<string> =>
      inTurn(async () => {
        await swap(channel, () => deploy.previous(channel.ref, channel.deployment()));
        return channel.deployment().config.revision;
      }),
  };
}
