import type { Reader } from '../operations.ts';
import type { ResourceReader } from '../sink.ts';
import { createReader } from './reader.ts';
import { openJournalView } from './store.ts';

export {
  type IdRange,
  openRawReader,
  type RawMessage,
  type RawQuery,
  type RawReader,
} from './raw.ts';
export { createReader, type LiveChannel } from './reader.ts';
export { type JournalView, openJournalView } from './store.ts';

/**
 * Reads a data folder, whether or not an engine runs on it. Throws PlexusError `data-missing` when
 * nothing was ever written there, `wrong-key` when the key is another one.
 */
export function openReader(
  dataDir: string,
  key: Buffer,
  resources: ResourceReader,
): Reader & { close(): void } {
  const view = openJournalView(dataDir, key);
  return { ...createReader(view, resources), close: view.close };
}
