// Goal: whatever a field holds, what a rule makes of it is what R4 takes at its element.
// Method: codes of nobody's table where a binding is required, a rank of zero, and control
// characters, raw and escaped, in our own messages; what is left out is said.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { admission, bytes, result, text, withField } from '../messages.ts';

const base = loadMapping('config', 'base');

const allergies = [
  admission[0]!.replaceAll('A01', 'A60'),
  admission[2]!,
  'IAM|1|DA|7980^Penicillin^RXNORM|SV|Hives|A|A1^EMR|||||||||||',
];
const problems = [
  admission[0]!.replace('ADT^A01^ADT_A01', 'PPR^PC1^PPR_PC1'),
  admission[2]!,
  'PRB|AD|20240310|I10^Hypertension^I10|PR1^CARE|||20240301||||||C^Confirmed|A^Active',
];

function only(segments: readonly string[], type: string) {
  const { bundle, issues } = convertBytes(base, bytes(segments));
  const found = bundle?.entry?.find(({ resource }) => resource?.resourceType === type)?.resource;
  assert.ok(found, JSON.stringify(issues));
  return {
    resource: found as unknown as Record<string, unknown>,
    codes: issues.map(({ code }) => code),
  };
}

describe('a value that R4 does not take', () => {
  for (const [segments, segment, field, type] of [
    [allergies, 'IAM', 17, 'AllergyIntolerance'],
    [problems, 'PRB', 13, 'Condition'],
  ] as const) {
    it(`of the verification of ${type}: only its codes, with the sender's beside them`, () => {
      const known = only(withField(segments, segment, field, 'C^Confirmed^99Z'), type);
      const { coding } = known.resource.verificationStatus as fhir4.CodeableConcept;
      assert.deepEqual(
        coding?.map(({ code }) => code),
        ['C', 'confirmed'],
      );
      const local = only(withField(segments, segment, field, '77^Quite sure^99Z'), type);
      assert.equal(local.resource.verificationStatus, undefined);
      assert.ok(local.codes.includes('code-not-in-table'));
    });
  }

  it('is a rank of zero, which is left out', () => {
    const diagnosis = (rank: string) =>
      only(withField(admission, 'DG1', 15, rank), 'Encounter') as {
        resource: { diagnosis?: { rank?: number }[] };
        codes: string[];
      };
    assert.equal(diagnosis('2').resource.diagnosis?.[0]?.rank, 2);
    const { resource, codes } = diagnosis('0');
    assert.equal(resource.diagnosis?.[0]?.rank, undefined);
    assert.ok(codes.includes('value-not-allowed'));
  });
});

const convertOf = (segments: readonly string[]) => convertBytes(base, bytes(segments)).bundle;

describe('control characters', () => {
  const control = fc.constantFrom(...'\0\x01\x07\x08\x0b\x0c\x0e\x1b\x1c\x1f');
  const inSlots = (put: (character: string) => string) => (character: string) => [
    put(character),
    `Gold${put(character)}man`,
    `Young${put(character)}`,
  ];

  it('are blanks wherever they stand, raw or escaped, and the rest stays', () => {
    const escaped = (character: string) =>
      `\\X${character.charCodeAt(0).toString(16).padStart(2, '0')}\\`;
    for (const put of [inSlots((character) => character), inSlots(escaped)])
      fc.assert(
        fc.property(control, (character) => {
          const [bare, middle, end] = put(character);
          const names = `${middle}^${end}${bare}`;
          const { bundle, issues } = convertBytes(base, bytes(withField(result, 'PID', 5, names)));
          const patient = bundle?.entry?.[0]?.resource as fhir4.Patient | undefined;
          assert.deepEqual(patient?.name, [{ family: 'Gold man', given: ['Young'] }]);
          assert.ok(issues.some(({ code }) => code === 'control-character'));
          assert.doesNotMatch(JSON.stringify(bundle), /\\u00[01]|\\b|\\f/);
        }),
        { numRuns: 20 },
      );
  });

  it('that a sender divides by are no damage', () => {
    const divided = text(result).replaceAll('^', '\x1d');
    assert.deepEqual(convertBytes(base, Buffer.from(divided)).bundle, convertOf(result));
  });

  it('of the frame that a file kept are no part of the message', () => {
    const framed = Buffer.from(`\x0b${text(result)}\x1c\r`);
    const { bundle, issues } = convertBytes(base, framed);
    assert.deepEqual(bundle, convertOf(result));
    assert.deepEqual(issues, []);
  });
});
