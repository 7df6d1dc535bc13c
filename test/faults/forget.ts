import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './process.ts';

const pageBytes = 4096;

/**
 * Asks the kernel, page by page, what of a file is not on the disk: cachestat(2), Linux 6.5, system
 * call 451 on every architecture. Perl is in every Debian and can call it; Node cannot.
 */
const askKernel = `
open(my $f, '<', $ARGV[0]) or die "open: $!";
my $pages = int((-s $f) / 4096) + 1;
for my $page (0 .. $pages - 1) {
  my $range = pack('QQ', $page * 4096, 4096);
  my $stat = "\\0" x 40;
  die "cachestat: $!" if syscall(451, fileno($f), $range, $stat, 0) != 0;
  my (undef, $dirty, $writeback) = unpack('Q5', $stat);
  print "$page\\n" if $dirty || $writeback;
}`;

/**
 * Numbers of the 4,096-byte pages of a file that a power cut now would forget. Throws without perl.
 */
export function forgettablePages(file: string): number[] {
  const output = execFileSync('perl', ['-e', askKernel, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return output.split('\n').filter(Boolean).map(Number);
}

/**
 * Copies a folder as a power cut at this moment would leave it: every page that was written and not
 * fsynced is zero. The writer must be stopped meanwhile. Answers with the pages forgotten.
 */
export function copyForgetting(from: string, to: string): number {
  cpSync(from, to, { recursive: true });
  let forgotten = 0;
  for (const entry of readdirSync(from, { recursive: true }) as string[]) {
    const file = join(from, entry);
    if (!statSync(file).isFile() || entry.endsWith('-shm')) continue;
    const pages = forgettablePages(file);
    if (pages.length === 0) continue;
    const bytes = readFileSync(join(to, entry));
    for (const page of pages) {
      const start = page * pageBytes;
      const isRunOn = pages.includes(page - 1);
      const from = isRunOn ? start : endOfOlderFrame(bytes, start);
      bytes.subarray(from, start + pageBytes).fill(0);
    }
    writeFileSync(join(to, entry), bytes);
    forgotten += pages.length;
  }
  return forgotten;
}

/**
 * A page may hold the end of one WAL frame and the beginning of the next. When the page before it
 * is on the disk, the older frame was fsynced whole, and only the newer one has made the page
 * dirty: a power cut leaves the older one's bytes. Answers with the place where they end.
 * (https://sqlite.org/fileformat2.html#the_write_ahead_log)
 */
function endOfOlderFrame(bytes: Buffer, start: number): number {
  const headerBytes = 32;
  const isLog = bytes.length > headerBytes && bytes.readUInt32BE(0) >>> 1 === 0x377f0682 >>> 1;
  if (!isLog || start < headerBytes) return start;
  const frameBytes = 24 + bytes.readUInt32BE(8);
  const into = (start - headerBytes) % frameBytes;
  const end = start + frameBytes - into;
  return into === 0 || end >= start + pageBytes ? start : end;
}

/** Why pages cannot be asked for on this machine, in one line; undefined where they can. */
export function whyNoForgetting(file: string): string | undefined {
  if (process.platform !== 'linux') return 'the kernel is not Linux';
  if (!existsSync(file)) return `${file} is not there`;
  try {
    forgettablePages(file);
    return undefined;
  } catch (cause) {
    const text = String((cause as { stderr?: string }).stderr ?? cause);
    return `the kernel does not tell which pages are on the disk: ${text.trim().split('\n')[0]}`;
  }
}

const memoryFileSystem = 0x01021994;

/**
 * A folder on a disk: a memory file system keeps no pages back, so nothing can be forgotten there.
 */
export function folderOnDisk(): string {
  return statfsSync(tmpdir()).type === memoryFileSystem ? root : tmpdir();
}
