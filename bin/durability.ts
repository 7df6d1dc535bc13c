import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** One thing looked at: `ok`, or what a person should do something about. */
export type Finding = {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly text: string;
};

const block = Buffer.alloc(4096, 0x5a);
const rounds = 200;

/**
 * Below this no device has been asked: a flash write with power-loss protection takes 20 us or
 * more.
 */
const impossibleUs = 8;

/**
 * Measures what `fdatasync` costs in a folder, as SQLite calls it at each commit. A program
 * cannot prove that a disk keeps what it promised (only pulling the plug can); it can see the lie
 * when the answer comes faster than a device can give it.
 */
export function measureDurability(folder: string): Finding[] {
  const synced = measure(folder, true);
  const written = measure(folder, false);
  const text =
    `${synced.medianUs} us a 4 KiB write with fdatasync (p99 ${synced.p99Us}), ` +
    `${written.medianUs} us without; ${Math.floor(1e6 / Math.max(1, synced.medianUs))} commits/s`;
  const finding = (verdict: Finding['verdict'], more: string): Finding => ({
    check: 'fsync',
    verdict,
    text: `${text}${more}`,
  });
  if (process.env.LD_PRELOAD?.includes('eatmydata'))
    return [finding('failed', '; libeatmydata is loaded: nothing is synced at all')];
  if (synced.medianUs - written.medianUs < impossibleUs)
    return [finding('failed', '; no device was asked: fsync is not honoured here')];
  return [finding('ok', '')];
}

function measure(folder: string, isSynced: boolean): { medianUs: number; p99Us: number } {
  const dir = mkdtempSync(join(folder, '.plexus-doctor-'));
  const file = openSync(join(dir, 'probe'), 'wx', 0o600);
  const tookUs: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const began = process.hrtime.bigint();
      writeSync(file, block);
      if (isSynced) fdatasyncSync(file);
      tookUs.push(Number(process.hrtime.bigint() - began) / 1000);
    }
  } finally {
    closeSync(file);
    rmSync(dir, { recursive: true });
  }
  tookUs.sort((left, right) => left - right);
  const at = (share: number) => Math.round(tookUs[Math.floor(share * (rounds - 1))]!);
  return { medianUs: at(0.5), p99Us: at(0.99) };
}
