import { namesRelease, type Pins } from '../pins.ts';
import type { Change } from '../store/index.ts';
import { monthsBefore, type Observed } from '../worklist/index.ts';

/** What is compared: two releases of one url, or of one map in git. */
export type Compared = {
  readonly kind: 'CodeSystem' | 'ValueSet' | 'ConceptMap';
  readonly earlier: { readonly url: string; readonly version: string };
  readonly later: { readonly url: string; readonly version: string };
};

/** Where the answers lie; all may be empty, as in CI, where there is no data. */
export type DriftSources = {
  readonly pins: readonly Pins[];
  /** Codes seen; `system` undefined: of any system. */
  observed(system: string | undefined, code: string): readonly Observed[];
  /** Was any code of the system counted? Those of elements that no mapping marks are not. */
  counts(system: string | undefined): boolean;
  /** The newest month in which anything was seen, as 202611. */
  readonly newestMonth: number;
  /** What a pinned release names in a code system: a map's targets, a value set's members. */
  namedCodes(kind: 'map' | 'value-set', pin: string, system: string): ReadonlySet<string>;
};

/** How often codes came, at the most in one of the last three months. */
export type MonthlyUse = { readonly channel: string; readonly monthly: number };

/** A pin that a change takes something from. */
export type Hit = {
  /** `channel mercy-west`, `metric sep1`. */
  readonly by: string;
  /** The name that it pins: a use of a map, or a value set's. */
  readonly name: string;
  readonly pin: string;
  /** The codes that it loses, in the order of the changes. */
  readonly codes: readonly string[];
  readonly use: readonly MonthlyUse[];
  /** False where nobody counts such codes, so that no use says nothing. */
  readonly counted: boolean;
};

const monthsLooked = 3;

/** Does this change take something from who relied on the earlier release? */
export function takes({ change, was, now, weakened }: Change): boolean {
  if (change === 'removed' || change === 'retired') return true;
  if (change === 'target') return was !== null && was !== undefined;
  if (change === 'relationship') return weakened === true;
  return change === 'membership' && now === null;
}

/** How often the codes came, by channel, the most first. */
export function useOf(
  codes: readonly { readonly system: string | undefined; readonly code: string }[],
  sources: DriftSources,
  isWanted: (row: Observed) => boolean = () => true,
): readonly MonthlyUse[] {
  const since = monthsBefore(sources.newestMonth, monthsLooked - 1);
  const byChannel = new Map<string, Map<number, number>>();
  for (const { system, code } of codes)
    for (const row of sources.observed(system, code)) {
      if (row.month < since || !isWanted(row)) continue;
      const months = byChannel.get(row.channel) ?? new Map<number, number>();
      months.set(row.month, (months.get(row.month) ?? 0) + row.count);
      byChannel.set(row.channel, months);
    }
  return [...byChannel]
    .map(([channel, months]) => ({ channel, monthly: Math.max(...months.values()) }))
    .sort((a, b) => b.monthly - a.monthly || (a.channel < b.channel ? -1 : 1));
}

/** The code system of a change; a map's row may be for its code in any. */
export const systemOf = ({ kind, earlier }: Compared, { system }: Change): string | undefined =>
  kind === 'CodeSystem' ? earlier.url : system;

/**
 * Which pins the changes hit: those on the earlier release itself, and for a code system the maps
 * and value sets that name a code which it takes away.
 */
export function hitsOf(
  compared: Compared,
  changes: readonly Change[],
  sources: DriftSources,
): readonly Hit[] {
  const lost = changes.filter((change) => change.code !== null && takes(change));
  if (lost.length === 0) return [];
  const { kind, earlier } = compared;
  const hits: Hit[] = [];
  for (const { by, maps, valueSets } of sources.pins)
    for (const [pinKind, pins] of [
      ['map', maps],
      ['value-set', valueSets],
    ] as const)
      for (const [name, pin] of Object.entries(pins)) {
        const isDirect =
          (pinKind === 'map' ? kind === 'ConceptMap' : kind === 'ValueSet') &&
          namesRelease(pin, earlier);
        const named =
          kind === 'CodeSystem' ? sources.namedCodes(pinKind, pin, earlier.url) : undefined;
        const own = isDirect ? lost : lost.filter(({ code }) => named?.has(code!));
        if (own.length === 0) continue;
        const codes = [...new Set(own.map(({ code }) => code!))];
        const asked = own.map((one) => ({ system: systemOf(compared, one), code: one.code! }));
        // What a channel's map is for only its own use of a code tells; a value set counts all.
        const isOwn = (row: Observed) =>
          !isDirect ||
          pinKind === 'value-set' ||
          (by === `channel ${row.channel}` && row.use === name);
        const use = useOf(distinct(asked), sources, isOwn);
        const counted = use.length > 0 || asked.every(({ system }) => sources.counts(system));
        hits.push({ by, name, pin, codes, use, counted });
      }
  return hits;
}

function distinct<T extends { system: string | undefined; code: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [`${one.system}|${one.code}`, one])).values()];
}

const count = new Intl.NumberFormat('en-US');

/** `lactate_loinc v3 to v4 drops 2 codes: 1,140 results a month at mercy-west; .. is hit`. */
export function sentenceOf(
  { earlier, later }: Compared,
  { by, name, codes, use, counted }: Hit,
): string {
  const what = `${name} ${earlier.version} to ${later.version} drops ${codes.length} `;
  const noun = codes.length === 1 ? 'code' : 'codes';
  const where = use.map(({ channel, monthly }) => `${count.format(monthly)} ${resultsAt(channel)}`);
  const none = counted
    ? 'none of them was seen in the last months'
    : 'no code of their system was counted here (only those that a mapping marks are)';
  const seen = where.length > 0 ? where.join(', ') : none;
  return `${what}${noun}: ${seen}; ${by} is hit`;
}

const resultsAt = (channel: string) => `results a month at ${channel}`;
