// What every message of the corpora becomes, as a hash a line.
import { createHash } from 'node:crypto';
import { convertBytes, type LoadedMapping } from '../../../transforms/mapping/index.ts';
import { samples } from './corpus.ts';

/** `file sha256` of the whole result: bundle, issues, unvisited fields. */
export function digests(mapping: LoadedMapping): string[] {
  return samples().map(({ file, bytes }) => {
    const text = JSON.stringify(convertBytes(mapping, bytes));
    return `${file} ${createHash('sha256').update(text).digest('hex')}`;
  });
}
