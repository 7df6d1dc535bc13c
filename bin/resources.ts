import { openSpineReader, type SpineReader } from '../routes/spine/index.ts';

/** Reads what messages made; closed with whoever opened it. */
export function openResources(dataDir: string, key: Buffer): SpineReader {
  return openSpineReader(dataDir, key);
}
