import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Deployment } from './channel/index.ts';
import type { Clock } from './clock.ts';
import type { ChannelConfig, LoadedNetwork, Network } from './config/index.ts';
import { dataFolder } from './data-folder.ts';
import { ConfigError, PlexusError } from './errors.ts';
import { type ChannelRef, type Control, sha256 } from './journal/index.ts';

export type Deployments = ReturnType<typeof deployments>;

/**
 * What was deployed, kept: the configuration is copied into the data folder before it runs, so that
 * a worker reads what was tried and not what was edited since, and a rollback has something to go
 * back to.
 */
export function deployments(options: {
  readonly dataDir: string;
  readonly control: Control;
  readonly clock: Clock;
  load(configDir: string): LoadedNetwork;
}) {
  const { control, clock, dataDir } = options;

  function toDeployment(config: ChannelConfig, snapshot: string, revision: number): Deployment {
    const spec = {
      channel: config.name,
      revision: config.revision,
      stages: config.stages,
      configDir: join(dataFolder.revisions(dataDir), snapshot),
    };
    return { config, spec, revision };
  }

  return {
    /** Copies the configuration folder; the name is a hash of all its revisions. */
    snapshot(network: Network): string {
      const revisions = network.channels.map((config) => `${config.name}@${config.revision}`);
      const name = sha256(Buffer.from(revisions.sort().join('\n'))).toString('hex', 0, 6);
      const to = join(dataFolder.revisions(dataDir), name);
      if (existsSync(to)) return name;
      rmSync(`${to}.part`, { recursive: true, force: true });
      cpSync(network.configDir, `${to}.part`, { recursive: true });
      renameSync(`${to}.part`, to);
      return name;
    },
    /** Makes this configuration the channel's active revision. */
    record(config: ChannelConfig, snapshot: string): Deployment {
      const stages = config.stages.map((stage) => stage.kind);
      const channel = control.channel(config.name);
      const revision = control.activate(channel, config.revision, stages, snapshot, clock.nowUs());
      return toDeployment(config, snapshot, revision);
    },
    /** Makes what ran before active again, after its successor could not start. */
    again(before: Deployment): Deployment {
      return this.record(before.config, basename(before.spec.configDir));
    },
    /** The revision that ran before this one, made active again. Throws `revision-missing`. */
    previous(ref: ChannelRef, current: Deployment): Deployment {
      const before = control.revisions(ref.no).find((row) => row.hash !== current.config.revision);
      if (!before)
        throw new PlexusError('revision-missing', `${ref.name} has no revision before this one`);
      const loaded = options.load(join(dataFolder.revisions(dataDir), before.snapshot));
      if (!loaded.network) throw new ConfigError(loaded.issues);
      const config = loaded.network.channels.find((each) => each.name === ref.name);
      if (!config)
        throw new PlexusError(
          'revision-missing',
          `the revision before of ${ref.name} cannot be read`,
        );
      return this.record(config, before.snapshot);
    },
  };
}
