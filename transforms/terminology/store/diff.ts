import type { DatabaseHandle } from '../../../engine/index.ts';
import type { Json } from '../knowledge.ts';
import type { Change } from './change.ts';
import { diffConcepts } from './diff-concepts.ts';
import { diffGroups } from './diff-groups.ts';
import { diffMappings } from './diff-mappings.ts';
import { diffMembers } from './diff-members.ts';
import { type ReleaseRow, resourceOf } from './releases.ts';
import { canonicalJson, meaningOf } from './seal.ts';

/**
 * Everything that the later release says otherwise than the earlier, a change a value: what
 * becomes of one code in one respect is one change. `strict` tells a value set's definition even
 * where the members are known to be the same.
 */
export function* diffReleases(
  db: DatabaseHandle,
  earlier: ReleaseRow,
  later: ReleaseRow,
  options: { readonly strict?: boolean } = {},
): Iterable<Change> {
  const was = resourceOf(earlier);
  const now = resourceOf(later);
  const silent = new Set<string>();
  switch (earlier.kind) {
    case 'CodeSystem':
      yield* diffConcepts(db, { id: earlier.id, resource: was }, { id: later.id, resource: now });
      break;
    case 'ConceptMap':
      yield* diffMappings(db, { id: earlier.id, resource: was }, { id: later.id, resource: now });
      yield* diffGroups(was, now);
      silent.add('group');
      break;
    case 'ValueSet': {
      const isKnown = isCounted(earlier, was) && isCounted(later, now);
      if (isKnown) yield* diffMembers(db, earlier.id, later.id);
      if (isKnown && options.strict !== true) silent.add('compose');
      break;
    }
    default:
      throw new Error(`no such kind: ${earlier.kind satisfies never}`);
  }
  const before: Record<string, unknown> = JSON.parse(meaningOf(was));
  const after: Record<string, unknown> = JSON.parse(meaningOf(now));
  for (const element of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (silent.has(element)) continue;
    if (canonicalJson(before[element]) === canonicalJson(after[element])) continue;
    yield { change: 'setting', code: null, element, was: before[element], now: after[element] };
  }
}

/** Whether all codes of a value set are stored; none may mean that nobody could count them. */
function isCounted({ count }: ReleaseRow, { compose, expansion }: Json): boolean {
  if ((count ?? 0) > 0) return true;
  if (compose === undefined) return expansion !== undefined;
  const { include } = compose as Json;
  const parts = Array.isArray(include) ? (include as readonly Json[]) : [];
  return parts.every(({ concept }) => Array.isArray(concept));
}
