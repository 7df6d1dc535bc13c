import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/**
 * Values of YAML texts without a mistake, kept between starts beside Node's own compile cache and
 * found by the hash of their text: parsing the base mapping takes longer than all else of a start.
 * Where there is no such folder, or it cannot be written, everything is parsed.
 */
const folder = process.env.NODE_COMPILE_CACHE;
/** A shorter text is parsed before its value would be read, in characters. */
const worthKeeping = 1_000;

export function recalledValue(text: string): unknown {
  const file = fileOf(text);
  if (file === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Not there yet, or cut short: the text says it as well.
    return undefined;
  }
}

/** Read by its owner alone: a configuration may hold what others must not see. */
export function keepValue(text: string, value: unknown): void {
  const file = fileOf(text);
  if (file === undefined) return;
  const json = JSON.stringify(value);
  if (json === undefined || !isDeepStrictEqual(JSON.parse(json), value)) return;
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
    const written = `${file}.${process.pid}`;
    writeFileSync(written, json, { mode: 0o600 });
    renameSync(written, file);
  } catch {
    // A folder that cannot be written costs time at the next start, and nothing else.
  }
}

function fileOf(text: string): string | undefined {
  if (folder === undefined || text.length < worthKeeping) return undefined;
  return join(folder, 'yaml', `${createHash('sha256').update(text).digest('hex')}.json`);
}
