import { dirname, resolve } from 'node:path';
import {
  ConfigError,
  type Event,
  exitCodes,
  makeFolder,
  PlexusError,
  type Reader,
  reasonOf,
  renderIssue,
  requireNetwork,
} from '../engine/index.ts';
import type { Invocation, Output } from './command.ts';
import type { ServeOptions, Serving } from './serve.ts';

/**
 * Starts everything for a person at a terminal: new secrets and trouble are told on stderr. Throws
 * ConfigError, PlexusError `data-unwritable`, and what `serve` throws.
 */
export async function serveInForeground(
  { configDir, dataDir, env, out }: Pick<Invocation, 'configDir' | 'dataDir' | 'env' | 'out'>,
  options: Pick<ServeOptions, 'anyPort' | 'logLevel' | 'baseDir'>,
): Promise<Serving> {
  const [{ serve }, { registry }, { requirePins }] = await Promise.all([
    import('./serve.ts'),
    import('./registry.ts'),
    import('./lint/terminology-pins.ts'),
  ]);
  const network = requireNetwork(configDir, registry, { ...options, dataDir });
  requirePins(network, { configDir, dataDir, env });
  makeParent(dataDir);
  const told = new Set<string>();
  const sayJournal = journalTeller(out);
  const onEvent = (event: Event) => {
    sayTrouble(event, out);
    sayJournal(event);
    sayAside(event, told, out);
  };
  const serving = await serve({ network, dataDir, env, onEvent, ...options });
  saySecrets(serving, out);
  sayRolledBack(serving.engine.operations, out);
  return serving;
}

/** The data folder's parent, where the key goes. */
function makeParent(dataDir: string): void {
  try {
    makeFolder(dirname(resolve(dataDir)));
  } catch (cause) {
    const message = `cannot make the folder of ${dataDir}: ${reasonOf(cause)}`;
    throw new PlexusError('data-unwritable', message, { exit: exitCodes.io, cause });
  }
}

/** What the person who started it must hear at once; everything else is in the logs. */
function sayTrouble(event: Event, out: Output): void {
  if (event.type === 'channel-state' && event.state === 'failed')
    out.say(`plexus: channel ${event.channel} failed: ${event.cause ?? 'no cause was given'}`);
  if (event.type === 'partition-unreadable')
    out.say(`plexus: journal ${event.partition} cannot be read: ${event.cause ?? ''}`);
  if (event.type === 'partition-damaged') {
    const { partition, held, lost } = event;
    out.say(`plexus: journal ${partition} is damaged and was set aside; what can be read goes on,`);
    out.say(`  ${held} messages are held (quarantine ls), ${lost} are lost`);
  }
  if (event.type === 'held' && isLeftBehind(event.code)) {
    const { channel, destination, count } = event;
    const what = destination === '' ? 'messages of the channel' : 'deliveries of the route';
    const name = destination === '' ? channel : `${channel}/${destination}`;
    out.say(`plexus: ${count} ${what} ${name}, which is no more, are held: quarantine ls`);
  }
}

/**
 * Says once that the journal cannot write and once that it can again: senders repeat themselves,
 * and each repetition would write into a log that may lie on the same full disk.
 */
export function journalTeller(out: Pick<Output, 'say'>): (event: Event) => void {
  let isFailing = false;
  return (event) => {
    if (event.type === 'commit-failed' && !isFailing) {
      isFailing = true;
      const why = event.cause === 'SQLITE_FULL' ? `the disk is full (${event.cause})` : event.cause;
      out.say(`plexus: the journal cannot write: ${why}; senders hear AE until it can`);
    } else if (isFailing && (event.type === 'commit' || event.type === 'journal-reopened')) {
      isFailing = false;
      out.say('plexus: the journal writes again');
    }
  };
}

/** What a file route found in its folder at the start, and never deletes; `told` is for once. */
function sayAside(event: Event, told: Set<string>, out: Output): void {
  if (event.type !== 'issue' || !(event.code in asides)) return;
  const why = asides[event.code as keyof typeof asides];
  const text = `plexus: ${event.stage}: ${why}; each is now NAME.aside-N, and a new one is begun`;
  if (!told.has(text)) out.say(text);
  told.add(text);
}

const asides = {
  'file-without-cursor': 'its folder has files that another data folder (or an older one) wrote',
  'file-shorter-than-cursor': 'files in its folder have lost their end',
} as const;

const isLeftBehind = (code: string): boolean => code === 'route-gone' || code === 'channel-gone';

/** A channel that was rolled back does not follow its file: nobody must wonder why. */
function sayRolledBack(operations: Reader, out: Output): void {
  for (const { channel, pinned, revision } of operations.channels()) {
    if (!pinned) continue;
    out.say(
      `plexus: ${channel} stays rolled back to ${revision} until \`channel deploy ${channel}\``,
    );
  }
}

function saySecrets({ newKeyFile, token }: Serving, out: Output): void {
  if (newKeyFile !== undefined)
    out.say(`plexus: made the data key ${newKeyFile}; keep a copy, without it the data is lost`);
  if (token.isNew) out.say(`plexus: the console asks for this token: ${token.value}`);
}

/** Runs until it is told to stop; reads the configuration again at each SIGHUP. */
export async function untilStopped(
  serving: Serving,
  out: Output,
  signal: AbortSignal,
): Promise<void> {
  const reload = () => void reloadConfig(serving, out);
  process.on('SIGHUP', reload);
  if (!signal.aborted)
    await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
  process.off('SIGHUP', reload);
  out.say('plexus: stopping');
  await serving.stop();
}

async function reloadConfig({ engine }: Serving, out: Output): Promise<void> {
  try {
    const swapped = await engine.operations.reload();
    out.say(`plexus: configuration read again, swapped: ${swapped.join(', ') || 'nothing'}`);
    sayRolledBack(engine.operations, out);
  } catch (error) {
    if (!(error instanceof PlexusError)) throw error;
    if (error instanceof ConfigError) for (const issue of error.issues) out.say(renderIssue(issue));
    out.say(`plexus: ${error.message}; the running configuration stays`);
  }
}
