import type { CodeMap } from '../code-map.ts';
import { type Change, diffTargets } from '../store/index.ts';

/** Two releases of a map in git, in the words of the store's diff. */
export function* diffCodeMaps(earlier: CodeMap, later: CodeMap): Iterable<Change> {
  const keys = new Set([...earlier.targets.keys(), ...later.targets.keys()]);
  for (const key of [...keys].sort()) {
    const [system = '', code = ''] = key.split('\u001f');
    const source = { code, ...(system === '' ? {} : { system }) };
    const was = rowsOf(earlier, key);
    const now = rowsOf(later, key);
    if (now === undefined) yield { change: 'removed', ...source, was: was!.map(shown) };
    else if (was === undefined) yield { change: 'added', ...source, now: now.map(shown) };
    else yield* diffTargets(source, was, now);
  }
}

type Row = Parameters<typeof diffTargets>[1][number];

/** A declared "no match" is a row without a target, as in the store. */
function rowsOf(map: CodeMap, key: string): readonly Row[] | undefined {
  const targets = map.targets.get(key);
  if (targets === undefined) return undefined;
  const rest = { comment: null, detail: null };
  if (targets.length === 0)
    return [{ system: '', code: null, display: null, relationship: 'unmatched', ...rest }];
  return targets.map(({ system, code, display, relationship }) => ({
    ...{ system, code, display: display === '' ? null : display, relationship, ...rest },
  }));
}

const shown = ({ system, code, relationship }: Row) => ({ system, code, relationship });
