import type { Channel, Deployment } from '../channel/index.ts';
import { type ChannelConfig, type Network, queuesOf } from '../config/index.ts';
import { PlexusError } from '../errors.ts';
import type { Deployments } from './deployments.ts';
import type { LeftBehind } from './left-behind.ts';

const routesOf = ({ config }: Deployment): readonly string[] => queuesOf(config);

/** Brings the channels that run to what a configuration says. One call at a time. */
export function createChanges(options: {
  readonly channels: Map<string, Channel>;
  readonly deploy: Deployments;
  readonly leftBehind: LeftBehind;
  build(config: ChannelConfig, snapshot: string): Channel;
}) {
  const { channels, deploy, leftBehind, build } = options;
  /** Channels that the configuration no longer has. */
  const gone = new Set<string>();

  /**
   * Swaps one channel; goes back to what ran before when the next deployment cannot. Only one that
   * runs is recorded, by `ran`.
   */
  async function swap(
    channel: Channel,
    next: Deployment,
    ran: (deployment: Deployment) => void,
    isWanted = false,
  ): Promise<void> {
    const before = channel.deployment();
    const ranBefore = channel.state() === 'running' || channel.state() === 'paused';
    try {
      // Before the lanes open, so that what was left behind keeps its place in the order.
      await leftBehind.takeBack(channel.ref, routesOf(next));
      await channel.swap(next, isWanted);
      ran(next);
    } catch (cause) {
      if (ranBefore) await channel.swap(before).catch(() => {});
      throw cause;
    } finally {
      await leftBehind.hold(channel.ref, routesOf(channel.deployment()));
    }
  }

  /** True when something changed. A channel that was rolled back stays there unless `isAsked`. */
  async function adoptChannel(
    config: ChannelConfig,
    snapshot: string,
    isAsked: boolean,
  ): Promise<boolean> {
    const known = channels.get(config.name);
    const isBack = gone.delete(config.name);
    if (!known) {
      const channel = build(config, snapshot);
      channels.set(config.name, channel);
      await settleQueues(channel);
      if (channel.deployment().config.enabled) await channel.start();
      return true;
    }
    const stays = deploy.isPinned(known.ref) && !isAsked;
    const isSame = stays || known.deployment().config.revision === config.revision;
    if (isSame && !isBack && known.state() !== 'failed') {
      if (isAsked) deploy.deployed(known.deployment());
      return false;
    }
    if (stays) await swap(known, known.deployment(), () => {}, isBack);
    else await swap(known, deploy.enrol(config, snapshot), deploy.deployed, isBack);
    return true;
  }

  async function stopGone(next: Network): Promise<string[]> {
    const stopped: string[] = [];
    for (const [name, channel] of channels) {
      if (next.channels.some((config) => config.name === name)) continue;
      if (channel.state() !== 'stopped') stopped.push(name);
      gone.add(name);
      await channel.stop();
      await leftBehind.hold(channel.ref, undefined);
    }
    return stopped;
  }

  /** Of a channel at rest: opens what is worked off, and holds what is not. */
  async function settleQueues(channel: Channel): Promise<void> {
    const routes = routesOf(channel.deployment());
    await leftBehind.takeBack(channel.ref, routes);
    await leftBehind.hold(channel.ref, routes);
  }

  return {
    settleQueues,
    /** The routes that a channel has; undefined when there is no such channel (any more). */
    routes(name: string): readonly string[] | undefined {
      const channel = gone.has(name) ? undefined : channels.get(name);
      return channel && routesOf(channel.deployment());
    },
    /**
     * Swaps in what changed, of all channels or of `only`, and names what was swapped. A channel
     * that is gone from the configuration is stopped and kept. One that cannot run goes on as
     * before, or is left failed, and the others are swapped all the same; of `only` its error is
     * thrown.
     */
    async adopt(next: Network, only?: string): Promise<readonly string[]> {
      const snapshot = deploy.snapshot(next);
      const swapped: string[] = [];
      for (const config of next.channels) {
        if (only !== undefined && config.name !== only) continue;
        try {
          if (await adoptChannel(config, snapshot, only !== undefined)) swapped.push(config.name);
        } catch (cause) {
          if (!(cause instanceof PlexusError) || only !== undefined) throw cause;
        }
      }
      return only === undefined ? [...swapped, ...(await stopGone(next))] : swapped;
    },
    /** Back to the revision before, and there it stays. Throws `revision-missing`. */
    async rollback(channel: Channel): Promise<string> {
      const previous = deploy.previous(channel.ref, channel.deployment());
      await swap(channel, previous, deploy.rolledBack);
      return previous.config.revision;
    },
  };
}
