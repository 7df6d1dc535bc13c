import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Group,
  type GroupSpec,
  groupSegments,
  parse,
} from '../../../transforms/hl7v2/index.ts';

// Goal: segments are grouped as the message meant it, and every segment has a place, in whatever
// order and number they come.
// Method: results messages with known groups; then any sequence of segments, of which the groups
// must hold each once and in order.

const results: readonly GroupSpec[] = [
  {
    name: 'patient',
    starts: ['PID'],
    owns: ['PD1', 'NK1', 'PV1', 'PV2'],
    groups: [
      {
        name: 'order',
        starts: ['ORC', 'OBR'],
        owns: ['DG1', 'FT1'],
        groups: [
          { name: 'observation', starts: ['OBX'] },
          { name: 'specimen', starts: ['SPM'] },
        ],
      },
    ],
  },
];

function grouped(names: string): Group {
  const lines = names.split(' ').map((name, index) => `${name}|${index}`);
  return groupSegments(parse(Buffer.from(`MSH|^~\\&|A\r${lines.join('\r')}`)).segments, results);
}

/** `patient(PID order(OBR observation(OBX NTE)))` */
function show(group: Group): string {
  const own = group.segments.map(({ name }) => name);
  return `${group.name}(${[...own, ...group.groups.map(show)].join(' ')})`;
}

function* walk(group: Group): Generator<Group> {
  yield group;
  for (const inner of group.groups) yield* walk(inner);
}

describe('groups', () => {
  it('are those of the message, with notes where they were written', () => {
    assert.equal(
      show(grouped('PID NTE PV1 ORC OBR NTE OBX NTE OBX OBR OBX SPM OBX')),
      'message(MSH patient(PID NTE PV1 order(ORC OBR NTE observation(OBX NTE) observation(OBX)) ' +
        'order(OBR observation(OBX) specimen(SPM) observation(OBX))))',
    );
    assert.equal(
      show(grouped('PID OBR OBX ORC OBR PID OBR')),
      'message(MSH patient(PID order(OBR observation(OBX)) order(ORC OBR)) ' +
        'patient(PID order(OBR)))',
    );
  });

  it('hold when segments are missing or come late', () => {
    assert.equal(show(grouped('OBR OBX')), 'message(MSH OBR OBX)');
    assert.equal(
      show(grouped('PID OBR OBX ZAB DG1 OBX PV1 OBR')),
      'message(MSH patient(PID PV1 order(OBR DG1 observation(OBX ZAB) observation(OBX)) ' +
        'order(OBR)))',
    );
  });

  it('look paths up in their own segments, and know their parent', () => {
    const root = grouped('PID OBR OBX NTE OBX');
    const observations = [...root.within('observation')];
    assert.deepEqual(
      observations.map((group) => group.get('OBX-1')),
      ['2', '4'],
    );
    assert.equal(observations[1]?.presence('NTE-1'), 'absent');
    assert.equal(observations[0]?.parent?.get('OBR-1'), '1');
    assert.equal(root.named('patient')[0]?.get('OBX-1'), undefined);
  });

  it('hold each segment once and in order, for any sequence', () => {
    const name = fc.constantFrom('PID', 'PV1', 'ORC', 'OBR', 'OBX', 'NTE', 'SPM', 'DG1', 'ZZZ');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), (names) => {
        const root = grouped(names.join(' '));
        const indexes = [...walk(root)].map(({ segments }) => segments.map(({ index }) => index));
        for (const own of indexes)
          assert.deepEqual(
            own,
            [...own].sort((a, b) => a - b),
          );
        const all = indexes.flat().sort((a, b) => a - b);
        assert.deepEqual(
          all,
          Array.from({ length: names.length + 1 }, (_, index) => index),
        );
      }),
    );
  });
});
