import type { ImportContext } from '../context.ts';
import type { Input } from '../input.ts';
import { namedRows, splitRows } from './table-rows.ts';

const preferred = '900000000000548007';
/** The reference set of US English. */
const american = '900000000000509007';
const idPattern = /^\d{1,18}$/;

/** How a description is liked: 2 preferred in US English, 1 in some other language, else 0. */
export type Preference = (description: string) => 0 | 1 | 2;

export const noPreference: Preference = () => 0;

/**
 * Reads language reference sets (RF2 Release File Specification 5.2.2): which description of a
 * concept a language prefers. Two million of them are held in 16 MB. Yields the bytes read.
 */
export function* readLanguages(
  inputs: readonly Input[],
  context: ImportContext,
): Generator<number, Preference> {
  const ofAmerica = idList();
  const others = idList();
  const names = ['active', 'refsetId', 'referencedComponentId', 'acceptabilityId'] as const;
  for (const input of inputs) {
    const rows = splitRows(input, context, { separator: '\t', isEnded: true });
    for (const { row, cell } of namedRows(names, rows, input, context)) {
      yield row.read;
      if (cell === undefined || cell('active') !== '1') continue;
      if (cell('acceptabilityId') !== preferred) continue;
      const id = cell('referencedComponentId');
      if (!idPattern.test(id)) {
        const message = `the description is no identifier of SNOMED CT: ${id.slice(0, 20)}`;
        context.findings.error(input.name, row.line, 'row-invalid', message);
        continue;
      }
      (cell('refsetId') === american ? ofAmerica : others).add(BigInt(id));
    }
  }
  const [first, second] = [ofAmerica.sorted(), others.sorted()];
  return (description) => {
    if (!idPattern.test(description)) return 0;
    const id = BigInt(description);
    return isIn(first, id) ? 2 : isIn(second, id) ? 1 : 0;
  };
}

function idList() {
  let ids = new BigUint64Array(1024);
  let count = 0;
  return {
    add(id: bigint): void {
      if (count === ids.length) {
        const wider = new BigUint64Array(2 * count);
        wider.set(ids);
        ids = wider;
      }
      ids[count] = id;
      count += 1;
    },
    sorted: () => ids.subarray(0, count).sort(),
  };
}

function isIn(sorted: BigUint64Array, id: bigint): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === id;
}
