// Goal: ids are name-based UUIDs that never change. Method: a value worked out with Python's
// uuid.uuid5 as another implementation, OpenSSL's SHA-1 as the oracle of ours for names of every
// length around its blocks, and properties over random names.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { isR4Type, nameUuid, resourceId } from '../../../transforms/fhir/index.ts';

describe('resource ids', () => {
  it('are what uuid5 of another language gives', () => {
    assert.equal(nameUuid('x'), '48cc7b80-70af-55fb-9351-7dc1b625b542');
  });

  it('hash as OpenSSL does, whatever the length and the letters', () => {
    const namespace = Buffer.from('5b1c1a4ad9a54a0e8c6f1b0f7c3d2e91', 'hex');
    const expected = (name: string): string => {
      const digest = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'hex');
      return digest.slice(0, 12) + digest.slice(13, 16) + digest.slice(17, 32);
    };
    const found = (name: string): string => {
      const id = nameUuid(name).replaceAll('-', '');
      return id.slice(0, 12) + id.slice(13, 16) + id.slice(17);
    };
    for (let length = 0; length < 130; length += 1)
      for (const letter of ['a', '\u00e9', '\u{1f600}', '\ud83d'])
        assert.equal(found(letter.repeat(length)), expected(letter.repeat(length)));
    for (const length of [255, 256, 257, 1_000])
      assert.equal(found('\u4e2d'.repeat(length)), expected('\u4e2d'.repeat(length)));
    const name = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(fc.property(name, (text) => assert.equal(found(text), expected(text))));
  });

  it('have version 5 and the variant of RFC 9562, and differ where their parts differ', () => {
    const part = fc.string({ unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(part, part, part, part, (source, type, key, other) => {
        const id = resourceId(source, type, key);
        assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(id === resourceId(source, type, other), key === other);
        assert.equal(id === resourceId(other, type, key), source === other);
      }),
    );
  });

  it('knows the types of R4 and no others', () => {
    assert.ok(isR4Type('Observation') && isR4Type('Bundle') && isR4Type('MedicinalProduct'));
    assert.ok(!isR4Type('Citation') && !isR4Type('patient') && !isR4Type('constructor'));
  });
});
