import {
  type ConfigIssue,
  holdsData,
  loadNetwork,
  PlexusError,
  queuesOf,
  readYaml,
} from '../../engine/index.ts';
import type { Invocation } from '../command.ts';
import { openData } from '../data.ts';
import { registry } from '../registry.ts';

type From = Pick<Invocation, 'configDir' | 'dataDir' | 'env' | 'out'>;

/**
 * Warnings for queues that this configuration would leave behind: deliveries that wait in the data
 * folder for a route which its channel does not have here. None where no engine has run yet.
 */
export function lintLeftBehind({ configDir, dataDir, env, out }: From): readonly ConfigIssue[] {
  const { network } = loadNetwork(configDir, registry);
  if (!network || !holdsData(dataDir)) return [];
  try {
    using data = openData({ dataDir, env });
    const views = data.reader.channels();
    return network.channels.flatMap((channel) => {
      const { name, file } = channel;
      const queues = queuesOf(channel);
      const view = views.find((each) => each.channel === name);
      const left = (view?.destinations ?? []).filter(
        ({ destination, pending, held }) => pending + held > 0 && !queues.includes(destination),
      );
      return left.map(({ destination, pending, held }) =>
        toWarning(file, destination, pending + held),
      );
    });
  } catch (cause) {
    if (!(cause instanceof PlexusError)) throw cause;
    out.say(`plexus: ${dataDir} was not looked at for queues left behind: ${cause.message}`);
    return [];
  }
}

function toWarning(file: string, route: string, count: number): ConfigIssue {
  const yaml = readYaml(file);
  const message =
    `${count} deliveries wait for the route \`${route}\`, which the channel does not have here; ` +
    'they are held until they are moved or waived';
  const severity = 'warning';
  return { ...yaml.valueAt(['routes']), severity, code: 'route-left-behind', message };
}
