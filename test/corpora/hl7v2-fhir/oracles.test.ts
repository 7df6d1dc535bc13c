// Goal: our parser reads what other parsers read. Method: each value of each message of the
// corpora, and of random messages, is read by node-hl7-client and by @medplum/core too, down to
// the component. What they are known to do otherwise is left out, and shown by a case of its own,
// so that a release which mends it is noticed.
import assert from 'node:assert/strict';
import { Hl7Message as MedplumMessage } from '@medplum/core';
import fc from 'fast-check';
import { Message as ClientMessage } from 'node-hl7-client';
import { type Hl7Message, parse } from '../../../transforms/hl7v2/index.ts';
import { messages, type Written, write } from '../../transforms/hl7v2/random-message.ts';
import { samples } from './corpus.ts';

type Place = {
  readonly segment: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
};

/** Text of a component as another parser reads it. */
type Oracle = (place: Place) => string;

/** Reads a value as it is written: it decodes no escapes. */
function medplum({ text }: Hl7Message): Oracle {
  const { segments } = MedplumMessage.parse(text);
  return ({ segment, field, repetition, component }) =>
    segments[segment]?.getField(field)?.components[repetition - 1]?.[component - 1] ?? '';
}

function client({ text, segments }: Hl7Message): Oracle {
  const theirs = new ClientMessage({ text });
  const names = segments.map(({ name }) => name);
  return ({ segment, field, repetition, component }) => {
    const name = names[segment]!;
    const among = names.slice(0, segment).filter((other) => other === name).length;
    // The field separator is no field of MSH to it.
    const read = theirs
      .get(name)
      .get(among)
      .get(name === 'MSH' ? field - 1 : field);
    return read
      .get(repetition - 1)
      .get(component - 1)
      .toString();
  };
}

/** It cuts a segment at any line break. */
const isBeyondMedplum = (message: Hl7Message): boolean =>
  message.segments.some((segment) => /[\r\n]/.test(message.text.slice(segment.start, segment.end)));

/** It has no subcomponents, drops escapes that it does not know, and trims. */
const isBeyondClient = (written: string): boolean =>
  /[&\\\r\n]/.test(written) || written !== written.trim();

type Counts = { medplum: number; client: number };

/** Compares what each reads; adds up the values. */
function compare(message: Hl7Message, counts: Counts): void {
  const ofMedplum = isBeyondMedplum(message) ? undefined : medplum(message);
  const ofClient = client(message);
  for (const place of placesOf(message)) {
    const { segment, field, repetition, component } = place;
    const path = `${message.segments[segment]!.name}-${field}[${repetition}].${component}`;
    const written = message.segments[segment]!.written(path) ?? '';
    if (ofMedplum) {
      assert.equal(ofMedplum(place), written, `medplum: ${path}`);
      counts.medplum += 1;
    }
    if (isBeyondClient(written)) continue;
    assert.equal(ofClient(place), written, `node-hl7-client: ${path}`);
    counts.client += 1;
  }
}

function* placesOf(message: Hl7Message): Generator<Place> {
  for (const [segment, one] of message.segments.entries())
    for (let field = one.name === 'MSH' ? 3 : 1; field <= one.fieldCount; field += 1)
      for (let repetition = 1; repetition <= one.repetitions(field); repetition += 1)
        for (let component = 1; component <= one.components(field, repetition); component += 1)
          yield { segment, field, repetition, component };
}

describe('beside other parsers', () => {
  it('the values of the corpora are the same', () => {
    const counts = { medplum: 0, client: 0 };
    for (const { bytes } of samples()) compare(parse(bytes), counts);
    console.log(`      ${counts.medplum} and ${counts.client} values`);
    assert.ok(counts.medplum > 10_000 && counts.client > 10_000);
  });

  it('the values of random messages are the same', () => {
    const counts = { medplum: 0, client: 0 };
    const isStandard = ({ delimiters, bom }: Written): boolean =>
      !bom && delimiters.field === '|' && delimiters.truncation === '';
    const one = messages.filter(isStandard);
    fc.assert(
      fc.property(one, (written) => compare(parse(write(written)), counts)),
      { numRuns: 300, seed: 20261123 },
    );
    assert.ok(counts.medplum > 1000 && counts.client > 1000);
  });

  describe('known faults are still there', () => {
    const header = 'MSH|^~\\&|A|B|C|D|2024||ADT^A01|1|P|2.5.1';
    const read = (line: string) => parse(Buffer.from(`${header}\r${line}\r`));
    const place = { segment: 1, field: 1, repetition: 1, component: 1 };

    it('@medplum/core decodes no escapes', () => {
      assert.equal(medplum(read('ZPD|a\\T\\b'))(place), 'a\\T\\b');
      assert.equal(read('ZPD|a\\T\\b').get('ZPD-1'), 'a&b');
    });

    it('@medplum/core cuts a value at a line feed', () => {
      assert.equal(medplum(read('OBX|a\nb'))(place), 'a');
      assert.equal(read('OBX|a\nb').get('OBX-1'), 'a\nb');
    });

    it('node-hl7-client drops what is no escape of a delimiter', () => {
      assert.notEqual(client(read('ZPD|a\\.br\\b'))(place), 'a\nb');
      assert.equal(read('ZPD|a\\.br\\b').get('ZPD-1'), 'a\nb');
    });

    it('node-hl7-client trims the end of a segment', () => {
      assert.equal(client(read('ZPD|a '))(place), 'a');
      assert.equal(read('ZPD|a ').get('ZPD-1'), 'a ');
    });
  });
});
