import { importFiles } from '../../../../transforms/terminology/import/index.ts';
import { openTerminology } from '../../../../transforms/terminology/store/index.ts';

// Imports a file and kills itself half way through.
const [, , file = '', key = '', source = ''] = process.argv;
const store = openTerminology({ file, key: Buffer.from(key, 'hex') });
let at = 1_700_000_000_000_000;
await importFiles(store, {
  files: [source],
  approval: { by: 'nobody' },
  dryRun: false,
  nowUs: () => at++,
  rowsPerCommit: 4_000,
  progress: (done, all) => {
    if (done > all / 2) process.kill(process.pid, 'SIGKILL');
  },
});
