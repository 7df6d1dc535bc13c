import { comparisonNames } from '../assessment.ts';
import type { RecordNo } from '../events.ts';
import { addressLevelsOf } from './address.ts';
import { birthDateLevel } from './birth-date.ts';
import { emailLevelsOf, identifierLevel, newLevels, phoneLevel, sexLevel } from './compare.ts';
import { levelSet, nullLevel } from './levels.ts';
import { compareNames } from './names.ts';
import type { Prepared } from './prepare.ts';
import {
  noSystems,
  type Room,
  read,
  roomFor,
  type Sketched,
  type Systems,
  write,
} from './sketch-room.ts';
import { mayBeOneEdit } from './strings.ts';

/**
 * What comparing needs of very many records, in about a hundred bytes each and without their
 * texts: enough to say of most pairs, without reading either record, that no score can be high.
 * Only of records with one name, one address at most and so on; of all others it knows nothing.
 */
export type Sketches = {
  put(no: RecordNo, prepared: Prepared): void;
  drop(no: RecordNo): void;
  clear(): void;
  of(no: RecordNo): Sketched | undefined;
};

export const newLevelSets = (): Int32Array => new Int32Array(comparisonNames.length);

const recordsMin = 4_096;
/** Some 100 MB; beyond it, two records whose numbers end alike push each other out. */
const recordsMaxDefault = 2 ** 20;

/** `recordsMax`: a power of two. */
export function createSketches(recordsMax = recordsMaxDefault): Sketches {
  let systems: Systems = noSystems();
  let room: Room = roomFor(Math.min(recordsMin, recordsMax));

  const placeOf = (no: RecordNo): number => no & (room.size - 1);
  const has = (no: RecordNo): boolean => room.owner[placeOf(no)] === no;

  return {
    put(no, prepared) {
      let { size } = room;
      while (size <= no && size < recordsMax) size *= 2;
      if (size > room.size) room = roomFor(size, room);
      write(room, systems, no, prepared);
    },
    drop(no) {
      if (has(no)) room.owner[placeOf(no)] = 0;
    },
    clear() {
      systems = noSystems();
      room = roomFor(Math.min(recordsMin, recordsMax));
    },
    of: (no) => (has(no) ? read(room, systems, placeOf(no)) : undefined),
  };
}

const exact = newLevels();

/**
 * The levels that each comparison of two records may have, in the order of `comparisonNames`:
 * bit 0 for null, bit `level + 1` for a level.
 */
export function levelSetsBetween(a: Sketched, b: Sketched, found: Int32Array): void {
  compareNames(a, b, exact);
  for (let at = 0; at < 3; at += 1) found[at] = levelSet(exact[at]!);
  found[3] = levelSet(birthDateLevel(a.birth, b.birth));
  found[4] = levelSet(sexLevel(a.sex, b.sex));
  found[5] = addressLevelsOf(a.address, b.address);
  found[6] = levelSet(phoneLevel(a.phones, b.phones));
  found[7] = emailsBetween(a, b);
  found[8] = levelSet(identifierLevel(a.identifiers, b.identifiers));
}

function emailsBetween({ email: a }: Sketched, { email: b }: Sketched): number {
  if (a.hash === 0 || b.hash === 0) return levelSet(nullLevel);
  const isNear = mayBeOneEdit(a.length, a.letters, b.length, b.letters);
  return emailLevelsOf(a.hash === b.hash, isNear);
}
