import type { PersonId, RecordNo, Sighting } from '../../events.ts';
import {
  type SurvivingAttribute,
  type Survivorship,
  type SurvivorshipRule,
  survivingAttributes,
} from '../../policy/index.ts';
import type { PersonIdentifier, PersonRecord } from '../../record.ts';
import type { Log } from '../log.ts';

/** Every attribute that one value survives of; identifiers are not chosen, all of them stay. */
const goldenAttributes = [
  ...survivingAttributes,
  'isMultipleBirth',
  'birthOrder',
  'mothersMaidenName',
  'motherIdentifiers',
] as const satisfies readonly (keyof PersonRecord)[];
export type GoldenAttribute = (typeof goldenAttributes)[number];

/** What singled a value out: a rule of the policy, or that nothing stood against it. */
export type Why = SurvivorshipRule | 'unopposed' | 'most-complete' | 'first-known';

/** A surviving value with where it comes from and why it won. */
export type Survivor<Name extends GoldenAttribute = GoldenAttribute> = {
  readonly value: NonNullable<PersonRecord[Name]>;
  readonly record: RecordNo;
  /** Number of the event that the value was given by. */
  readonly event: number;
  readonly facility: string;
  readonly why: Why;
  /** Records that say the same, and those that say something else. */
  readonly agreeing: readonly RecordNo[];
  readonly differing: readonly RecordNo[];
};

/** A person as all records know them together; computed when asked for, and written nowhere. */
export type GoldenRecord = {
  readonly person: PersonId;
  readonly records: readonly RecordNo[];
  readonly attributes: { readonly [Name in GoldenAttribute]?: Survivor<Name> };
  /** All that are in force, with the records that carry them. */
  readonly identifiers: readonly (PersonIdentifier & { readonly records: RecordNo[] })[];
};

type Source = {
  readonly no: RecordNo;
  readonly system: string;
  readonly event: number;
  readonly atUs: number;
  readonly sighting: Sighting;
};

/** The golden record of the person that this record belongs to. */
export function goldenRecord(log: Log, no: RecordNo, policy: Survivorship): GoldenRecord {
  const records = [...log.membersOf(no)].sort((one, other) => one - other);
  const sources = records.map((one): Source => {
    const state = log.record(one);
    const { system, attributesAt: event } = state;
    const sighting = log.records.sighting(state);
    return { no: one, system, event, atUs: log.event(event)!.atUs, sighting };
  });
  const attributes: Record<string, Survivor> = {};
  for (const name of goldenAttributes) {
    const survivor = survive(name, sources, policy);
    if (survivor !== undefined) attributes[name] = survivor;
  }
  return { person: log.personOf(no), records, attributes, identifiers: identifiersOf(sources) };
}

type Claim = { readonly source: Source; readonly value: unknown; readonly text: string };

function survive(
  name: GoldenAttribute,
  sources: readonly Source[],
  policy: Survivorship,
): Survivor | undefined {
  const claims = sources.flatMap((source): readonly Claim[] => {
    const value = source.sighting.attributes[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return [{ source, value, text: comparable(value) }];
  });
  if (claims.length === 0) return undefined;
  const { claim, why } = choose(claims, orderOf(name, policy), policy);
  const same = claims.filter(({ text }) => text === claim.text);
  const numbers = (some: readonly Claim[]) => some.map(({ source }) => source.no);
  const { no: record, event, sighting } = claim.source;
  return {
    value: claim.value as Survivor['value'],
    ...{ record, event, facility: sighting.facility, why, agreeing: numbers(same) },
    differing: numbers(claims.filter(({ text }) => text !== claim.text)),
  };
}

type Criterion = Exclude<Why, 'unopposed'>;

/** The policy's rule first; what it leaves open goes on to the next. */
function orderOf(name: GoldenAttribute, { rules }: Survivorship): readonly Criterion[] {
  const first = rules[name as SurvivingAttribute] ?? 'most-agreed';
  const next = ['most-trusted', 'most-agreed', 'most-complete', 'most-recent'] as const;
  return [first, ...next.filter((rule) => rule !== first), 'first-known'];
}

function choose(
  claims: readonly Claim[],
  order: readonly Criterion[],
  policy: Survivorship,
): { readonly claim: Claim; readonly why: Why } {
  let left = claims;
  let why: Why = 'unopposed';
  for (const criterion of order) {
    if (new Set(left.map(({ text }) => text)).size === 1) break;
    const ranks = left.map((claim) => rankOf(criterion, claim, claims, policy));
    const best = Math.max(...ranks);
    left = left.filter((_, at) => ranks[at] === best);
    why = criterion;
  }
  // Of those who say the same the newest speaks.
  const claim = left.reduce((one, other) => (other.source.event > one.source.event ? other : one));
  return { claim, why };
}

function rankOf(
  criterion: Criterion,
  claim: Claim,
  all: readonly Claim[],
  { trust }: Survivorship,
): number {
  switch (criterion) {
    case 'most-trusted': {
      const place = trust.indexOf(claim.source.system);
      return place < 0 ? -trust.length : -place;
    }
    case 'most-agreed':
      return all.filter(({ text }) => text === claim.text).length;
    case 'most-recent':
      return claim.source.atUs;
    case 'most-complete':
      return JSON.stringify(claim.value).length;
    case 'first-known':
      return -claim.source.no;
    default:
      return criterion satisfies never;
  }
}

/** Lists agree when their first entries do, which are the current ones. */
function comparable(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? value[0] : value);
}

function identifiersOf(sources: readonly Source[]): GoldenRecord['identifiers'] {
  const found = new Map<string, PersonIdentifier & { readonly records: RecordNo[] }>();
  for (const { no, sighting } of sources)
    for (const one of sighting.attributes.identifiers) {
      const key = `${one.system}\u001f${one.value}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { ...one, records: [no] });
      else if (!known.records.includes(no)) known.records.push(no);
    }
  return [...found.values()];
}
