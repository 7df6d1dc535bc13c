import type { Client } from 'pg';
import { PlexusError, type SourceContext } from '../../../engine/index.ts';
import { type LandingWindow, landingWindow } from '../../fhir/client/index.ts';
import { changeLanding } from '../change.ts';
import { connect, type Server, sayingCode } from './connection.ts';
import { lsnNumber } from './lsn.ts';
import { followMessages } from './pgoutput.ts';
import { checkServer, type FollowedTable, findSlot, openPublication, quoted } from './setup.ts';
import { type SnapshotProgress, takeSnapshot } from './snapshot.ts';
import { type ChangeStream, openStream } from './stream.ts';

export type PostgresConfig = {
  readonly server: Server;
  readonly slot: string;
  readonly publication: string;
  readonly tables: readonly string[];
  readonly takesSnapshot: boolean;
};

/** What is kept over a restart: which tables are read, and how far. */
type Kept = { readonly snapshot: SnapshotProgress };

/** How often the slot hears of what is durable, at least; the server gives up after a minute. */
const statusMs = 5_000;

/**
 * One life of a connection: sets up what is missing, reads the tables once, and then follows them
 * until the connection breaks (rejects) or `closing` says so.
 */
export async function followDatabase(
  config: PostgresConfig,
  orderBy: readonly string[],
  context: SourceContext,
  closing: AbortSignal,
  well: () => void,
): Promise<void> {
  const { resolvePath } = context;
  const control = await connect(config.server, resolvePath, false);
  let tables: readonly FollowedTable[];
  try {
    await checkServer(control);
    tables = await openPublication(control, config);
    well();
    await readTablesOnce(control, tables, { config, orderBy, context, closing });
  } finally {
    await control.end().catch(() => undefined);
  }
  if (closing.aborted) return;
  const client = await connect(config.server, resolvePath, true);
  const { slot, publication } = config;
  const stream = await openStream(client, slot, publication, context.clock.nowUs);
  const stop = () => stream.stop();
  closing.addEventListener('abort', stop);
  // It may have been closed while the connection was made.
  if (closing.aborted) stop();
  try {
    await landStream(stream, tables, { config, orderBy, context, closing });
  } finally {
    closing.removeEventListener('abort', stop);
    await stream.close();
  }
}

type Following = {
  readonly config: PostgresConfig;
  readonly orderBy: readonly string[];
  readonly context: SourceContext;
  readonly closing: AbortSignal;
};

/**
 * Makes the slot and lands what the tables hold, each once; one that was added later, too. The slot
 * stays through a crash: a row that is read later than at its making is read as it is then, and
 * what the stream then tells of it again ends at the same.
 */
async function readTablesOnce(
  control: Client,
  tables: readonly FollowedTable[],
  { config, orderBy, context, closing }: Following,
): Promise<void> {
  const { slot, takesSnapshot } = config;
  const { state, clock, resolvePath } = context;
  const stateKey = `postgres:${slot}`;
  const kept = state.get(stateKey) as Kept | undefined;
  const found = await findSlot(control, slot);
  if (kept !== undefined && found === undefined)
    throw new PlexusError('cdc-slot-gone', `the slot ${slot} was dropped: changes are missing`);
  const maker = found === undefined ? await connect(config.server, resolvePath, true) : undefined;
  try {
    const made = maker && (await makeSlot(maker, slot));
    const begun: SnapshotProgress = {
      lsn: made?.lsn ?? found!.confirmedLsn,
      startedMs: Math.trunc(clock.nowUs() / 1000),
      done: [],
    };
    const progress = kept?.snapshot ?? begun;
    const remember = (snapshot: SnapshotProgress): void => state.put(stateKey, { snapshot });
    remember(progress);
    const isRead = ({ schema, table }: FollowedTable) =>
      progress.done.includes(`${schema}.${table}`);
    if (takesSnapshot && !tables.every(isRead)) {
      await sayingCode(control.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
      if (made) await sayingCode(control.query(`SET TRANSACTION SNAPSHOT '${made.snapshot}'`));
      const window = landingWindow(context);
      const options = { slot, tables, orderBy, remember, signal: closing, client: control };
      const isWhole = await takeSnapshot(
        { ...options, nowUs: clock.nowUs, land: window.add, drain: window.drain },
        progress,
      );
      if (!isWhole) return;
      await sayingCode(control.query('COMMIT'));
    }
  } finally {
    await maker?.end().catch(() => undefined);
  }
}

/** The new slot, and the name of the state of the database from which it begins. */
async function makeSlot(client: Client, slot: string) {
  const text = `CREATE_REPLICATION_SLOT ${quoted(slot)} LOGICAL pgoutput`;
  const [row] = (await sayingCode(client.query(text))).rows as Record<string, string>[];
  return { lsn: row?.consistent_point ?? '0/0', snapshot: row?.snapshot_name ?? '' };
}

/** Lands what the stream brings; the slot is confirmed behind what is durable, never before. */
async function landStream(
  stream: ChangeStream,
  tables: readonly FollowedTable[],
  { config, orderBy, context }: Following,
): Promise<void> {
  const { clock } = context;
  const keys = new Map(tables.map(({ schema, table, key }) => [`${schema}.${table}`, key]));
  const keyOf = (schema: string, table: string) => keys.get(`${schema}.${table}`);
  const follow = followMessages({ slot: config.slot, keyOf });
  const window: LandingWindow = landingWindow(context);
  let durable = 0n;
  let told = 0n;
  const tell = (): void => {
    told = durable;
    stream.confirm(durable);
  };
  let cancelTelling = () => {};
  const tellRegularly = (): void => {
    tell();
    cancelTelling = clock.after(statusMs, tellRegularly);
  };
  cancelTelling = clock.after(statusMs, tellRegularly);
  const reached = (lsn: bigint) => () => {
    if (lsn > durable) durable = lsn;
  };
  try {
    for (;;) {
      if (!stream.hasNext()) {
        await window.drain();
        if (durable > told) tell();
      }
      const arrived = await stream.next();
      if (arrived === undefined) break;
      if (arrived.kind === 'alive') {
        window.mark(reached(arrived.lsn));
        if (arrived.wantsReply) tell();
        continue;
      }
      for (const one of follow(arrived.message)) {
        if (one.kind === 'committed') window.mark(reached(lsnNumber(one.lsn)));
        else {
          const { change, dedupeKey } = one;
          await window.add(
            changeLanding(change, { receivedUs: clock.nowUs(), orderBy, dedupeKey }),
          );
        }
      }
    }
  } finally {
    cancelTelling();
    await window.drain().then(tell, () => undefined);
  }
}
