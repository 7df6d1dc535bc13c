// Goal: the two instruments of the durability test measure what they say.
// Method: traces written by hand, with and without the fsync between journal and ACK, and with two
// threads interleaved; files of our own, one fsynced and one not, of which the kernel is asked.
import assert from 'node:assert/strict';
import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { copyForgetting, folderOnDisk, whyNoForgetting } from './forget.ts';
import { checkTrace } from './trace.ts';

const wal = '20</d/journal/2026-01-01.db-wal>';
const read = (id: string) => `7 read(25<socket:[1]>, "\\vMSH|ADT^A08^ADT_A01|${id}|P", 65536) = 9`;
const journal = `7 pwrite64(${wal}, "x", 1, 0) = 1`;
const sync = `7 fdatasync(${wal}) = 0`;
const answer = (id: string) => `7 writev(25<socket:[1]>, "MSA|AA|${id}\\r", 1) = 20`;
const check = (...lines: string[]) => checkTrace(lines.join('\n'));

describe('the trace of system calls', () => {
  it('accepts an ACK after the fsync of its journal bytes', () => {
    const report = check(read('C0-1'), journal, sync, answer('C0-1'));
    assert.deepEqual(report, { acknowledged: 1, early: [] });
  });

  it('finds an ACK without, before, or with an unfinished fsync', () => {
    const unfinished = `8 fdatasync(${wal} <unfinished ...>`;
    const resumed = '8 <... fdatasync resumed>) = 0';
    const early = [
      check(read('C0-1'), journal, answer('C0-1')),
      check(read('C0-1'), journal, answer('C0-1'), sync),
      check(read('C0-1'), journal, unfinished, answer('C0-1'), resumed),
      check(read('C0-1'), journal, unfinished, journal, resumed, answer('C0-1')),
      check(journal, sync, read('C0-1'), answer('C0-1')),
    ];
    for (const report of early) assert.deepEqual(report.early, ['C0-1']);
  });

  it('follows an fsync that another thread began', () => {
    const unfinished = `8 fdatasync(${wal} <unfinished ...>`;
    const other = '9 read(3</x>, "", 1) = 0';
    const report = check(
      read('C0-1'),
      journal,
      unfinished,
      other,
      '8 <... fdatasync resumed>) = 0',
      answer('C0-1'),
    );
    assert.deepEqual(report.early, []);
  });
});

describe('the disk that forgets', () => {
  it('forgets what was written and not fsynced, and keeps the rest', () => {
    const folder = mkdtempSync(join(folderOnDisk(), 'plexus-forget-'));
    const write = (name: string, isSynced: boolean): void => {
      const handle = openSync(join(folder, 'from', name), 'w');
      writeSync(handle, Buffer.alloc(10_000, 'x'));
      if (isSynced) fdatasyncSync(handle);
      closeSync(handle);
    };
    try {
      mkdirSync(join(folder, 'from'));
      write('kept', true);
      write('lost', false);
      const reason = whyNoForgetting(join(folder, 'from/kept'));
      if (reason) {
        console.log(`      not run: ${reason}`);
        return;
      }
      assert.equal(copyForgetting(join(folder, 'from'), join(folder, 'to')), 3);
      assert.equal(readFileSync(join(folder, 'to/kept'), 'latin1'), 'x'.repeat(10_000));
      assert.equal(readFileSync(join(folder, 'to/lost'), 'latin1'), '\0'.repeat(10_000));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
