import type { DatabaseHandle } from '../../../engine/index.ts';
import { newestFirst, type ResourceType } from '../knowledge.ts';
import type { ReleaseRow } from './releases.ts';

/** Which version a name without one meant on the day when a release was published. */
export type AsPublished = (
  type: Exclude<ResourceType, 'ConceptMap'>,
  url: string,
) => string | undefined;

/** Answers that are kept at hand; a published release never changes its mind. */
const answersMax = 2_000;

/**
 * What the value sets of a store meant by the code systems and value sets that they name without a
 * version. Their stored codes say from which version they are; for a system that gave none, it is
 * the newest that was published by then. Undefined for what is not stored, or came later: such a
 * release was published without its codes.
 */
export function asPublishedBy(db: DatabaseHandle) {
  const ofMembers = db
    .prepare('SELECT DISTINCT version FROM member WHERE release = ? AND system = ? LIMIT 2')
    .pluck();
  const ofThatDay = db
    .prepare(
      `SELECT version FROM release WHERE kind = ? AND url = ? AND state IN ('active', 'retired')
         AND published_us <= ? AND (retired_us IS NULL OR retired_us > ?)`,
    )
    .pluck();
  const known = new Map<string, string | undefined>();
  const ask = (row: ReleaseRow, type: ResourceType, url: string): string | undefined => {
    const found = type === 'CodeSystem' ? (ofMembers.all(row.id, url) as (string | null)[]) : [];
    const [only, another] = found;
    if (another !== undefined) return undefined;
    if (only !== undefined && only !== null) return only;
    const day = row.published_us;
    const then = ofThatDay.all(type, url, day, day) as string[];
    return newestFirst(then.filter((version) => version !== ''))[0];
  };
  return (row: ReleaseRow): AsPublished | undefined => {
    const isPublished = row.state === 'active' || row.state === 'retired';
    if (!isPublished || (row.count ?? 0) === 0) return undefined;
    return (type, url) => {
      const key = `${row.id} ${type} ${url}`;
      if (known.has(key)) return known.get(key);
      if (known.size >= answersMax) known.clear();
      const version = ask(row, type, url);
      known.set(key, version);
      return version;
    };
  };
}
