import { readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { scanJson } from '../channels/fhir/index.ts';
import { exitCodes, type Issue, PlexusError } from '../engine/index.ts';
import { parseFaithfully } from '../transforms/fhir/index.ts';

/** One resource of a file that a person named, or why it cannot be read. */
export type FileResource = {
  readonly file: string;
  /** 1-based, in a file of lines (`.ndjson`). */
  readonly line?: number;
} & ({ readonly value: unknown } | { readonly issue: Issue });

/** More entries than a Bundle in a file has; a Bundle that large is no mistake here. */
const entriesMax = Number.MAX_SAFE_INTEGER;

/** A whole file; throws PlexusError `file-unreadable`. */
export function readNamedFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new PlexusError('file-unreadable', `cannot read ${file}`, { cause, exit: exitCodes.io });
  }
}

/** The resources of a file: one, or one a line where its name ends in `.ndjson` or `.jsonl`. */
export async function* readResources(file: string): AsyncGenerator<FileResource> {
  if (!/\.(ndjson|jsonl)$/i.test(file)) {
    yield { file, ...readResource(readNamedFile(file)) };
    return;
  }
  let line = 0;
  let input: FileHandle;
  try {
    input = await open(file);
  } catch (cause) {
    throw new PlexusError('file-unreadable', `cannot read ${file}`, { cause, exit: exitCodes.io });
  }
  const lines = createInterface({
    input: input.createReadStream(),
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
