// Goal: what was found sound is known again after a start, and nothing else is: another text,
// another name, a file more or other code must be looked at anew.
// Method: one change at a time against a note that was made, in a cache folder of the test's own.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { soundness } from '../../../engine/index.ts';

describe('what an earlier start found sound', () => {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-soundness-'));
  const cache = process.env.NODE_COMPILE_CACHE;
  const write = (name: string, text: string): string => {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  let file = '';
  let code = '';
  beforeEach(() => {
    process.env.NODE_COMPILE_CACHE = join(dir, 'cache');
    file = write('a.yaml', 'one');
    code = join(write('code/check.ts', 'check();'), '..');
    soundness([code], 'a', [file]).note();
  });
  afterEach(() => {
    if (cache === undefined) delete process.env.NODE_COMPILE_CACHE;
    else process.env.NODE_COMPILE_CACHE = cache;
    rmSync(dir, { recursive: true });
  });

  it('is known again', () => assert.ok(soundness([code], 'a', [file]).isSound()));

  it('is another thing with another text, also one of the same length', () => {
    for (const text of ['two', 'one ']) {
      write('a.yaml', text);
      assert.ok(!soundness([code], 'a', [file]).isSound());
    }
    write('a.yaml', 'one');
    assert.ok(soundness([code], 'a', [file]).isSound());
  });

  it('is another thing by another name, with a file more, and with one less', () => {
    assert.ok(!soundness([code], 'b', [file]).isSound());
    assert.ok(!soundness([code], 'a', [file, write('b.yaml', '')]).isSound());
    assert.ok(!soundness([code], 'a', []).isSound());
    assert.ok(!soundness([code], 'a', [write('c.yaml', 'one')]).isSound());
  });

  it('is another thing to other code', () => {
    const other = join(write('other/check.ts', 'check(1);'), '..');
    assert.ok(!soundness([other], 'a', [file]).isSound());
    const same = join(write('same/check.ts', 'check();'), '..');
    assert.ok(soundness([same], 'a', [file]).isSound());
  });

  it('is the same wherever the files lie', () => {
    assert.ok(soundness([code], 'a', [write('elsewhere/a.yaml', 'one')]).isSound());
  });

  it('is nothing where there is no cache, or it cannot be written', () => {
    delete process.env.NODE_COMPILE_CACHE;
    const none = soundness([code], 'a', [file]);
    none.note();
    assert.ok(!none.isSound());
    process.env.NODE_COMPILE_CACHE = file;
    const blocked = soundness([code], 'a', [file]);
    blocked.note();
    assert.ok(!blocked.isSound());
  });

  it('is a mark without a word of what was checked', () => {
    const marks = readdirSync(join(dir, 'cache/sound'));
    assert.match(marks.join(), /^[0-9a-f]{64}$/);
  });
});
