// Goal: what a source writes becomes comparable, and what it writes in place of a value becomes
// unknown. Method: normalising twice changes nothing, over any text; examples for each rule.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalisePerson, type RawPerson, rawOf } from '../../../../transforms/identity/index.ts';
import { normaliseDate } from '../../../../transforms/identity/normalise/index.ts';
import { rawPerson } from '../raw-people.ts';

const nameOf = (given: string, family: string, suffix = '') =>
  normalisePerson({ names: [{ given, family, suffix }] }).names[0];

describe('normalising a person', () => {
  it('changes nothing the second time', () =>
    fc.assert(
      fc.property(rawPerson, (raw) => {
        const { flags: _once, ...once } = normalisePerson(raw);
        const { flags: _twice, ...twice } = normalisePerson(rawOf({ ...once, flags: [] }));
        assert.deepEqual(twice, once);
      }),
      { numRuns: 1000 },
    ));

  it('takes a name apart', () => {
    assert.deepEqual(nameOf('José María', 'García-López'), {
      given: 'JOSE',
      middle: ['MARIA'],
      family: 'GARCIA LOPEZ',
      surnames: ['GARCIA', 'LOPEZ'],
    });
    assert.equal(nameOf('Anna', 'van der Berg')?.family, 'VANDERBERG');
    assert.equal(nameOf('Anna', "O'Brien")?.family, 'OBRIEN');
    assert.equal(nameOf('Anna', 'O Brien')?.family, 'OBRIEN');
    assert.equal(nameOf('Sean', 'Mc Donald')?.family, 'MCDONALD');
    assert.equal(nameOf('Åse', 'Sørensen')?.given, 'ASE');
    assert.equal(nameOf('Åse', 'Sørensen')?.family, 'SORENSEN');
    assert.equal(nameOf('Dr. John', 'Smith, Jr.')?.suffix, 'JR');
    assert.equal(nameOf('John III', 'Smith')?.suffix, 'III');
    assert.equal(nameOf('John', 'Smith', '3rd')?.suffix, 'III');
    assert.equal(nameOf('Robert (Bob)', 'Smith')?.middle, undefined);
  });

  const nobody: readonly (readonly [string, string])[] = [
    ['BABY BOY', 'newborn-name'],
    ['Babygirl', 'newborn-name'],
    ['BB Mary', 'newborn-name'],
    ['Newborn of Ann', 'newborn-name'],
    ['Twin A', 'newborn-name'],
    ['UNK', 'placeholder-name'],
    ['Test', 'placeholder-name'],
    ['XXXX', 'placeholder-name'],
  ];
  for (const [given, flag] of nobody) {
    it(`knows no given name in ${given}`, () => {
      const { names, flags } = normalisePerson({ names: [{ given, family: 'Miller' }] });
      assert.deepEqual(names, [{ family: 'MILLER', surnames: ['MILLER'] }]);
      assert.deepEqual(flags, [flag]);
    });
  }

  it('knows nobody as John Doe', () => {
    const { names, flags } = normalisePerson({ names: [{ given: 'JOHN', family: 'DOE' }] });
    assert.deepEqual([names, flags], [[], ['placeholder-name']]);
  });

  const unknown: readonly (readonly [RawPerson, string])[] = [
    [{ birthDate: '1900-01-01' }, 'placeholder-birth-date'],
    [{ identifiers: [{ system: 'urn:x', value: '000-00-0000' }] }, 'placeholder-identifier'],
    [{ phones: ['999-999-9999'] }, 'placeholder-phone'],
    [{ addresses: [{ line: 'No fixed abode' }] }, 'placeholder-address'],
  ];
  for (const [raw, flag] of unknown) {
    it(`makes a ${flag} unknown`, () => {
      const none = { names: [], addresses: [], phones: [], emails: [], identifiers: [] };
      assert.deepEqual(normalisePerson(raw), { ...none, flags: [flag] });
    });
  }

  const dates: readonly (readonly [string, string | undefined])[] = [
    ['19800203', '1980-02-03'],
    ['198002030915', '1980-02-03'],
    ['1980-02-03T09:15:00Z', '1980-02-03'],
    ['1980/2/3', '1980-02-03'],
    ['2/3/1980', '1980-02-03'],
    ['23/2/1980', '1980-02-23'],
    ['3 Feb 1980', '1980-02-03'],
    ['February 3, 1980', '1980-02-03'],
    ['1980-02', '1980-02'],
    ['1980', '1980'],
    ['19160017', '1916-00-17'],
    ['3.2.80', undefined],
    ['soon', undefined],
  ];
  for (const [text, date] of dates) {
    it(`reads ${text} as ${date}`, () => assert.equal(normaliseDate(text).date, date));
  }
  it('reads a day first where the source does', () =>
    assert.equal(normaliseDate('3/2/1980', 'day-first').date, '1980-02-03'));

  it('gives one number for one phone', () => {
    const written = ['+61 412 345 678', '0412 345 678', '0061-412-345-678', '(0412) 345678 x12'];
    assert.deepEqual(normalisePerson({ phones: written }).phones, ['412345678']);
  });
});
