import type { RawPerson } from '../../transforms/identity/index.ts';
import { corrupt } from './corrupt.ts';
import { people } from './households.ts';
import { type Completeness, recordOf } from './person.ts';
import { randomOf } from './random.ts';

export type DuplicateOptions = {
  readonly seed: number;
  readonly count: number;
  readonly completeness: Completeness;
  /** Share of second records in which something went wrong or changed, 0..1. */
  readonly mistaken: number;
};

/** Two records of one person, as two facilities write them, `count` times. */
export function* duplicatePairs(options: DuplicateOptions): Generator<[RawPerson, RawPerson]> {
  const { seed, count, completeness, mistaken } = options;
  for (const person of people(seed, count)) {
    const random = randomOf(seed ^ 0x5bd1e995, person.no);
    const second = recordOf(person, 'west', random, completeness);
    let mistakes = 0;
    while (mistakes < 3 && random.chance(mistaken)) mistakes++;
    yield [recordOf(person, 'east', random, completeness), corrupt(second, mistakes, random)];
  }
}
