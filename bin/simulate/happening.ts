import laboratory from './laboratory.json' with { type: 'json' };
import { type Doctor, makeDoctor, makePerson, type Person } from './people.ts';
import type { Random } from './random.ts';

export type Visit = {
  readonly number: string;
  readonly patientClass: 'I' | 'O' | 'E';
  readonly ward: string;
  readonly room: string;
  readonly doctor: Doctor;
  /** Milliseconds since the epoch, read as the facility's wall clock. */
  readonly admittedMs: number;
};

export type LabTest = (typeof laboratory.panels)[number]['tests'][number];
export type Result = {
  readonly test: LabTest;
  readonly value: string;
  readonly flag: 'L' | 'N' | 'H';
};
export type Order = {
  readonly placer: string;
  readonly filler: string;
  readonly panel: (typeof laboratory.panels)[number];
  readonly results: readonly Result[];
};

/** Something that happened to a patient, before anybody wrote it as a message. */
export type Happening = {
  readonly trigger: 'A01' | 'A04' | 'A08' | 'A03' | 'R01';
  /** Counts the facility's messages from 1. */
  readonly sequence: number;
  readonly atMs: number;
  readonly person: Person;
  readonly visit: Visit;
  readonly order: Order | undefined;
  readonly hasAllergy: boolean;
};

type Stay = { person: Person; visit: Visit; hasAllergy: boolean };

export type StoryOptions = {
  readonly random: Random;
  readonly isFrench: boolean;
  readonly startMs: number;
  /** Medical record numbers count up from here; two feeds of one facility share none. */
  readonly mrnBase: number;
  /** People of the whole network so far: now and then one of them comes to a second facility. */
  readonly roster: Person[];
};

/** What a facility lives through: people come, have results, change address and go home. */
export function createStory({ random, isFrench, startMs, mrnBase, roster }: StoryOptions) {
  const stays: Stay[] = [];
  let sequence = 0;
  let atMs = startMs;
  let people = 0;

  function arrive(): Stay {
    people += 1;
    const mrn = String(mrnBase + people);
    const isKnown = roster.length > 0 && random.chance(0.15);
    const person = isKnown ? { ...random.pick(roster), mrn } : makePerson(random, mrn, isFrench);
    if (!isKnown && roster.length < 5000) roster.push(person);
    const visit: Visit = {
      number: `V${mrnBase + people}`,
      patientClass: random.pick(['I', 'I', 'O', 'E'] as const),
      ward: random.pick(['4W', '5E', 'ICU', 'ED']),
      room: String(random.int(401, 520)),
      doctor: makeDoctor(random),
      admittedMs: atMs,
    };
    const stay = { person, visit, hasAllergy: random.chance(0.3) };
    stays.push(stay);
    return stay;
  }

  function tell(trigger: Happening['trigger'], stay: Stay): Happening {
    const order = trigger === 'R01' ? makeOrder(random, sequence) : undefined;
    return { trigger, sequence, atMs, order, ...stay };
  }

  return {
    next(): Happening {
      sequence += 1;
      atMs += random.int(5, 90) * 1000;
      const lot = random.next();
      if (stays.length === 0 || (lot < 0.25 && stays.length < 500)) {
        const stay = arrive();
        return tell(stay.visit.patientClass === 'O' ? 'A04' : 'A01', stay);
      }
      const index = random.int(0, stays.length - 1);
      const stay = stays[index] as Stay;
      if (lot < 0.7) return tell('R01', stay);
      if (lot < 0.85) {
        const street = `${random.int(1, 999)} ${stay.person.street.replace(/^\d+ /, '')}`;
        stay.person = { ...stay.person, street };
        return tell('A08', stay);
      }
      stays.splice(index, 1);
      return tell('A03', stay);
    },
  };
}

function makeOrder(random: Random, sequence: number): Order {
  const panel = random.pick(laboratory.panels);
  return {
    placer: `P${100_000 + sequence}`,
    filler: `L${500_000 + sequence}`,
    panel,
    results: panel.tests.map((test) => makeResult(random, test)),
  };
}

function makeResult(random: Random, test: LabTest): Result {
  const width = test.high - test.low;
  const value = Math.max(0, test.low + width * (random.next() * 1.6 - 0.3));
  const text = value.toFixed(test.digits);
  const flag = Number(text) < test.low ? 'L' : Number(text) > test.high ? 'H' : 'N';
  return { test, value: text, flag };
}
