// Goal: records that differ in one field still meet, and keys are stable numbers. Method: one field
// at a time is spoilt in a full record; the keys are pinned so that an index on disk stays valid.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  blockingKeys,
  normalisePerson,
  prepare,
  type RawPerson,
} from '../../../../transforms/identity/index.ts';
import { rawPerson } from '../raw-people.ts';

const keysOf = (raw: RawPerson) => blockingKeys(prepare(normalisePerson(raw)));
const full: RawPerson = {
  names: [{ given: 'Lachlan', family: 'Berry' }],
  birthDate: '1999-02-19',
  addresses: [{ line: '69 Giblin Street', city: 'Bittern', postalCode: '4814' }],
  phones: ['5552013344'],
  emails: ['l.berry@x.org'],
  identifiers: [{ system: 'urn:ssn', value: '7364009' }],
};

describe('blocking keys', () => {
  it('are whole numbers below 2^52, each once', () =>
    fc.assert(
      fc.property(rawPerson, (raw) => {
        const keys = keysOf(raw);
        for (const key of keys) assert.ok(Number.isSafeInteger(key) && key >= 0 && key < 2 ** 52);
        assert.equal(new Set(keys).size, keys.length);
      }),
    ));

  it('are none for a record with nothing but a sex', () => {
    assert.deepEqual(keysOf({ sex: 'F' }), []);
  });

  const spoilt: readonly (readonly [string, RawPerson])[] = [
    ['given name', { ...full, names: [{ given: 'Xu', family: 'Berry' }] }],
    ['surname', { ...full, names: [{ given: 'Lachlan', family: 'Kowalski' }] }],
    ['birth date', { ...full, birthDate: '1950-07-08' }],
    ['address', { ...full, addresses: [{ line: '1 Elm Rd', city: 'Perth', postalCode: '6000' }] }],
  ];
  for (const [field, other] of spoilt) {
    it(`meet when the ${field} differs, without contact or identifier`, () => {
      const bare = ({ names, birthDate, addresses }: RawPerson) =>
        keysOf({ names: names ?? [], birthDate: birthDate ?? '', addresses: addresses ?? [] });
      assert.ok(bare(full).some((key) => bare(other).includes(key)));
    });
  }

  it('meet by sound, in either order of the names, and with day and month exchanged', () => {
    const other = { names: [{ given: 'Bery', family: 'Lachlen' }], birthDate: '1999-19-02' };
    const { names = [], birthDate = '' } = full;
    assert.ok(keysOf({ names, birthDate }).some((key) => keysOf(other).includes(key)));
  });
});
