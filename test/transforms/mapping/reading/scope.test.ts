// Goal: a rule that stands at one segment means the right other one. Method: messages as lists of
// segment names, with the shapes that real senders make of HL7`s groups.
import assert from 'node:assert/strict';
import { createScope } from '../../../../transforms/mapping/reading/scope.ts';

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

  it('a result is of the specimen before it, else of that of its order', () => {
    assert.equal(scope.resolve(5, 'SPM'), 10);
    assert.equal(scope.resolve(7, 'SPM'), 10);
    assert.equal(scope.resolve(12, 'SPM'), -1);
  });

  it('where the specimen comes first, what is asked of it is below', () => {
    const led = createScope('MSH PID SPM OBX SAC OBR ORC NTE TQ1 OBX SPM OBR ORC OBX'.split(' '));
    assert.equal(led.resolve(5, 'SPM'), 2);
    assert.equal(led.resolve(11, 'SPM'), 10);
    assert.deepEqual(led.all(2, 'SAC'), [4]);
    assert.deepEqual([led.resolve(3, 'OBR'), led.resolve(9, 'OBR')], [-1, 5]);
    assert.deepEqual([led.resolve(5, 'ORC'), led.resolve(11, 'ORC')], [6, 12]);
    assert.equal(led.resolve(13, 'ORC'), 12);
    assert.deepEqual(led.all(5, 'NTE'), [7]);
  });

  it('an order that follows its detail is of that one, also where the next has none', () => {
    const mixed = createScope('MSH PID SPM OBR ORC NTE OBX SPM OBR OBX'.split(' '));
    assert.deepEqual([mixed.resolve(3, 'ORC'), mixed.resolve(8, 'ORC')], [4, -1]);
    assert.deepEqual([mixed.resolve(6, 'OBR'), mixed.resolve(9, 'OBR')], [3, 8]);
    assert.deepEqual(mixed.all(3, 'OBX'), [6]);
    const ahead = createScope('MSH PID OBR OBX ORC OBR OBX'.split(' '));
    assert.deepEqual([ahead.resolve(2, 'ORC'), ahead.resolve(5, 'ORC')], [-1, 4]);
  });

  it('notes go past what only continues: to the patient, the order, the specimen', () => {
    const shape = 'MSH PID PD1 NTE PV1 PV2 ORC NTE TQ1 OBR TQ1 NTE ZZZ NTE SPM NTE'.split(' ');
    const noted = createScope(shape);
    assert.deepEqual(noted.all(1, 'NTE'), [3]);
    assert.deepEqual(noted.all(9, 'NTE'), [7, 11, 13]);
    assert.deepEqual(noted.all(14, 'NTE'), [15]);
    assert.deepEqual(noted.all(9, 'TQ1'), [10]);
  });

  it('a diagnosis after an order is of the order, and results go on behind it', () => {
    const order = createScope('MSH PID PV1 DG1 ORC OBR DG1 OBX ORC OBR'.split(' '));
    assert.deepEqual(order.all(5, 'DG1'), [6]);
    assert.deepEqual(order.all(9, 'DG1'), []);
    assert.equal(order.resolve(7, 'OBR'), 5);
    assert.equal(order.resolve(9, 'ORC'), 8);
    assert.equal(order.resolve(2, 'DG1'), 3);
  });

  it('a second patient sees nothing of the first', () => {
    const two = createScope('MSH PID PV1 OBR OBX PID OBR OBX'.split(' '));
    assert.equal(two.resolve(7, 'PV1'), -1);
    assert.equal(two.resolve(7, 'PID'), 5);
    assert.equal(two.resolve(1, 'PV1'), 2);
    assert.equal(two.resolve(5, 'PV1'), -1);
  });
});
