// Goal: in a message with several patients, visits and orders everything refers to its own group.
// Method: random groups are sent in one message and each alone; as ids come from business keys, the
// one message must make exactly what the several make, reference by reference.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes } from '../messages.ts';

const base = loadMapping('config', 'base');

type Lines = readonly string[];

/** What a message of these groups makes, by reference; the report lists its results in order. */
function made(type: string, groups: readonly Lines[]): ReadonlyMap<string, unknown> {
  const head = `MSH|^~\\&|A|HOSP|P|HUB|20240310143000-0500||${type}|M1|P|2.5.1`;
  const { bundle, outcome, issues } = convertBytes(base, bytes([head, ...groups.flat()]));
  assert.equal(outcome, 'converted', JSON.stringify(issues));
  return new Map(
    bundle?.entry?.map(({ resource }) => [`${resource?.resourceType}/${resource?.id}`, resource]),
  );
}

function assertApart(type: string, groups: readonly Lines[]): void {
  const alone = groups.flatMap((group) => [...made(type, [group])]);
  const together = made(type, groups);
  assert.deepEqual(together, new Map(alone));
}

const number = (word: string) => `${word}^^^HOSP&2.999.1&ISO`;
const patient = (no: number, account = '') =>
  `PID|1||${number(`P${no}`)}^MR||Young^Ada${no}||198002${no + 10}|F${'|'.repeat(10)}${account}`;
const visit = (no: number) => `PV1|1|I|4W^${no}^1${'|'.repeat(16)}${number(`V${no}`)}`;

const order = fc.record({
  hasOrc: fc.boolean(),
  results: fc.nat(2),
  note: fc.boolean(),
  specimen: fc.boolean(),
});
const group = fc.record({ visited: fc.boolean(), orders: fc.array(order, { minLength: 1 }) });

describe('a message with several groups', () => {
  it('of results makes what a message for each patient makes', () => {
    const groups = fc.array(group, { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(groups, (chosen) => {
        const written = chosen.map(({ visited, orders }, at) => [
          patient(at),
          ...(visited ? [visit(at)] : []),
          ...orders.flatMap(({ hasOrc, results, note, specimen }, nth) => {
            const no = `${at}-${nth}`;
            return [
              ...(hasOrc ? [`ORC|RE|O${no}|F${no}`] : []),
              `OBR|1|O${no}|F${no}|${no}^Panel^L`,
              ...Array.from({ length: results }, (_, of) => `OBX|${of}|ST|${of}^R^L||${no}||||||F`),
              ...(note ? [`NTE|1||about ${no}`] : []),
              ...(specimen ? [`SPM|1|${`S${no}`}||SER`] : []),
            ];
          }),
        ]);
        assertApart('ORU^R01', written);
      }),
      { numRuns: 60 },
    );
  });

  for (const trigger of ['A39', 'A40', 'A41', 'A42']) {
    it(`of ADT^${trigger} makes what a message for each patient makes`, () => {
      const merges = [0, 1, 2].map((no) => [
        ...(no === 0 ? [`EVN|${trigger}|20240310`] : []),
        patient(no, number(`A${no}`)),
        `MRG|${number(`M${no}`)}^MR||${number(`MA${no}`)}||${number(`MV${no}`)}`,
        visit(no),
      ]);
      assertApart(`ADT^${trigger}`, merges);
    });
  }

  it('of ADT^A17 gives each patient their own visit and bed', () => {
    const beds = made('ADT^A17', [
      ['EVN|A17|20240310', patient(0), visit(0)],
      [patient(1), visit(1)],
    ]);
    const all = [...beds.values()] as (fhir4.Encounter | fhir4.Patient)[];
    const patients = all.filter((one) => one.resourceType === 'Patient');
    const visits = all.filter((one) => one.resourceType === 'Encounter');
    assert.deepEqual(
      visits.map(({ identifier, subject, location }) => [
        identifier?.[0]?.value,
        subject?.reference,
        location?.[0]?.location.display?.slice(0, 6),
      ]),
      patients.map(({ id }, no) => [`V${no}`, `Patient/${id}`, `4W ${no} 1`]),
    );
  });
});
