import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Hl7Message,
  orderingKeys,
  parse,
  peekHeader,
  splitBatch,
} from '../../transforms/hl7v2/index.ts';

// Goal: messages that others wrote are read whole: nothing throws, the look from outside agrees
// with the parse, no value is lost and none is changed.
// Method: every message of the corpus; the header is compared with the parsed MSH, the fields
// with the bytes between the separators.

const corpora = process.env.PLEXUS_CORPORA ?? join(import.meta.dirname, '../../../shared/corpora');
const root = join(corpora, 'hl7v2-fhir');
const files = existsSync(root)
  ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.hl7'))
  : [];

function messagesOf(file: string): Buffer[] {
  const bytes = readFileSync(join(root, file));
  const batch = splitBatch(bytes);
  if (batch.kind === 'single') return [bytes];
  return batch.parts.map(({ start, end }) => bytes.subarray(start, end));
}

/** Joins what was read with what was there to be read. */
function assertWhole(message: Hl7Message): void {
  const { bytes, delimiters } = message;
  for (const segment of message.segments) {
    const from = segment.name === 'MSH' ? 2 : 1;
    const fields = [];
    for (let field = from; field <= segment.fieldCount; field += 1) {
      fields.push(segment.raw({ ...whole, segment: segment.name, field })!.toString('latin1'));
    }
    const line = [segment.name, ...fields].join(delimiters.field);
    const end = segment.offset + line.length;
    assert.equal(line, bytes.toString('latin1', segment.offset, end));
    assert.match(bytes.toString('latin1', end, end + 1), /^[\r\n]?$/);
  }
}

const whole = {
  occurrence: 1,
  repetition: 1,
  component: 1,
  subcomponent: 1,
  depth: 'field',
} as const;

describe('the parser on messages of others', () => {
  it('has a corpus', () => assert.ok(files.length > 100, 'no corpus: set PLEXUS_CORPORA'));

  for (const file of files) {
    it(file, () => {
      for (const bytes of messagesOf(file)) {
        const header = peekHeader(bytes);
        assert.ok(header);
        const message = parse(bytes);
        assert.equal(message.getText('MSH-3') ?? '', header.sendingApplication);
        assert.equal(message.getText('MSH-4') ?? '', header.sendingFacility);
        assert.equal(message.get('MSH-9.1') ?? '', header.messageCode);
        assert.equal(message.get('MSH-9.2') ?? '', header.triggerEvent);
        assert.equal(message.get('MSH-10') ?? '', header.controlId);
        assert.equal(message.get('MSH-12') ?? '', header.version);
        assertWhole(message);
        const blocking = message.issues.filter(({ severity }) => severity === 'error');
        assert.deepEqual(blocking, []);
        const patient = message.get('PID-3.1') ?? message.get('PID-2') ?? message.get('PID-4');
        if (patient) assert.equal(orderingKeys(bytes, [])[0], patient);
      }
    });
  }
});
