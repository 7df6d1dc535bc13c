import { readFileSync, writeFileSync } from 'node:fs';
import {
  dataKey,
  exitCodes,
  type HeldView,
  type MessageId,
  PlexusError,
  parseMessageId,
} from '../../../engine/index.ts';
import { openRawReader } from '../../../engine/reader/index.ts';
import { UsageError } from '../../command.ts';
import { renderTable } from '../../table.ts';
import type { Call } from './options.ts';

/** The one message that a verb is about. Throws UsageError. */
export function oneId(verb: string, words: readonly string[]): MessageId {
  const id = words.length === 1 ? parseMessageId(words[0]!) : undefined;
  if (id === undefined)
    throw new UsageError(
      `${verb} takes the id of one message, the number that \`quarantine show\` begins with`,
    );
  return id;
}

/** The bytes of a copy that somebody mended. Throws UsageError, PlexusError `file-unreadable`. */
export function mendedCopy(file: string | undefined): Buffer {
  if (file === undefined) throw new UsageError('where is the mended copy? --file FILE');
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new PlexusError('file-unreadable', `cannot read ${file}`, { cause, exit: exitCodes.io });
  }
  if (bytes.length === 0) throw new UsageError(`${file} is empty`);
  return bytes;
}

/** Writes the bytes of one message into a new file that only its owner can read. */
export async function writeRaw(call: Call, words: readonly string[]): Promise<number> {
  const id = oneId('raw', words);
  const { file } = call.options;
  if (file === undefined) throw new UsageError('into which file? --file FILE');
  const { requireData } = await import('../../data.ts');
  requireData(call.dataDir);
  const reader = openRawReader(call.dataDir, dataKey(call.dataDir, call.env).value);
  const found = reader.one(id, call.options['as-received'] === true);
  reader.close();
  if (found === undefined) throw unknownMessage(id);
  try {
    writeFileSync(file, found.raw, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'EEXIST' ? ': it is there already' : '';
    throw new PlexusError('file-not-written', `cannot write ${file}${why}`, {
      cause,
      exit: exitCodes.io,
    });
  }
  call.out.say(`${file}: ${found.raw.length} bytes of message ${id}; they name a patient`);
  return exitCodes.ok;
}

/** What today's configuration would make of a mended copy; nothing is stored. */
export async function tryCopy(call: Call, id: MessageId, raw: Buffer): Promise<number> {
  return tryOut(call, (held) => held.id === id, raw);
}

/** The same of the messages of fingerprints, or of single ones, as they are. */
export async function tryGroups(call: Call, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw new UsageError('replay what? a fingerprint or an id');
  const wanted = new Set(words);
  return tryOut(call, ({ fingerprint, id }) => wanted.has(fingerprint) || wanted.has(String(id)));
}

async function tryOut(
  call: Call,
  isWanted: (held: HeldView) => boolean,
  raw?: Buffer,
): Promise<number> {
  const [{ openData }, { tryHeld }] = await Promise.all([
    import('../../data.ts'),
    import('./held-trial.ts'),
  ]);
  using data = openData(call);
  const trials = [...data.reader.held({})]
    .filter(isWanted)
    .map((held) => (raw === undefined ? { held } : { held, raw }));
  if (trials.length === 0) call.out.say('plexus: nothing is held under this name');
  const { configDir, dataDir, env } = call;
  const tried = await tryHeld({ configDir, dataDir, key: dataKey(dataDir, env).value }, trials);
  if (call.json) for (const row of tried) call.out.json(row);
  else if (tried.length > 0) {
    const groups = Map.groupBy(tried, ({ channel, outcome, code }) =>
      JSON.stringify({ channel, outcome, code }),
    );
    const rows = [...groups].map(([group, own]) => ({
      count: own.length,
      ...(JSON.parse(group) as { channel: string; outcome: string; code: string }),
    }));
    call.out.line(renderTable(rows, ['count', 'channel', 'outcome', 'code']));
  }
  return exitCodes.ok;
}

function unknownMessage(id: MessageId): PlexusError {
  const message = `the journal has no message ${id}`;
  return new PlexusError('message-unknown', message, { exit: exitCodes.usage });
}
