import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Message } from 'node-hl7-client';
import { escapeText, parse, standardDelimiters } from '../../../transforms/hl7v2/index.ts';

// Goal: our parser reads what another parser reads.
// Method: random messages are read by node-hl7-client too, value by value, down to the component
// and over repetitions. Left out is what it is known to do otherwise: it has no subcomponents in a
// path, decodes no escapes but those of delimiters, and trims the end of every segment (so each
// ends in a letter).

const text = fc.string({ unit: fc.constantFrom(...'ab 1-é|^~\\&'), maxLength: 8 });
const components = fc.array(text, { minLength: 1, maxLength: 4 });
const repetitions = fc.array(components, { minLength: 1, maxLength: 3 });
const fields = fc.array(repetitions, { minLength: 1, maxLength: 6 });
const segments = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('PID', 'PV1', 'OBX', 'ZPD'), fields }),
  { selector: ({ name }) => name, minLength: 1 },
);

type Segments = typeof segments extends fc.Arbitrary<infer T> ? T : never;

const write = (written: Segments): string => {
  const escaped = (value: string) => escapeText(value, standardDelimiters);
  const lines = written.map(({ name, fields }) =>
    [
      name,
      ...fields.map((each) => each.map((parts) => parts.map(escaped).join('^')).join('~')),
      'z',
    ].join('|'),
  );
  return ['MSH|^~\\&|A|B|C|D|2024||ADT^A01|1|P|2.5.1', ...lines].join('\r');
};

describe('beside node-hl7-client', () => {
  it('the values are the same', () => {
    let compared = 0;
    fc.assert(
      fc.property(segments, (written) => {
        const wire = write(written);
        const ours = parse(Buffer.from(wire));
        const theirs = new Message({ text: wire });
        for (const { name, fields } of written) {
          for (const [f, each] of fields.entries()) {
            const field = theirs.get(`${name}.${f + 1}`);
            for (const r of each.keys()) {
              const path = `${name}-${f + 1}[${r + 1}]`;
              assert.equal(ours.get(path) ?? '', field.get(r).toString(), path);
              compared += 1;
            }
            for (const c of each[0]!.keys()) {
              const read = ours.get(`${name}-${f + 1}.${c + 1}`) ?? '';
              assert.equal(read, theirs.get(`${name}.${f + 1}.${c + 1}`).toString());
              compared += 1;
            }
          }
        }
      }),
    );
    assert.ok(compared > 500);
  });
});
