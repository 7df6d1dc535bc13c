/** What a trace of system calls says about the order of reading, fsync and acknowledging. */
export type TraceReport = {
  /** Positive acknowledgements that were seen going out. */
  readonly acknowledged: number;
  /** Control ids whose AA went out before the journal's bytes were on the disk. */
  readonly early: readonly string[];
};

/** The system calls that `checkTrace` understands, for strace's `-e trace=`. */
export const tracedCalls =
  'read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync';

/** Arguments that make strace write what `checkTrace` reads. */
export function straceArguments(output: string): string[] {
  return ['strace', '-f', '-y', '-s', '600', '--seccomp-bpf', '-e', `trace=${tracedCalls}`].concat([
    '-o',
    output,
  ]);
}

const journalFile = /<([^>]*\/journal\/[^>]*-wal)>/;
const started = /^(\d+) +(\w+)\((\d+<[^>]*>)(.*)$/;
const resumed = /^(\d+) +<\.\.\. (\w+) resumed>/;
const isWrite = /^p?write/;
const isSync = /^f(?:data)?sync$/;

/** Writes begun and, of these, how many the last finished fsync covered; per journal file. */
type FileState = { written: number; synced: number };

/**
 * Reads strace's lines in order. An AA is early when a write to a journal file is not yet covered
 * by a finished fsync, or when nothing was written and fsynced since the message was read.
 */
export function checkTrace(text: string): TraceReport {
  const files = new Map<string, FileState>();
  const readAt = new Map<string, number>();
  const syncing = new Map<string, { file: FileState; covers: number }>();
  const early: string[] = [];
  let acknowledged = 0;
  const total = (of: keyof FileState): number =>
    [...files.values()].reduce((sum, file) => sum + file[of], 0);

  const finishSync = (thread: string): void => {
    const sync = syncing.get(thread);
    if (sync) sync.file.synced = Math.max(sync.file.synced, sync.covers);
    syncing.delete(thread);
  };
  for (const line of text.split('\n')) {
    const again = resumed.exec(line);
    if (again && isSync.test(again[2] as string)) finishSync(again[1] as string);
    const [, thread = '', call = '', handle = '', rest = ''] = started.exec(line) ?? [];
    const name = journalFile.exec(handle)?.[1];
    if (name) {
      const file = files.get(name) ?? { written: 0, synced: 0 };
      files.set(name, file);
      if (isWrite.test(call)) file.written += 1;
      if (isSync.test(call)) {
        syncing.set(thread, { file, covers: file.written });
        if (!rest.includes('<unfinished')) finishSync(thread);
      }
    }
    for (const [, id = ''] of line.matchAll(/\^ADT_A01\|(C\d+-\d+)\|/g)) {
      readAt.set(id, total('written'));
    }
    for (const [, id = ''] of line.matchAll(/MSA\|AA\|(C\d+-\d+)/g)) {
      acknowledged += 1;
      const isBehind = [...files.values()].some((file) => file.synced < file.written);
      if (isBehind || total('synced') <= (readAt.get(id) ?? Number.MAX_SAFE_INTEGER))
        early.push(id);
    }
  }
  return { acknowledged, early };
}
