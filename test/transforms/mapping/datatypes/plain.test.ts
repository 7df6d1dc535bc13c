// Goal: what a conversion makes of a field that is one text (`plain`) is what it makes of the cell
// of that text, and it says nothing of it. Method: a property over all conversions that have it,
// against their own `convert`, beside neighbours of several types.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { conversions } from '../../../../transforms/mapping/datatypes/index.ts';
import {
  type Environment,
  type Settings,
  unsaid,
} from '../../../../transforms/mapping/environment.ts';
import type { Cell } from '../../../../transforms/mapping/reading/index.ts';

const plainOnes = [...conversions.values()].filter(({ plain }) => plain !== undefined);

const text = fc.oneof(
  fc.constantFrom('5.10', '7.0', '<5', '12', '0000', '20240310', '202403101430', '20240230', 'x'),
  fc.constantFrom('20240310143000+0100', '20240310143000', 'mg/dL', 'positive', '1e3', '-.5', '0'),
  fc.string({ minLength: 1, maxLength: 20 }).filter((one) => one.trim() === one && one !== ''),
);
const type = fc.constantFrom('NM', 'ST', 'TX', 'FT', 'SN', 'CWE', 'TS', 'NUM', 'ED', '');

const cellOf = (written: string): Cell => ({
  ...{ parts: [written], path: 'OBX-5', field: 'OBX-5', index: 1 },
});

function environmentOf(said: string[]): Environment {
  return {
    time: { formats: [], zone: undefined, messageOffset: undefined, messageYear: 2024 },
    table: () => undefined,
    authority: () => undefined,
    isContradicted: () => false,
    codeSystem: () => undefined,
    defaultCodeSystem: () => undefined,
    defaultAuthority: () => undefined,
    ucum: (unit) => (unit === 'mg/dL' ? unit : undefined),
    knownUnits: new Map(),
    sourceUri: 'urn:plexus:test',
    issue: (code, _text, cell) => void said.push(`${cell.path} ${code}`),
  };
}

describe('conversions of a field that is one text', () => {
  it('are there', () => {
    const names = plainOnes.map(({ name }) => name);
    assert.ok(names.includes('dateTime') && names.includes('ObservationValue'), names.join());
  });

  it('give what is given for its cell, and say no more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...plainOnes),
        text,
        type,
        text,
        (conversion, own, kind, unit) => {
          const texts = new Map<number | string, string>([
            [2, kind],
            [5, own],
            [6, unit],
          ]);
          const settings: Settings = {
            with: { url: 'urn:test' },
            table: undefined,
            sibling(field) {
              const found = texts.get(field);
              return found ? { ...cellOf(found), path: `OBX-${field}` } : undefined;
            },
            siblingText: (field) => texts.get(field) ?? '',
          };
          const [saidPlain, saidWhole]: [string[], string[]] = [[], []];
          const plain = conversion.plain!(own, environmentOf(saidPlain), settings);
          if (plain === unsaid) {
            assert.deepEqual(saidPlain, []);
            return;
          }
          const cell = cellOf(own);
          const whole = conversion.convertAll
            ? conversion.convertAll([cell], environmentOf(saidWhole), settings)
            : conversion.convert(cell, environmentOf(saidWhole), settings);
          assert.equal(JSON.stringify(plain), JSON.stringify(whole), conversion.name);
          assert.deepEqual(saidPlain, saidWhole, conversion.name);
        },
      ),
      { numRuns: 500 },
    );
  });
});
