// Random contributions to two resources, as rich as a mapping can make them.
import fc from 'fast-check';
import type { Contribution } from '../../../transforms/fhir/index.ts';

export const ids = ['0b6f3a52-2d5e-5f6c-8a1b-000000000001', 'not-a-uuid'] as const;
export const names = ['status', 'code', 'note', 'meta'] as const;
const value = (name: string) =>
  name === 'meta'
    ? fc.constantFrom({ tag: [{ code: 'a' }] }, { versionId: '99', tag: [{ code: 'b' }] })
    : fc.constantFrom('a', 'b', { text: 'c' }, [1, 2.5], true);

const identifiers = fc.subarray([
  { system: 's', value: '1' },
  { system: 's', value: '1', use: 'old' },
  { system: 't', value: '1' },
  { value: '2' },
]);
const members = fc.record(
  { start: fc.constantFrom('1', '2'), end: fc.constantFrom('1', '2') },
  { requiredKeys: [] },
);

/** What joins: elements of the name, and the names that join. */
const joining = fc.record({
  set: fc.record(
    {
      identifier: identifiers.filter((items) => items.length > 0),
      period: members.filter((item) => Object.keys(item).length > 0),
    },
    { requiredKeys: [] },
  ),
  joins: fc.subarray(['identifier', 'period']),
  remove: fc.subarray(['period.start', 'period.end', 'identifier']),
  without: fc.option(
    identifiers.map((items) => ({ identifier: items })),
    { nil: undefined },
  ),
});

export const contribution: fc.Arbitrary<Contribution> = fc
  .record({
    id: fc.constantFrom(...ids),
    set: fc.record(Object.fromEntries(names.map((name) => [name, value(name)])), {
      requiredKeys: [],
    }),
    remove: fc.subarray([...names]),
    whole: fc.boolean(),
    initial: fc.option(
      fc.record(Object.fromEntries(names.map((name) => [name, value(name)])), {
        requiredKeys: [],
      }),
      { nil: undefined },
    ),
  })
  .chain((plain) => joining.map((joined) => ({ plain, joined })))
  .map(({ plain: { whole, initial, ...rest }, joined: { joins, without, ...joined } }) => ({
    type: 'Observation',
    id: rest.id,
    set: { ...rest.set, ...joined.set },
    remove: [...rest.remove, ...joined.remove].filter(
      (name) => !(name in rest.set) && !(name in joined.set),
    ),
    ...(joins.length === 0 ? {} : { joins: joins.filter((name) => name in joined.set) }),
    ...(without === undefined ? {} : { without }),
    ...(whole ? { whole: true as const } : {}),
    ...(initial === undefined ? {} : { initial }),
  }));
