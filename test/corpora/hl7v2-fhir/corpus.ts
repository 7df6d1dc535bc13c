// The HL7v2 messages of the corpora, each with the bundle that another converter made of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { peekHeader } from '../../../transforms/hl7v2/index.ts';

const beside = join(import.meta.dirname, '../../../../shared/corpora');

export const corpora = process.env.PLEXUS_CORPORA ?? beside;
export const repository = join(import.meta.dirname, '../../..');

export type Sample = {
  /** `microsoft/ADT-A01-01.hl7`. */
  readonly file: string;
  readonly type: string;
  readonly bytes: Buffer;
  /** What the other converter made of it; judged, never trusted. */
  expected(): fhir4.Bundle;
};

const folder = join(corpora, 'hl7v2-fhir');

/** Every message, in the order of its file name. `family`: a folder, such as `microsoft`. */
export function samples(family = ''): Sample[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.hl7') && file.startsWith(family))
    .sort()
    .map(sampleOf);
}

function sampleOf(file: string): Sample {
  const bytes = readFileSync(join(folder, file));
  const expected = join(folder, file.replace(/\.hl7$/, '.expected.json'));
  return {
    file,
    type: peekHeader(bytes)?.messageType ?? 'none',
    bytes,
    expected: () => JSON.parse(readFileSync(expected, 'utf8')),
  };
}
