import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import { UsageError } from '../command.ts';
import { readMessages } from '../hl7-files.ts';

/** Messages of files, and of all files in folders; throws UsageError when there are none. */
export function readSamples(paths: readonly string[]): readonly Buffer[] {
  if (paths.length === 0) throw new UsageError('from which samples? --from FILE or FOLDER');
  const samples = paths.flatMap(filesOf).flatMap((file) => readMessages(file));
  const messages = samples.map(({ raw }) => raw).filter((raw) => peekHeader(raw));
  if (messages.length === 0)
    throw new UsageError(`there is no HL7v2 message in ${paths.join(' ')}`);
  return messages;
}

function filesOf(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${path} does not exist`);
  if (!found.isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = join(path, entry.name);
      return entry.isDirectory() ? filesOf(inside) : entry.isFile() ? [inside] : [];
    });
}
