import type { Json } from '../knowledge.ts';
import type { Change } from './change.ts';
import { partsOf } from './concept-map.ts';
import { canonicalJson } from './seal.ts';

const settings = ['unmapped', 'sourceVersion', 'targetVersion'] as const;
type Settings = Readonly<Record<(typeof settings)[number], unknown>>;

/** What the groups of two concept maps say otherwise beside their rows. */
export function* diffGroups(earlier: Json, later: Json): Iterable<Change> {
  const was = settingsOf(earlier);
  const now = settingsOf(later);
  for (const ends of new Set([...was.keys(), ...now.keys()])) {
    const [before, after] = [was.get(ends), now.get(ends)];
    for (const name of settings) {
      // The rows of a group that came or went tell of it.
      if (name !== 'unmapped' && (before === undefined || after === undefined)) continue;
      const [old, young] = [before?.[name], after?.[name]];
      if (canonicalJson(old) === canonicalJson(young)) continue;
      const [system = ''] = ends.split(' ');
      const of = system === '' ? {} : { system };
      yield {
        change: 'setting',
        code: null,
        ...of,
        element: `group.${name}`,
        was: old,
        now: young,
      };
    }
  }
}

/** By source and target; of two groups with the same the first has the say. */
function settingsOf(resource: Json): ReadonlyMap<string, Settings> {
  const groups = Array.isArray(resource.group) ? (resource.group as readonly Json[]) : [];
  const found = new Map<string, Settings>();
  for (const [at, { source, target }] of partsOf(resource).entries()) {
    const ends = `${source.system} ${target.system}`;
    const { unmapped } = groups[at] ?? {};
    const before = found.get(ends);
    found.set(ends, {
      unmapped: before?.unmapped ?? unmapped,
      sourceVersion: before?.sourceVersion ?? source.version,
      targetVersion: before?.targetVersion ?? target.version,
    });
  }
  return found;
}
