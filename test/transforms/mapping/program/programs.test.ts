// Goal: rules written out as programs, and what rules remember of messages before, change nothing:
// a conversion is a function of its message and its mapping. Method: properties over messages with
// strange fields, against the same rules asked one by one by a mapping that has seen no message;
// conversions that are remembered are run where nothing but their text can be read.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { kinds, messagesOf } from '../../../../bench/convert-messages.ts';
import { compileMapping } from '../../../../transforms/mapping/compile.ts';
import { convertRaw } from '../../../../transforms/mapping/convert/bytes.ts';
import { conversions } from '../../../../transforms/mapping/datatypes/index.ts';
import type { Environment, Settings } from '../../../../transforms/mapping/environment.ts';
import { loadMapping } from '../../../../transforms/mapping/index.ts';
import { newProgram } from '../../../../transforms/mapping/program/program.ts';
import { admission, result, text } from '../messages.ts';

const loaded = loadMapping('config', 'base');
/** Rules that somebody looks at are asked one by one. */
const asked = () => compileMapping(loaded, (rule) => rule);
const written = compileMapping(loaded);
const lines = (bytes: Buffer): string[] => bytes.toString().trim().split('\r');
const samples = [admission, result, ...kinds.flatMap((kind) => messagesOf(kind, 3).map(lines))];
for (let turn = 0; turn < 12; turn += 1)
  for (const sample of samples) convertRaw(written, Buffer.from(text(sample)));

const field = fc.constantFrom(
  ...['', '""', '^', '~', 'A^B^C', 'A~B', '""~B', '^^^X&2.999.1&ISO', 'a \\T\\ b', '\\Zx\\', 'N&M'],
  ...['F', 'C', 'X', 'W', 'D', '1', '5.10', '20240310', '20240310143000', '0000', '2024', '12.5'],
  ...['ED', 'NM', 'TS', 'CWE', 'LAB', '8716-3', 'M', 'Y', 'R~S~T', 'P1^EHR', '1042^Proofman^Ada'],
);
const change = fc.record({
  segment: fc.nat(30),
  field: fc.integer({ min: 1, max: 45 }),
  field2: field,
});
const strange = fc
  .record({ sample: fc.constantFrom(...samples), changes: fc.array(change, { maxLength: 6 }) })
  .map(({ sample, changes }) => {
    const segments = [...sample];
    for (const { segment, field: number, field2 } of changes) {
      const at = 1 + (segment % (segments.length - 1));
      const fields = segments[at]!.split('|');
      while (fields.length <= number) fields.push('');
      fields[number] = field2;
      segments[at] = fields.join('|');
    }
    return Buffer.from(text(segments));
  });

describe('rules written out as programs', () => {
  it('say what the rules say one by one, whatever came before', () => {
    let fresh = asked();
    let converted = 0;
    fc.assert(
      fc.property(strange, (bytes) => {
        converted += 1;
        if (converted % 20 === 0) fresh = asked();
        const expected = convertRaw(fresh, bytes);
        assert.equal(JSON.stringify(convertRaw(written, bytes)), JSON.stringify(expected));
        assert.deepEqual(convertRaw(written, bytes), convertRaw(written, bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('hold names of elements, and refuse to hold anything else', () => {
    const program = newProgram();
    assert.equal(program.element('valueQuantity'), 'valueQuantity');
    for (const name of ['a b', 'x;y', "a'", 'a`', '', '1a', 'a.b'])
      assert.throws(() => program.element(name), /is no FHIR element/);
    const hostile = "'; process.exit(1); //";
    program.add(`return ${program.constant(hostile)};`);
    const made = program.make(`fill_${hostile}`, []) as () => string;
    assert.equal(made(), hostile);
  });
});

describe('what rules remember', () => {
  it('is of conversions that read their text and the fields beside it, and nothing else', () => {
    const cell = { parts: ['1042', 'Ada', 'LN'], path: 'OBX-3', field: 'OBX-3', index: 1 };
    const refuse = (what: string) => () => assert.fail(`a remembered conversion asks for ${what}`);
    for (const conversion of conversions.values()) {
      const { remembers } = conversion;
      if (remembers?.for !== 'ever') continue;
      const environment = new Proxy({} as Environment, {
        get: (_target, name) => {
          if (name === 'time' || name === 'defaultAuthority') return refuse(String(name))();
          if (name === 'knownUnits') return new Map();
          return name === 'sourceUri' ? 'urn:plexus:test' : () => undefined;
        },
      });
      const settings: Settings = {
        with: {},
        table: undefined,
        sibling(asked) {
          assert.ok(
            remembers.beside?.includes(asked as number),
            `${conversion.name} reads ${asked}`,
          );
          return undefined;
        },
        siblingText: (asked) => assert.fail(`${conversion.name} reads ${asked}`),
      };
      assert.equal(conversion.convertAll, undefined, conversion.name);
      conversion.convert(cell, environment, settings);
    }
  });

  const madeOf = (bytes: Buffer, type: string) => {
    const converted = convertRaw(written, bytes);
    const { contributions } = converted.kind === 'pass' ? converted.conversion : assert.fail();
    return contributions.find((contribution) => contribution.type === type)!.set;
  };

  it('is shared by messages, and nobody can change it', () => {
    const code = () => madeOf(Buffer.from(text(result)), 'Observation').code;
    const first = code();
    assert.equal(first, code());
    assert.throws(() => {
      (first as { text?: string }).text = 'changed';
    }, TypeError);
  });

  it('is shared by the repetitions of fields that have one', () => {
    const [bytes] = messagesOf('ADT^A01', 1);
    const attender = () => {
      const { participant } = madeOf(bytes!, 'Encounter') as unknown as fhir4.Encounter;
      return participant![0]!.individual;
    };
    assert.equal(attender()?.type, 'Practitioner');
    assert.equal(attender(), attender());
    const twice = bytes!.toString().replace('|1042^Proofman^Ada^^^Dr|', '|1^A~2^B|');
    const both = madeOf(Buffer.from(twice), 'Encounter') as unknown as fhir4.Encounter;
    const shown = both.participant!.map(({ individual }) => individual?.display);
    assert.deepEqual(shown.slice(0, 2), ['A', 'B']);
  });

  it('is a copy of its own where another rule writes into it', () => {
    const [bytes] = messagesOf('RDE^O11', 1);
    const drugs = (also: string) => {
      const segments = lines(bytes!).map((segment) => {
        if (!segment.startsWith('RXE|')) return segment;
        const fields = segment.split('|');
        while (fields.length < 32) fields.push('');
        fields[31] = also;
        return fields.join('|');
      });
      return (
        madeOf(Buffer.from(text(segments)), 'Medication').code as fhir4.CodeableConcept
      ).coding!.map(({ code }) => code);
    };
    const alone = drugs('');
    assert.deepEqual(drugs('A1^Alternate^LOCAL'), [...alone, 'A1']);
    assert.deepEqual(drugs(''), alone);
  });
});
