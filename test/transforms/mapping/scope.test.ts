// Goal: a rule that stands at one segment means the right other one. Method: messages as lists of
// segment names, with the shapes that real senders make of HL7`s groups.
import assert from 'node:assert/strict';
import { createScope } from '../../../transforms/mapping/scope.ts';

const names = 'MSH PID PV1 ORC OBR OBX NTE OBX NTE NTE SPM OBR OBX'.split(' ');

describe('scope of a rule', () => {
  const scope = createScope(names);

  it('looks up for what owns a segment', () => {
    assert.equal(scope.resolve(7, 'OBR'), 4);
    assert.equal(scope.resolve(7, 'PID'), 1);
    assert.equal(scope.resolve(12, 'PV1'), 2);
    assert.equal(scope.resolve(12, 'OBR'), 11);
  });

  it('an order`s control segment is for one order', () => {
    assert.equal(scope.resolve(5, 'ORC'), 3);
    assert.equal(scope.resolve(12, 'ORC'), -1);
  });

  it('notes belong to what they follow', () => {
    assert.deepEqual(scope.all(5, 'NTE'), [6]);
    assert.deepEqual(scope.all(7, 'NTE'), [8, 9]);
    assert.deepEqual(scope.all(4, 'NTE'), []);
    assert.deepEqual(scope.all(12, 'NTE'), []);
  });

  it('an order owns its results up to the next order', () => {
    assert.deepEqual(scope.all(4, 'OBX'), [5, 7]);
    assert.deepEqual(scope.all(11, 'OBX'), [12]);
    assert.deepEqual(scope.all(4, 'SPM'), [10]);
  });

  it('a second patient sees nothing of the first', () => {
    const two = createScope('MSH PID PV1 OBR OBX PID OBR OBX'.split(' '));
    assert.equal(two.resolve(7, 'PV1'), -1);
    assert.equal(two.resolve(7, 'PID'), 5);
    assert.equal(two.resolve(1, 'PV1'), 2);
    assert.equal(two.resolve(5, 'PV1'), -1);
  });
});
