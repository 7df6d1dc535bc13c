import fc from 'fast-check';
import type { RawPerson } from '../../../transforms/identity/index.ts';

const word = fc.oneof(
  fc.constantFrom('Ana', 'van der Berg', "O'Brien", 'García-López', 'Smith Jr', 'BABY BOY', 'UNK'),
  fc.constantFrom(
    'Mary Jane',
    'J.',
    'Dr. John',
    'Müller',
    'de la Cruz y Ruiz',
    'test',
    'Baby of Ann',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const date = fc.oneof(
  fc.constantFrom(
    '1980-02-03',
    '19800302',
    '03/02/1980',
    '1980',
    '1980-02',
    '1900-01-01',
    '19160017',
  ),
  fc.date({ noInvalidDate: true }).map((day) => day.toISOString()),
  fc.string({ maxLength: 10 }),
);
const phone = fc.oneof(
  fc.constantFrom('(555) 201-3344', '+61 412 345 678', '0412345678', '1-555-201-3344', '000'),
  fc.string({ unit: fc.constantFrom(...'0123456789+- ()x'), maxLength: 18 }),
);
const identifier = fc.record({
  system: fc.constantFrom('urn:a', 'urn:b', ''),
  value: fc.oneof(fc.constantFrom('123-45-6789', 'UNKNOWN', '0000'), fc.string({ maxLength: 9 })),
  type: fc.constantFrom('MR', 'SS', 'VN'),
});

/** Anything that a source may write about a person, half of it likely and half of it noise. */
export const rawPerson: fc.Arbitrary<RawPerson> = fc.record(
  {
    names: fc.array(
      fc.record(
        { given: word, middle: word, family: word, suffix: fc.constantFrom('Jr.', 'III', 'x') },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
    birthDate: date,
    sex: fc.constantFrom('F', 'male', '1', 'U', ''),
    addresses: fc.array(
      fc.record(
        {
          line: fc.oneof(fc.constantFrom('12 Main St', '4/12 Main Street', 'Homeless'), word),
          city: word,
          state: fc.constantFrom('NSW', 'n s w', ''),
          postalCode: fc.constantFrom('2000', 'AB1 2CD', '00000', ''),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
    phones: fc.array(phone, { maxLength: 2 }),
    emails: fc.array(fc.constantFrom('a.b@x.org', 'A.B@X.ORG', 'none@none.com', 'x'), {
      maxLength: 2,
    }),
    identifiers: fc.array(identifier, { maxLength: 3 }),
    deceased: fc.constantFrom(true, false, '2020-02-02', ''),
    mothersMaidenName: word,
  },
  { requiredKeys: [] },
);
