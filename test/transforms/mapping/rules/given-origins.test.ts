// Goal: what fields gave to a list is the same whether it is made anew or shared among resources.
// Method: any row of givings, against a plain record that is filled step by step; far more
// combinations than are kept, and what one resource takes out of it seen from another.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type GivenOrigins,
  withOrigin,
  withoutElement,
} from '../../../../transforms/mapping/rules/given-origins.ts';
import type { Giving } from '../../../../transforms/mapping/rules/origins.ts';

const givings: readonly Giving[] = ['telecom', 'telecom', 'name', 'note'].map((element, order) => {
  const name = `PID-${order}`;
  return { element, origin: { name, order, adds: false }, given: `${element}:${name}` };
});

type Said = readonly (readonly [which: number, items: number])[];

const said = fc.array(fc.tuple(fc.nat(givings.length - 1), fc.integer({ min: 1, max: 40 })), {
  minLength: 1,
  maxLength: 6,
});

function shared(rows: Said): GivenOrigins {
  let given: GivenOrigins | undefined;
  for (const [which, items] of rows) given = withOrigin(given, givings[which]!, items);
  return given!;
}

function plain(rows: Said): Record<string, object[]> {
  const byElement: Record<string, object[]> = {};
  for (const [which, items] of rows) {
    const { element, origin } = givings[which]!;
    byElement[element] ??= [];
    byElement[element].push({ origin, items });
  }
  return byElement;
}

describe('what fields gave to lists', () => {
  it('is what a record of its own would say, however many there were before', () => {
    fc.assert(
      fc.property(said, (rows) => {
        const before = JSON.stringify(shared(rows).byElement);
        assert.equal(before, JSON.stringify(plain(rows)));
        withoutElement(shared(rows), 'telecom');
        assert.equal(JSON.stringify(shared(rows).byElement), before);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one object for resources that say the same', () => {
    const own = givings.map((giving) => ({ ...giving }));
    const twice = [1, 2].map(() => withOrigin(withOrigin(undefined, own[0]!, 1), own[2]!, 2));
    assert.equal(twice[0]!.byElement, twice[1]!.byElement);
  });

  it('is without an element that was taken out of it, for that resource alone', () => {
    const rows: Said = [
      [0, 1],
      [2, 1],
    ];
    assert.deepEqual(Object.keys(withoutElement(shared(rows), 'telecom').byElement), ['name']);
    assert.deepEqual(Object.keys(shared(rows).byElement), ['telecom', 'name']);
  });
});
