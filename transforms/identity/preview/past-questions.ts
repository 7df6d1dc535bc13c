import { type Prepared, prepare } from '../compare/index.ts';
import type { Candidate, Member } from '../decide/index.ts';
import type { RecordNo } from '../events.ts';
import type { IdentityRegistry } from '../registry/index.ts';
import type { PastQuestion } from './preview.ts';

/** The part of the registry that asking again reads. */
type Registry = Pick<
  IdentityRegistry,
  'record' | 'sighting' | 'membersOf' | 'personOf' | 'edgesOf' | 'mayNotLink'
>;

export type Asking = {
  readonly registry: Registry;
  /** Records that were seen or changed in the time that is looked at, each once. */
  readonly records: readonly RecordNo[];
  /** Other records that share a blocking key with this one. */
  find(record: RecordNo, prepared: Prepared): readonly RecordNo[];
};

/**
 * The questions of the past, put again by what is known now: who is each record, as if no automatic
 * link had ever joined it to anybody? What sources and stewards joined stays joined. A pair of two
 * records that were both asked comes once, with the younger, as it was when that one arrived.
 */
export function* pastQuestions({ registry, records, find }: Asking): Generator<PastQuestion> {
  const asked = new Set(records);
  const people = new Map<RecordNo, Prepared>();
  const preparedOf = (no: RecordNo): Prepared => {
    let prepared = people.get(no);
    if (prepared !== undefined) return prepared;
    prepared = prepare(registry.sighting(no).attributes);
    if (people.size >= preparedMax) people.clear();
    people.set(no, prepared);
    return prepared;
  };
  const member = (record: RecordNo): Member => ({ record, prepared: preparedOf(record) });

  for (const record of records) {
    const isEarlier = (no: RecordNo): boolean => no < record || !asked.has(no);
    const prepared = preparedOf(record);
    const own = joinedBySources(registry, record);
    const anchors = new Map<RecordNo, RecordNo>();
    for (const no of [...registry.membersOf(record), ...find(record, prepared)]) {
      const { anchor } = registry.record(no);
      if (!own.has(no) && !anchors.has(anchor)) anchors.set(anchor, no);
    }
    const candidates = [...anchors.values()].flatMap((no): Candidate[] => {
      const others = registry.membersOf(no).filter((one) => !own.has(one) && isEarlier(one));
      if (others.length === 0) return [];
      const isBarred = [...own].some((one) =>
        others.some((other) => registry.mayNotLink(one, other)),
      );
      return [{ person: registry.personOf(no), members: others.map(member), isBarred }];
    });
    const companions = [...own].filter((one) => one !== record && isEarlier(one)).map(member);
    const subject = { record: { record, prepared }, companions };
    yield { subject, candidates, source: registry.record(record).facility };
  }
}

/** Some 2 kB each. */
const preparedMax = 20_000;

/** The records joined to this one by other than automatic links, itself among them. */
function joinedBySources(registry: Registry, record: RecordNo): ReadonlySet<RecordNo> {
  const joined = new Set([record]);
  for (const one of joined)
    for (const { a, b, kind } of registry.edgesOf(one))
      if (kind !== 'auto') joined.add(a === one ? b : a);
  return joined;
}
