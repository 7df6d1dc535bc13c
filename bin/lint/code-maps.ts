import type { ConfigIssue } from '../../engine/index.ts';
import {
  codeMapReleases,
  lintCodeMaps,
  monthsBefore,
  type SentCode,
  withShipped,
} from '../../transforms/terminology/index.ts';
import { pinsOfChannels } from '../terminology/pins.ts';
import { readTerminologyStore } from '../terminology/store.ts';
import { workListOf } from '../terminology/work.ts';

type From = {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
};

/** Of the last months, as drift is judged. */
const monthsLooked = 3;

/** What is wrong with the maps in git beside their form, against what the data folder knows. */
export function codeMapIssues(from: From): readonly ConfigIssue[] {
  if (codeMapReleases(from.configDir).length === 0) return [];
  using store = readTerminologyStore(from);
  using list = workListOf(from, { readonly: true });
  const since = monthsBefore(list?.newestMonth() ?? 0, monthsLooked - 1);
  const channels = list === undefined ? [] : pinsOfChannels(from.configDir);
  return lintCodeMaps(from.configDir, {
    knowledge: withShipped(store?.knowledge),
    sentTo: (release) =>
      channels.flatMap(({ channel, pins }) =>
        Object.entries(pins.maps)
          .filter(([, pin]) => pin === release)
          .flatMap(([use]) => summed(list!.sent(channel.name, use, since))),
      ),
  });
}

function summed(rows: readonly SentCode[]): readonly SentCode[] {
  const codes = new Map<string, SentCode>();
  for (const { system, code, count } of rows) {
    const before = codes.get(`${system}|${code}`)?.count ?? 0;
    if (code !== '') codes.set(`${system}|${code}`, { system, code, count: before + count });
  }
  return [...codes.values()];
}
