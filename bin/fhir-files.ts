import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { scanJson } from '../channels/fhir/index.ts';
import type { Issue } from '../engine/index.ts';
import { parseFaithfully } from '../transforms/fhir/index.ts';

/** One resource of a file that a person named, or why it cannot be read. */
export type FileResource = {
  readonly file: string;
  /** 1-based, in a file of lines (`.ndjson`). */
  readonly line?: number;
} & ({ readonly value: unknown } | { readonly issue: Issue });

/** More entries than a Bundle in a file has; a Bundle that large is no mistake here. */
const entriesMax = Number.MAX_SAFE_INTEGER;

/** The resources of a file: one, or one a line where its name ends in `.ndjson` or `.jsonl`. */
export async function* readResources(file: string): AsyncGenerator<FileResource> {
  if (!/\.(ndjson|jsonl)$/i.test(file)) {
    yield { file, ...readResource(readFileSync(file)) };
    return;
  }
  let line = 0;
  const lines = createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const text of lines) {
    line += 1;
    if (text.trim() !== '') yield { file, line, ...readResource(Buffer.from(text)) };
  }
}

/** JSON as it was written; a name that stands twice in one object is a fault, not a choice. */
function readResource(raw: Buffer): { readonly value: unknown } | { readonly issue: Issue } {
  const refuse = (code: string, diagnostics: string) =>
    ({ issue: { severity: 'error', code, diagnostics } }) as const;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return refuse('fhir-encoding-invalid', 'this is not valid UTF-8');
  }
  const scanned = scanJson(Buffer.from(text), entriesMax);
  if ('refused' in scanned) return { issue: scanned.refused };
  try {
    return { value: parseFaithfully(text) };
  } catch {
    const hint = text.startsWith('MSH') ? ': an HL7 v2 message, which `convert` makes FHIR of' : '';
    return refuse('fhir-json-invalid', `this is not valid JSON${hint}`);
  }
}
