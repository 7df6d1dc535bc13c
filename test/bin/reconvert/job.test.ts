// Goal: a reconversion that is killed while it compares goes on and finds what a whole run finds.
// Method: the job is opened, told some ranges and left, as a killed process leaves it, at every
// point; then the rest is told, and what it found is compared with that of one whole run.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Compared } from '../../../bin/reconvert/compare-worker.ts';
import { addMessage, addSame, newDiff } from '../../../bin/reconvert/diff.ts';
import { openJob } from '../../../bin/reconvert/job.ts';

const key = Buffer.alloc(32, 3);
const asked = { channel: 'a', since: '1d', until: '', revision: 'r' };
const open = (dataDir: string) => openJob(dataDir, key, asked, { sinceUs: 0, untilUs: 9 });

function compared(id: number): Compared {
  const diff = newDiff();
  if (id % 2 === 0) addSame(diff);
  else
    addMessage(diff, String(id), 'converted -> quarantined (x)', [
      { rule: 'patient-name', path: 'Patient.name', old: 'a', new: `b${id % 3}` },
    ]);
  return { diff, planned: id % 2 === 0 ? [] : [{ id }] } as unknown as Compared;
}

/** Opens the job once for each number of ranges, and leaves it after them without an end. */
function told(stops: readonly number[]): { diff: unknown; planned: number } {
  const dataDir = mkdtempSync(join(tmpdir(), 'plexus-job-'));
  try {
    for (const stop of stops) {
      const job = open(dataDir);
      for (let id = job.comparedTo; id < stop; id += 1) job.add(compared(id), id + 1);
      job.close();
    }
    const job = open(dataDir);
    for (let id = job.comparedTo; id < 9; id += 1) job.add(compared(id), id + 1);
    job.finishComparing();
    const found = { diff: structuredClone(job.diff), planned: job.plannedCount() };
    job.end();
    return found;
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

describe('the job of a reconversion', () => {
  const whole = told([]);

  it('finds the same wherever it was left', () => {
    for (const stops of [[0], [1], [5], [9], [0, 0, 3, 0, 7]])
      assert.deepEqual(told(stops), whole, stops.join());
  });

  it('knows what it has found when all was compared', () => {
    assert.equal(whole.planned, 4);
  });
});
