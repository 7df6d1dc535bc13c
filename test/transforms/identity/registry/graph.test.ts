// Goal: the graph of persons is the fold of its events, whatever is merged, taken apart, judged and
// scored again; a merge that is undone leaves no trace; what a steward keeps apart stays apart; no
// veto is overruled but by those who answer for the pair.
// Method: random histories on a real file, each step checked against a fold from zero, against an
// oracle that knows nothing but the list of events, and against the rules one by one.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Act, act, describeAct, histories } from './acts.ts';
import { components, type Graph, graphOf } from './oracle.ts';
import { judgeAB, person, steward, type Workbench, workbench } from './workbench.ts';

/** Checks after each step. */
function throughout(acts: readonly Act[], check: (bench: Workbench) => void): void {
  inWorkbench(acts, (bench) => {
    for (const one of acts) {
      act(bench, one);
      check(bench);
    }
  });
}

function afterwards(acts: readonly Act[], check: (bench: Workbench) => void): void {
  inWorkbench(acts, (bench) => {
    for (const one of acts) act(bench, one);
    check(bench);
  });
}

function inWorkbench(acts: readonly Act[], run: (bench: Workbench) => void): void {
  const bench = workbench({ clusterMax: 6 });
  try {
    run(bench);
  } catch (cause) {
    throw new Error(acts.map(describeAct).join('; '), { cause });
  } finally {
    bench.close();
  }
}

const recordsOf = (graph: Graph) => [...graph.records.keys()];

describe('the graph of persons', () => {
  it('is what the events say, by an oracle that knows nothing else', () => {
    const check = ({ registry, events }: Workbench) => {
      const graph = graphOf(events());
      const anchors = components(graph);
      for (const no of recordsOf(graph)) {
        const anchor = anchors.get(no)!;
        assert.equal(registry.record(no).anchor, anchor);
        assert.equal(registry.personOf(no), graph.records.get(anchor)!.person);
        // The id of a person stands for one of its own records, and finds it for ever.
        assert.ok(registry.membersOf(no).includes(anchor));
        assert.equal(registry.resolve(graph.records.get(no)!.person), registry.personOf(no));
      }
    };
    fc.assert(
      fc.property(histories, (acts) => throughout(acts, check)),
      { numRuns: 80 },
    );
  });

  it('folds from zero to the same tables', () => {
    fc.assert(
      fc.property(histories, (acts) => {
        afterwards(acts, (bench) => assert.deepEqual(bench.verify(), []));
      }),
      { numRuns: 40 },
    );
  });

  it('never joins what was kept apart, and no vetoed pair that nobody answers for', () => {
    const check = ({ events }: Workbench) => {
      const graph = graphOf(events());
      const anchors = components(graph);
      const together = (a: number, b: number) => anchors.get(a) === anchors.get(b);
      for (const [a, b] of graph.apart) assert.ok(!together(a, b), `${a} and ${b} are joined`);
      for (const a of recordsOf(graph))
        for (const b of recordsOf(graph)) {
          if (a >= b || !together(a, b)) continue;
          const [one, other] = [graph.records.get(a)!, graph.records.get(b)!];
          if (judgeAB(one.attributes, other.attributes).length === 0) continue;
          const answered = graph.edges.some(
            (edge) =>
              edge.kind !== 'auto' && [edge.a, edge.b].includes(a) && [edge.a, edge.b].includes(b),
          );
          assert.ok(answered, `a veto keeps ${a} and ${b} apart, and they are joined`);
        }
      for (const anchor of anchors.values()) {
        const size = [...anchors.values()].filter((one) => one === anchor).length;
        assert.ok(size <= 6, `a person of ${size} records`);
      }
    };
    fc.assert(
      fc.property(histories, (acts) => throughout(acts, check)),
      { numRuns: 80 },
    );
  });

  it('is restored byte for byte by an undone merge, and else but for the pairs kept apart', () => {
    const pick = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(histories, pick, fc.boolean(), (acts, [first, second], undo) => {
        afterwards(acts, (bench) => {
          const { registry } = bench;
          const count = recordsOf(graphOf(bench.events())).length;
          if (count === 0) return;
          const [a, b] = [(first % count) + 1, (second % count) + 1];
          const on = steward('ana', 'ben');
          if (registry.mergeRefusal(a, b, on) !== undefined) return;
          const sides = [[...registry.membersOf(a)], [...registry.membersOf(b)]] as const;
          const before = bench.text();
          const { merge } = registry.merge(a, b, 'order', on);
          assert.equal(registry.personOf(a), registry.personOf(b));
          assert.notEqual(bench.text(), before);
          registry.unmerge({ merge }, steward(), { undo });
          const after = bench.text();
          if (undo) assert.equal(after, before);
          else {
            const crossed = sides[0].flatMap((one) => sides[1].map((other) => [one, other].sort()));
            const event = bench.events().length;
            const rows = (text: string) => new Set(text.split('\n').filter((row) => row !== ''));
            const added = [...rows(after)].filter((row) => !rows(before).has(row));
            const expected = crossed.map(([one, other]) =>
              JSON.stringify([Math.min(one!, other!), Math.max(one!, other!), event]),
            );
            assert.deepEqual(added.sort(), expected.sort());
            assert.deepEqual(
              [...rows(before)].filter((row) => !rows(after).has(row)),
              [],
            );
          }
        });
      }),
      { numRuns: 100 },
    );
  });

  it('gives each record that came later to the side of its strongest evidence', () => {
    const bench = workbench();
    const { registry } = bench;
    const [a, b, later] = ['ANA', 'ANA', 'ANA'].map((given) => bench.see(person(given)));
    const { merge } = registry.merge(a!, b!, 'order', steward());
    const links = [
      { a: a!, b: later!, weight: 11 },
      { a: b!, b: later!, weight: 14 },
    ];
    assert.equal(registry.link(links, 'auto', steward()).kind, 'linked');
    assert.equal(registry.membersOf(a!).length, 3);
    const { cut, moved, survivor, restored } = registry.unmerge({ merge }, steward());
    assert.deepEqual(registry.membersOf(b!), [b, later]);
    assert.deepEqual(registry.membersOf(a!), [a]);
    assert.deepEqual(cut.map((pair) => pair.join()).sort(), [`${a},${b}`, `${a},${later}`]);
    assert.deepEqual(moved, [b, later]);
    assert.deepEqual([survivor, restored], [registry.personOf(a!), registry.personOf(b!)]);
    bench.close();
  });
});
