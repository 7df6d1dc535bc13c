// Goal: ids are name-based UUIDs that never change. Method: a value worked out with Python's
// uuid.uuid5 as another implementation, and properties over random names.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isR4Type, nameUuid, resourceId } from '../../../transforms/fhir/index.ts';

describe('resource ids', () => {
  it('are what uuid5 of another language gives', () => {
    assert.equal(nameUuid('x'), '48cc7b80-70af-55fb-9351-7dc1b625b542');
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
