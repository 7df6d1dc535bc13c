import type { Deployment } from '../channel/index.ts';
import type { Clock } from '../clock.ts';
import type { ChannelConfig, LoadedNetwork, Network } from '../config/index.ts';
import { ConfigError, PlexusError } from '../errors.ts';
import type { ChannelRef, Journal, RevisionRow } from '../journal/index.ts';
import { limits } from '../limits.ts';
import { createSnapshots } from './snapshots.ts';

export type Deployments = ReturnType<typeof deployments>;

/**
 * What was deployed, kept: the configuration is copied into the data folder before it runs, so that
 * a worker reads what was tried and not what was edited since, and a rollback has something to go
 * back to. A rollback pins its revision: reload and restart leave it, the next deployment lifts it.
 */
export function deployments(options: {
  readonly dataDir: string;
  readonly journal: Journal;
  readonly clock: Clock;
  load(configDir: string, only: string): LoadedNetwork;
}) {
  const { clock } = options;
  const { control } = options.journal;
  const snapshots = createSnapshots(options.dataDir);

  function toDeployment(config: ChannelConfig, snapshot: string, revision: number): Deployment {
    const spec = {
      channel: config.name,
      revision: config.revision,
      stages: config.stages,
      configDir: snapshots.pathOf(snapshot),
    };
    return { config, spec, revision };
  }

  /** Throws `revision-missing` when it cannot be read any more. */
  function reload({ name }: ChannelRef, row: RevisionRow): Deployment {
    const loaded = options.load(snapshots.pathOf(row.snapshot), name);
    const config = loaded.network?.channels.find((each) => each.name === name);
    if (config) return toDeployment({ ...config, revision: row.hash }, row.snapshot, row.no);
    const message = `the revision ${row.hash} of ${name} cannot be read any more`;
    const mistakes = loaded.issues.filter((issue) => issue.severity === 'error');
    const cause = mistakes.length > 0 ? { cause: new ConfigError(mistakes) } : {};
    throw new PlexusError('revision-missing', message, cause);
  }

  return {
    snapshot: (network: Network): string => snapshots.take(network),
    /** Gives this configuration its number; it is not active yet. */
    enrol(config: ChannelConfig, snapshot: string): Deployment {
      const stages = config.stages.map((stage) => stage.kind);
      const channel = control.channel(config.name);
      const revision = control.enrol(channel, config.revision, stages, snapshot);
      return toDeployment(config, snapshot, revision);
    },
    /** This runs now, by a deployment: makes it the newest, and lifts a rollback. */
    deployed(deployment: Deployment): void {
      control.activate(deployment.revision, clock.nowUs());
    },
    /** This runs now, by a rollback, and stays until the next deployment. */
    rolledBack(deployment: Deployment): void {
      control.pin(deployment.revision, clock.nowUs());
    },
    isPinned: (ref: ChannelRef): boolean => control.pinned(ref.no) !== undefined,
    /**
     * What a rollback has pinned; undefined when there was none since the last deployment. When it
     * cannot be read, the configuration must not take its place unasked: it cannot run.
     */
    pinned(ref: ChannelRef, config: ChannelConfig, snapshot: string): Deployment | undefined {
      const row = control.pinned(ref.no);
      if (!row) return undefined;
      try {
        return reload(ref, row);
      } catch (cause) {
        if (!(cause instanceof PlexusError)) throw cause;
        return { ...this.enrol(config, snapshot), unusable: cause };
      }
    },
    /** The revision deployed before this one, as it was kept. Throws `revision-missing`. */
    previous(ref: ChannelRef, current: Deployment): Deployment {
      const rows = control.revisions(ref.no);
      const at = rows.find((row) => row.hash === current.config.revision)?.deployedUs;
      const before = rows
        .filter((row) => row.deployedUs < (at || Infinity) && snapshots.has(row.snapshot))
        .sort((left, right) => right.deployedUs - left.deployedUs)[0];
      if (before) return reload(ref, before);
      const message = `no revision of ${ref.name} from before this one is kept`;
      throw new PlexusError('revision-missing', message);
    },
    /**
     * Removes the copies that nothing needs: those of revisions that were replaced longer ago than
     * work stays, are named by no open or held work, and are not among the newest of their channel.
     * `running`: where the configurations lie that are in use.
     */
    tidy(workDays: number, running: readonly string[]): void {
      const names = new Set(running.map(snapshots.nameOf));
      const sinceUs = clock.nowUs() - workDays * 24 * 3600 * 1_000_000;
      let open: ReadonlySet<number> | undefined;
      for (const { no } of control.channels()) {
        const pinned = control.pinned(no)?.no;
        const rows = control.revisions(no);
        for (const [n, row] of rows.entries()) {
          const replacedUs = rows[n - 1]?.deployedUs ?? Infinity;
          const isRecent = n < limits.revisionsKept || replacedUs > sinceUs;
          if (!isRecent && row.no !== pinned) {
            open ??= options.journal.openRevisions();
            if (!open.has(row.no)) continue;
          }
          names.add(row.snapshot);
        }
      }
      snapshots.keepOnly(names);
    },
  };
}
