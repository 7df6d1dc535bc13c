import { identityRefusal, type RefusalCode } from '../../errors.ts';
import type { EdgeKind, Pair, PersonId, RecordNo } from '../../events.ts';
import type { Log, Occasion } from '../log.ts';
import { queueAudit } from './audit-samples.ts';
import type { Link } from './link.ts';

export type LinkResult =
  | { readonly kind: 'linked'; readonly person: PersonId; readonly event: number }
  /** Nothing was written. */
  | { readonly kind: 'refused'; readonly reason: LinkRefusal };

export type LinkRefusal =
  | 'do-not-link'
  | 'cluster-cap'
  /** An automatic link must have passed against every member of both persons. */
  | 'member-disagrees';

/**
 * Links records to one another, all or nothing. Throws `identity-unknown-record`.
 */
export function link(
  log: Log,
  links: readonly Link[],
  kind: Exclude<EdgeKind, 'order'>,
  on: Occasion,
): LinkResult {
  const all = new Set(links.flatMap(({ a, b }) => [...log.membersOf(a), ...log.membersOf(b)]));
  const reason = refusalOf(log, all) ?? (kind === 'auto' ? uncovered(log, links, all) : undefined);
  if (reason !== undefined) return { kind: 'refused', reason };
  for (const { a, b, weight, score } of links) {
    if (score !== undefined) log.append({ type: 'scored', a, b, ...score }, on);
    log.append({ type: 'linked', a, b, kind, weight }, on);
  }
  const event = log.last;
  if (kind === 'auto') queueAudit(log, links, on);
  return { kind: 'linked', person: log.personOf(links[0]!.a), event };
}

function refusalOf(log: Log, all: ReadonlySet<RecordNo>) {
  if (log.edges.forbiddenAmong(all) !== undefined) return 'do-not-link';
  return all.size > log.options.clusterMax ? 'cluster-cap' : undefined;
}

/** Every two records that were not of one person before must have passed against each other. */
function uncovered(log: Log, links: readonly Link[], all: ReadonlySet<RecordNo>) {
  const passed = new Set(links.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
  const records = [...all].map((no) => log.record(no));
  for (const [index, one] of records.entries())
    for (const other of records.slice(index + 1))
      if (one.anchor !== other.anchor && !passed.has(`${one.no} ${other.no}`))
        return 'member-disagrees';
  return undefined;
}

/** Which records of the two persons a veto keeps apart. */
export function vetoedPairs(log: Log, a: RecordNo, b: RecordNo): readonly Pair[] {
  const { judge } = log.options;
  if (judge === undefined || log.record(a).anchor === log.record(b).anchor) return [];
  const attributes = (no: RecordNo) => log.records.sighting(log.record(no)).attributes;
  const others = log.membersOf(b).map((no) => ({ no, attributes: attributes(no) }));
  return log.membersOf(a).flatMap((no) => {
    const own = attributes(no);
    return others.flatMap((other): readonly Pair[] =>
      judge(own, other.attributes).length > 0 ? [[no, other.no]] : [],
    );
  });
}

/**
 * Why the persons of these two records cannot be merged; undefined when they can. A source answers
 * for the two records that it names, and no more; two stewards answer for any.
 */
export function mergeRefusal(
  log: Log,
  a: RecordNo,
  b: RecordNo,
  { cause }: Occasion,
): RefusalCode | undefined {
  if (a === b) return 'identity-merge-into-itself';
  if (log.record(a).anchor === log.record(b).anchor) return 'identity-merge-cycle';
  const reason = refusalOf(log, new Set([...log.membersOf(a), ...log.membersOf(b)]));
  if (reason !== undefined) return `identity-${reason}`;
  const vetoed = vetoedPairs(log, a, b);
  if (cause.kind === 'steward')
    return vetoed.length > 0 && !hasSecond(cause) ? 'identity-second-person' : undefined;
  return vetoed.some(([one, other]) => one !== a || other !== b) ? 'identity-vetoed' : undefined;
}

export function hasSecond(cause: { readonly by: string; readonly second?: string }): boolean {
  return cause.second !== undefined && cause.second !== '' && cause.second !== cause.by;
}

/** A merge of two persons; their sides are kept, so that it can be taken back. */
export type Merge = {
  /** Number of its event, by which it is undone. */
  readonly merge: number;
  readonly survivor: PersonId;
  readonly absorbed: PersonId;
};

/**
 * Merges the person of `b` into that of `a`. Throws `identity-merge-into-itself`,
 * `identity-merge-cycle`, `identity-do-not-link`, `identity-cluster-cap`, `identity-vetoed`,
 * `identity-second-person` and `identity-unknown-record`; then nothing was written.
 */
export function merge(
  log: Log,
  a: RecordNo,
  b: RecordNo,
  kind: 'source' | 'order',
  on: Occasion,
): Merge {
  const refusal = mergeRefusal(log, a, b, on);
  if (refusal !== undefined) throw identityRefusal(refusal);
  const vetoed = vetoedPairs(log, a, b);
  const [survivor, absorbed] = [log.personOf(a), log.personOf(b)];
  const sides = [[...log.membersOf(a)], [...log.membersOf(b)]] as const;
  const event = { type: 'merged', survivor, absorbed, a, b, kind, sides } as const;
  const seq = log.append(event, on);
  // Each pair that the stewards answer for is on record, and stays exempt from its veto.
  for (const [one, other] of vetoed)
    if (one !== a || other !== b)
      log.append({ type: 'linked', a: one, b: other, kind, weight: 0 }, on);
  return { merge: seq, survivor, absorbed };
}
