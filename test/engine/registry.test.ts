// Goal: a component is loaded when it is named and not before, once, and is the one that the list
// says it is.
// Method: a registry of components that note each time they are loaded.
import assert from 'node:assert/strict';
import { z } from 'zod';
import { createRegistry, type Listed, type StageComponent } from '../../engine/index.ts';

const component = (name: string): StageComponent => ({
  ...{ role: 'stage', name, summary: '', guarantees: '', example: name },
  schema: z.unknown(),
  create: () => ({ name, run: () => assert.fail() }),
});

describe('a registry of listed components', () => {
  let loaded: string[] = [];
  const listed = (name: string, gives = name): Listed => ({
    ...{ role: 'stage', name },
    load() {
      loaded.push(name);
      return component(gives);
    },
  });
  beforeEach(() => {
    loaded = [];
  });

  it('knows all names and loads what is asked for, once', () => {
    const { stages } = createRegistry([listed('a'), component('b'), listed('c')]);
    assert.deepEqual([...stages.keys()], ['a', 'b', 'c']);
    assert.equal(stages.size, 3);
    assert.ok(stages.has('c') && !stages.has('d'));
    assert.equal(stages.get('d'), undefined);
    assert.deepEqual(loaded, []);
    assert.equal(stages.get('c')?.name, 'c');
    assert.equal(stages.get('c'), stages.get('c'));
    assert.deepEqual(loaded, ['c']);
  });

  it('loads all for who looks at all', () => {
    const { stages } = createRegistry([listed('a'), component('b')]);
    const names = ['a', 'b'];
    assert.deepEqual(
      Array.from(stages.values(), (one) => one.name),
      names,
    );
    assert.deepEqual(
      Array.from(stages, ([name]) => name),
      names,
    );
    const told: string[] = [];
    stages.forEach((one, name) => void told.push(`${name} ${one.name}`));
    assert.deepEqual(told, ['a a', 'b b']);
    assert.deepEqual(
      [...stages.entries()],
      names.map((name) => [name, stages.get(name)]),
    );
    assert.deepEqual(loaded, ['a']);
  });

  it('refuses two of one name, and one that is another than its name says', () => {
    assert.throws(() => createRegistry([listed('a'), component('a')]), /two stages are called a/);
    const { stages } = createRegistry([listed('a', 'b')]);
    assert.throws(() => stages.get('a'), /the stage listed as a is the stage b/);
  });
});
