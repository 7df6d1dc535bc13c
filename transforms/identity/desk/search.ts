import { setImmediate as nextTurn } from 'node:timers/promises';
import { exitCodes, PlexusError } from '../../../engine/index.ts';
import type { PersonId, RecordNo } from '../events.ts';
import { comparableValue } from '../normalise/index.ts';
import { lastRecord, recordsSaying } from '../registry/index.ts';
import { type Criterion, holds, wordingOf } from './criteria.ts';
import { asking, type Reading } from './reading.ts';

export type SearchQuestion = {
  readonly criteria: readonly Criterion[];
  /** Each must be carried; an empty value: any number of this authority. */
  readonly identifiers: readonly (readonly { system?: string; value?: string }[])[];
  /** Ids of persons. */
  readonly ids?: readonly string[];
};

/** More than this is no search for a person. */
const personsMax = 500;
/** So many records are looked through before others may ask: a few milliseconds. */
const recordsAtOnce = 5_000;
const carriersMax = 256;

/**
 * The persons of whom one record meets all criteria, and who carry all identifiers, in the order of
 * their records. Whoever searches by demographics alone has every record looked through: linear,
 * and exact. Throws `identity-search-too-broad` for more than 500
 * and `identity-search-domain-unknown`.
 */
export async function searchPersons(
  reading: Reading,
  question: SearchQuestion,
): Promise<readonly PersonId[]> {
  const { criteria, identifiers, ids } = question;
  asking(reading, () => refuseUnknownDomains(reading, identifiers));
  const found = new Set<RecordNo>();
  const take = (records: Iterable<RecordNo>) => {
    for (const no of records) {
      const { anchor } = reading.registry.record(no);
      if (!found.has(anchor) && meets(reading, no, question)) found.add(anchor);
    }
    if (found.size > personsMax)
      throw new PlexusError(
        'identity-search-too-broad',
        `more than ${personsMax} persons meet this; add a name, a birth date or a number`,
        { exit: exitCodes.usage },
      );
  };
  const named = ids === undefined ? namedRecords(reading, identifiers) : idRecords(reading, ids);
  if (named !== undefined) asking(reading, () => take(named()));
  else {
    const wording = wordingOf(criteria);
    const last = asking(reading, ({ db }) => lastRecord(db));
    for (let after = 0; after < last; after += recordsAtOnce) {
      const through = after + recordsAtOnce;
      asking(reading, ({ db }) => take(recordsSaying(db, wording, { after, through })));
      await nextTurn();
    }
  }
  return asking(reading, ({ registry }) => [
    ...new Set([...found].toSorted((one, other) => one - other).map(registry.personOf)),
  ]);
}

/** ITI-78, case 4: an authority that nobody here has a number of. */
function refuseUnknownDomains({ registry }: Reading, identifiers: SearchQuestion['identifiers']) {
  const domains = identifiers.flat().filter(({ value }) => value === undefined);
  const authorities = registry.authorities();
  if (domains.some(({ system = '' }) => !authorities.includes(system)))
    throw new PlexusError('identity-search-domain-unknown', 'targetSystem not found');
}

/** By numbers, where one is given whole; the index knows who carries it. */
function namedRecords(
  { registry }: Reading,
  identifiers: SearchQuestion['identifiers'],
): (() => readonly RecordNo[]) | undefined {
  const whole = identifiers.find((any) => any.every(({ value }) => value !== undefined));
  if (whole === undefined) return undefined;
  return () =>
    whole.flatMap(({ system, value }) => {
      const systems = system === undefined ? registry.authorities() : [system];
      return systems.flatMap((one) => {
        const carriers = registry.carriers(one, value!, carriersMax);
        return carriers.flatMap((no) => registry.membersOf(no));
      });
    });
}

const idRecords =
  ({ registry }: Reading, ids: readonly string[]) =>
  () =>
    ids.flatMap((id) => {
      const anchor = registry.anchored(id);
      // An absorbed person is found by the id of the one who has absorbed it.
      if (anchor === undefined || registry.personOf(anchor) !== id) return [];
      return registry.membersOf(anchor);
    });

function meets(
  { registry }: Reading,
  no: RecordNo,
  { criteria, identifiers }: SearchQuestion,
): boolean {
  const { attributes } = registry.sighting(no);
  if (!criteria.every((one) => holds(one, attributes))) return false;
  if (identifiers.length === 0) return true;
  const carried = registry.membersOf(no).flatMap((one) => registry.identifiers(one));
  return identifiers.every((any) =>
    any.some(({ system, value }) =>
      carried.some(
        (one) =>
          (system === undefined || one.system === system) &&
          (value === undefined || comparableValue(one.value) === comparableValue(value)),
      ),
    ),
  );
}
