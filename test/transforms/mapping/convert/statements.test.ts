// Goal: what HL7 says of who is whom reaches the identify stage with survivor, absorbed number and
// authority, and nothing else does. Method: each trigger event that the standard's chapter 3 has
// for it, converted by the base, with the ways in which senders write PID-3 and MRG-1.
import assert from 'node:assert/strict';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes } from '../messages.ts';

const base = loadMapping('config', 'base');
const hosp = 'urn:oid:2.999.1';

function message(trigger: string, ...segments: string[]): string[] {
  const head = `MSH|^~\\&|ADT|HOSP|PLEXUS|HUB|20240310143000-0500||ADT^${trigger}|M1|P|2.5.1`;
  return [head, `EVN|${trigger}|20240310143000-0500`, ...segments];
}
const pid = (number: string) => `PID|1||${number}||Young^Ada||19800229|F`;
const mr = (value: string) => `${value}^^^HOSP&2.999.1&ISO^MR`;

function convert(segments: readonly string[]) {
  const { conversion, issues, outcome } = convertBytes(base, bytes(segments));
  return { outcome, conversion, codes: issues.map(({ code }) => code) };
}

describe('identity statements of HL7 messages', () => {
  for (const trigger of ['A18', 'A30', 'A34', 'A36', 'A39', 'A40'])
    it(`${trigger} merges the number of MRG into that of PID`, () => {
      const { conversion } = convert(message(trigger, pid(mr('17')), `MRG|${mr('18')}`));
      assert.deepEqual(conversion?.statements, [
        {
          verb: 'merge',
          trigger,
          kept: { identifiers: [{ system: hosp, value: '17', type: 'MR' }] },
          other: { identifiers: [{ system: hosp, value: '18', type: 'MR' }] },
        },
      ]);
      const [kept, ended, ...others] = conversion.contributions;
      assert.deepEqual(others, []);
      assert.deepEqual(ended?.set, {
        link: [{ other: { reference: `Patient/${kept?.id}` }, type: 'replaced-by' }],
        active: false,
      });
      const before = convert(message('A31', pid(mr('18')))).conversion?.contributions[0];
      assert.equal(ended.id, before?.id, 'the file that the number named before');
    });

  it('A46 and A47 change a number, A24 and A37 link and unlink two patients', () => {
    for (const trigger of ['A46', 'A47']) {
      const { conversion } = convert(message(trigger, pid(mr('17')), `MRG|${mr('18')}`));
      assert.deepEqual(
        conversion?.statements?.map(({ verb }) => verb),
        ['change'],
      );
    }
    for (const [trigger, verb] of [
      ['A24', 'link'],
      ['A37', 'unlink'],
    ] as const) {
      const { conversion } = convert(message(trigger, pid(mr('17')), pid(mr('18'))));
      assert.deepEqual(
        conversion?.statements?.map((one) => [one.verb, one.other.identifiers[0]?.value]),
        [[verb, '18']],
      );
      assert.deepEqual(
        conversion.contributions.map(({ type }) => type),
        ['Patient', 'Patient'],
      );
    }
  });

  for (const trigger of 'A08 A17 A35 A41 A42 A43 A44 A45 A49 A50 A51'.split(' '))
    it(`${trigger} says nothing of who is whom`, () => {
      const visit = 'PV1|1|I|||||||||||||||||V1';
      const other = trigger === 'A17' ? [pid(mr('19')), 'PV1|1|I|||||||||||||||||V2'] : [];
      const { conversion } = convert(
        message(trigger, pid(mr('17')), `MRG|${mr('18')}||A1||V0`, visit, ...other),
      );
      assert.ok(conversion);
      assert.equal(conversion.statements, undefined);
      const isMove = trigger !== 'A08' && trigger !== 'A17';
      assert.equal(conversion.moves !== undefined, isMove);
      assert.equal(
        conversion.unvisited.includes('MRG-1'),
        !isMove,
        'the loss report says where MRG was not read',
      );
    });

  it('reads each MRG against the PID before it, and several merges in one message', () => {
    const { conversion } = convert(
      message('A40', pid(mr('1')), `MRG|${mr('2')}`, pid(mr('3')), 'PD1', `MRG|${mr('4')}`),
    );
    const pairs = conversion?.statements?.map(({ kept, other }) => [
      kept.identifiers[0]?.value,
      other.identifiers[0]?.value,
    ]);
    assert.deepEqual(pairs, [
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('takes a bare MRG-1 for a number of the authority of PID-3, and else of the sender', () => {
    const system = (kept: string) =>
      convert(message('A40', pid(kept), 'MRG|18')).conversion?.statements?.[0]?.other.identifiers[0]
        ?.system;
    assert.equal(system(mr('17')), hosp);
    assert.equal(system('17'), systemOfPatient('17'));
    assert.equal(system(`${mr('17')}~5^^^NAT&2.999.9&ISO^NI`), systemOfPatient('17'));
  });

  it('holds a merge that does not say what is merged, and a link of one patient', () => {
    for (const [segments, code] of [
      [message('A40', pid(mr('17'))), 'prior-number-missing'],
      [message('A40', pid(mr('17')), 'MRG|'), 'prior-number-missing'],
      [message('A24', pid(mr('17'))), 'second-patient-missing'],
    ] as const) {
      const { outcome, codes } = convert(segments);
      assert.deepEqual([outcome, codes], ['quarantined', [code]]);
    }
  });

  it("gives the mother's maiden name and number, which keep newborns apart", () => {
    const line = `PID|1||${mr('17')}||Young^Ada|Lopez^Eva|19800229|F|||||||||||||${mr('3')}`;
    const { conversion } = convert(message('A40', line, `MRG|${mr('18')}`));
    assert.deepEqual(conversion?.contributions[0]?.set.extension, [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName',
        valueString: 'Lopez',
      },
    ]);
    const mother = conversion.contributions[1];
    assert.equal(mother?.type, 'RelatedPerson');
    assert.deepEqual(mother.set.patient, {
      reference: `Patient/${conversion.contributions[0]!.id}`,
    });
  });
});

function systemOfPatient(number: string): string | undefined {
  const { conversion } = convert(message('A43', pid(number), 'MRG|9'));
  const identifiers = conversion?.contributions[0]?.set.identifier as { system?: string }[];
  return identifiers[0]?.system;
}
