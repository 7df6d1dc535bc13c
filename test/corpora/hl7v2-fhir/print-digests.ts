// Prints the time zone of this process and what the base makes of every message of the corpora: a
// test runs it in another zone.
import { join } from 'node:path';
import { loadMapping } from '../../../transforms/mapping/index.ts';
import { repository } from './corpus.ts';
import { digests } from './digests.ts';

console.log(Intl.DateTimeFormat().resolvedOptions().timeZone);
for (const line of digests(loadMapping(join(repository, 'config'), 'base'))) console.log(line);
