import fc from 'fast-check';
import { PlexusError } from '../../../../engine/index.ts';
import {
  type RecordNo,
  type ReviewKind,
  reviewKinds,
  reviewOutcomes,
} from '../../../../transforms/identity/events.ts';
import { fingerprintOf } from '../../../../transforms/identity/registry/index.ts';
import { judgeAB, message, person, steward, type Workbench } from './workbench.ts';

const given = fc.constantFrom('ANA', 'BEA', 'CLEO');
const one = fc.nat({ max: 40 });
const pair = { a: one, b: one };

const see = fc.record({ do: fc.constant('see' as const), given });

/** A step of a history; numbers stand for records, modulo how many there are. */
const actions = fc.oneof(
  see,
  fc.record({ do: fc.constant('change' as const), a: one, given }),
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('score' as const), ...pair, weight: fc.nat(20) }),
  },
  fc.record({ do: fc.constant('source-merge' as const), ...pair }),
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('merge' as const), ...pair, isSeconded: fc.boolean() }),
  },
  fc.record({ do: fc.constant('unmerge' as const), a: one, undo: fc.boolean() }),
  fc.record({ do: fc.constant('split' as const), a: one, take: fc.nat(7), undo: fc.boolean() }),
  fc.record({ do: fc.constant('separate' as const), ...pair }),
  fc.record({ do: fc.constant('detach' as const), a: one }),
  fc.record({ do: fc.constant('keep-apart' as const), ...pair }),
  fc.record({
    do: fc.constant('queue' as const),
    ...pair,
    c: one,
    kind: fc.constantFrom(...reviewKinds),
  }),
  fc.record({
    do: fc.constant('review' as const),
    a: one,
    outcome: fc.constantFrom(...reviewOutcomes),
    isSeconded: fc.boolean(),
  }),
);
export type Act = typeof actions extends fc.Arbitrary<infer T> ? T : never;

/**
 * A few records first, and then much that happens to them: the order of links only tells where
 * several of them meet in one person.
 */
export const histories: fc.Arbitrary<Act[]> = fc
  .tuple(
    fc.array(see, { minLength: 4, maxLength: 7 }),
    fc.array(actions, { minLength: 8, maxLength: 30 }),
  )
  .map(([seen, acts]) => [...seen, ...acts]);

export const describeAct = (act: Act): string => JSON.stringify(act);

/** Does it as the stage or a steward would; an order that is refused must say so by its code. */
export function act(bench: Workbench, step: Act): void {
  const { registry } = bench;
  const events = bench.events();
  const count = events.filter(({ type }) => type === 'seen').length;
  const record = (n: number): RecordNo => (n % count) + 1;
  if (step.do === 'see') {
    bench.see(person(step.given), count + 1);
    return;
  }
  if (count === 0) return;
  const refusable = (order: () => unknown) => {
    const before = bench.text();
    try {
      order();
    } catch (error) {
      if (!(error instanceof PlexusError) || !error.code.startsWith('identity-')) throw error;
      if (bench.text() !== before) throw new Error('what was refused left a trace');
    }
  };
  const [a, b] = [record(step.a), record('b' in step ? step.b : 0)];
  if (step.do === 'change') change(bench, a, step.given);
  else if (step.do === 'score') score(bench, a, b, step.weight);
  else if (step.do === 'separate') registry.separate(a, b, 'doubt', steward());
  else if (step.do === 'detach') registry.detach(a, 'overlay', steward());
  else if (step.do === 'queue') queue(bench, step.kind, a, b, record(step.c));
  else refusable(() => order(bench, step, a, b));
}

type Order = Extract<
  Act,
  { do: 'source-merge' | 'merge' | 'unmerge' | 'split' | 'keep-apart' | 'review' }
>;

function order({ registry, events }: Workbench, step: Order, a: RecordNo, b: RecordNo): void {
  switch (step.do) {
    case 'source-merge':
      registry.merge(a, b, 'source', message(99));
      break;
    case 'merge':
      registry.merge(a, b, 'order', steward('ana', step.isSeconded ? 'ben' : 'ana'));
      break;
    case 'unmerge': {
      const merges = events().filter(({ type }) => type === 'merged');
      const merge = merges[step.a % Math.max(merges.length, 1)]?.seq ?? 1;
      registry.unmerge({ merge }, steward(), { undo: step.undo });
      break;
    }
    case 'split': {
      const records = registry.membersOf(a).filter((_, at) => (step.take >> at) & 1);
      const parting = { person: registry.personOf(a), records };
      registry.unmerge(parting, steward(), { undo: step.undo });
      break;
    }
    case 'keep-apart':
      registry.doNotLink(a, b, 'two people', steward());
      break;
    case 'review': {
      const queued = events().filter(({ type }) => type === 'queued');
      const review = queued[step.a % Math.max(queued.length, 1)]?.seq ?? 1;
      const on = steward('ana', step.isSeconded ? 'ben' : undefined);
      const { sides, kind } = registry.reviewCase(review);
      const chosen = kind === 'two-candidates' ? { chosen: sides.at(-1)!.record } : {};
      registry.review({ review, outcome: step.outcome, ...chosen }, on);
      break;
    }
    default:
      step satisfies never;
  }
}

function queue({ registry }: Workbench, kind: ReviewKind, a: RecordNo, b: RecordNo, c: RecordNo) {
  if (a === b || a === c) return;
  const candidates = kind === 'two-candidates' ? [b, c] : [];
  const request = { kind, a, candidates, reasons: [] };
  registry.queue(kind === 'overlay' ? request : { ...request, b }, message(70));
  const again = registry.queue(kind === 'overlay' ? request : { ...request, b }, message(71));
  if (again !== undefined) throw new Error('the same review was opened twice');
}

/** As the stage: a veto that fires now parts the record from whom it names. */
function change({ registry }: Workbench, no: RecordNo, name: string): void {
  const attributes = person(name);
  const sighting = { attributes, fingerprint: fingerprintOf(attributes) };
  registry.change(no, { ...sighting, normalisation: 1, facility: 'mercy' }, message(50));
  for (const other of registry.membersOf(no)) {
    const isVetoed = judgeAB(attributes, registry.sighting(other).attributes).length > 0;
    const edges = registry.edgesOf(no).filter(({ a, b }) => a === other || b === other);
    if (isVetoed && edges.every(({ kind }) => kind === 'auto'))
      registry.separate(no, other, 'vetoed', message(50));
  }
}

/** As the stage: an automatic link is offered only where no veto fires. */
function score({ registry }: Workbench, a: RecordNo, b: RecordNo, weight: number): void {
  if (a === b || registry.vetoedPairs(a, b).length > 0) return;
  const links =
    registry.personOf(a) === registry.personOf(b)
      ? [{ a, b, weight }]
      : registry
          .membersOf(a)
          .flatMap((one) => registry.membersOf(b).map((other) => ({ a: one, b: other, weight })));
  registry.link(links, 'auto', message(60));
}
