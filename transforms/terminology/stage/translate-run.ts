import {
  ConfigError,
  type ConfigIssue,
  hold,
  pass,
  type Stage,
  type StageContext,
  type Work,
} from '../../../engine/index.ts';
import type { Conversion } from '../../fhir/index.ts';
import { isRelease, loadCodeMap } from '../code-map-file.ts';
import { type MapRelease, openMapReleases } from '../map-release.ts';
import { none } from '../pins.ts';
import { translateMarks, type Uses } from '../translate-marks.ts';
import { openSightings } from '../worklist/index.ts';
import type { TranslateConfig } from './translate-config.ts';

/** The stage `translate` at work. Throws ConfigError for a release that is not there. */
export function translating(config: TranslateConfig, context: StageContext): Stage {
  const { uses, close } = openUses(config, context);
  const sightings = context.isTrial ? undefined : openSightings(context);
  const unmapped = new Map<string, number>();
  const stage: Stage<Conversion, Conversion> = {
    name: 'translate',
    run({ body, id, channel, receivedUs }: Work<Conversion>) {
      if (body.marks.length === 0) return pass(body);
      const { conversion, issues, isHeld, seen, undecided } = translateMarks(body, uses);
      if (seen.length > 0) sightings?.add({ message: id, channel, receivedUs, seen, undecided });
      for (const { map } of undecided) unmapped.set(map, (unmapped.get(map) ?? 0) + 1);
      return isHeld ? hold(issues) : pass(conversion, issues);
    },
    unmapped() {
      const counts = [...unmapped].map(([map, count]) => ({ map, count }));
      unmapped.clear();
      return counts;
    },
    close() {
      close();
      sightings?.close();
    },
  };
  return { ...stage, ...(sightings && { transaction: sightings.transaction }) } as Stage;
}

/** Opens what is pinned. Throws ConfigError for a release that is not there or has mistakes. */
function openUses(
  { maps, policy = {} }: TranslateConfig,
  { configDir, dataDir, key, channel }: StageContext,
): { uses: Uses; close(): void } {
  const releases = openMapReleases({ configDir, dataDir, key });
  const pinned = new Map<string, MapRelease>();
  const silent = new Set<string>();
  for (const [use, text] of Object.entries(maps)) {
    const release = text === none ? undefined : releases.open(text);
    if (release !== undefined) pinned.set(use, release);
    else if (text === none) silent.add(use);
    else {
      releases.close();
      throw new ConfigError(missing(configDir, channel, text));
    }
  }
  const uses = { pinned, silent, policies: new Map(Object.entries(policy)) };
  return { uses, close: releases.close };
}

function missing(configDir: string, channel: string, text: string): readonly ConfigIssue[] {
  if (isRelease(text)) return loadCodeMap(configDir, text).issues;
  const message = `the channel ${channel} pins \`${text}\`, which was not imported here`;
  const place = { file: configDir, line: 1, column: 1 } as const;
  return [{ ...place, severity: 'error', code: 'code-map-missing', message }];
}
