import type { RecordNo } from '../events.ts';
import type { PersonRecord } from '../record.ts';
import type { Occasion } from '../registry/index.ts';
import type { IdentityStore } from './store.ts';

/** What a change of a record did to the person it belongs to. */
export type Rechecked = {
  /** Ids of the vetoes that now stand between the record and its own person. */
  readonly vetoes: readonly string[];
  /** The number stayed, and it is somebody else's now. */
  readonly isOverlay: boolean;
};

/**
 * Looks at a record that has changed against those that it is linked to. A link that nobody has
 * answered for does not outlive a veto.
 */
export function recheck(
  store: IdentityStore,
  record: RecordNo,
  before: PersonRecord,
  on: Occasion,
): Rechecked {
  const { registry } = store;
  const now = registry.sighting(record).attributes;
  const fired: string[] = [];
  const isFirstNews = isBlank(before);
  for (const other of registry.membersOf(record)) {
    if (other === record || registry.personOf(other) !== registry.personOf(record)) continue;
    const { system } = registry.record(record);
    const isSource = answeredFor(store, record, other, 'source');
    if (answeredFor(store, record, other, 'steward') || (isSource && !isFirstNews)) continue;
    const judge = () => store.vetoes(now, registry.sighting(other).attributes);
    const vetoes = isSource ? store.withinAuthority(system, judge) : judge();
    if (vetoes.length === 0) continue;
    const ids = vetoes.map(({ id }) => id);
    fired.push(...ids);
    registry.separate(record, other, 'vetoed', on);
    const kind = isSource ? 'merge-vetoed' : 'veto';
    registry.queue({ kind, a: record, b: other, candidates: [], reasons: ids }, on);
  }
  const isOverlay = isOtherPerson(before, now);
  if (isOverlay) registry.queue({ kind: 'overlay', a: record, candidates: [], reasons: [] }, on);
  return { vetoes: fired, isOverlay };
}

/** A number that was named by a merge before anything else was known of it. */
const isBlank = ({ names, birthDate }: PersonRecord): boolean =>
  names.length === 0 && birthDate === undefined;

function answeredFor(
  { registry }: IdentityStore,
  a: RecordNo,
  b: RecordNo,
  who: 'source' | 'steward',
): boolean {
  return registry
    .edgesOf(a)
    .some(
      ({ a: one, b: other, kind }) =>
        (one === b || other === b) &&
        (who === 'source' ? kind === 'source' : kind === 'review' || kind === 'order'),
    );
}

/** Given name and birth date are others, and so is the sex or the family name. */
export function isOtherPerson(before: PersonRecord, now: PersonRecord): boolean {
  const [one, other] = [before.names[0], now.names[0]];
  const differ = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  return (
    differ(one?.given, other?.given) &&
    differ(before.birthDate, now.birthDate) &&
    (differ(before.sex, now.sex) || differ(one?.family, other?.family))
  );
}
