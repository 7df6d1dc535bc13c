import { setTimeout as sleep } from 'node:timers/promises';
import type { Conservation } from '../../engine/index.ts';
import { audit, type MessageRow } from './ledger.ts';
import {
  type Engine,
  getApi,
  type Listening,
  parseNdjson,
  portOf,
  runCommand,
  startEngineProcess,
} from './process.ts';
import { seeded } from './random.ts';
import { createSenders, type Senders } from './sender.ts';
import { createWorkspace, readDelivered, type Workspace } from './workspace.ts';

export type RoundsOptions = {
  readonly rounds: number;
  readonly seed: number;
  readonly connections: number;
  /** The books are audited after so many rounds, and at the end. */
  readonly auditEvery: number;
  /**
   * Before every so many-th round is fed, what the rounds before it left comes to rest. With 2 no
   * message is under way at three crashes, however slow the machine is, so that none may be held.
   */
  readonly restEvery?: number;
  onRound?(round: number, acknowledged: number): void;
};

export type RoundsReport = {
  readonly acknowledged: number;
  readonly delivered: number;
  /**
   * Messages in quarantine: a message that was under way at three crashes is held, visibly (G6).
   */
  readonly held: number;
  readonly findings: readonly string[];
};

/**
 * Starts the engine, feeds it, and ends it with SIGKILL at a random moment, again and again; one
 * round in five dies while it still starts. The senders resend what was not acknowledged. Stops at
 * the first audit that finds something.
 */
export async function runKillRounds(options: RoundsOptions): Promise<RoundsReport> {
  const random = seeded(options.seed);
  const workspace = createWorkspace();
  const senders = createSenders({ connections: options.connections, patients: 5, random });
  const report: RoundsReport = { acknowledged: 0, delivered: 0, held: 0, findings: [] };
  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      const rests = options.restEvery !== undefined && round % options.restEvery === 0;
      await killOnce(workspace, senders, random, rests);
      options.onRound?.(round, senders.acknowledged.size);
      if (round % options.auditEvery !== 0 && round !== options.rounds) continue;
      const audited = await auditAtRest(workspace, senders);
      if (audited.findings.length > 0 || round === options.rounds) return audited;
    }
    return report;
  } finally {
    senders.stop();
    workspace.remove();
  }
}

async function killOnce(
  workspace: Workspace,
  senders: Senders,
  random: () => number,
  rests: boolean,
): Promise<void> {
  const engine = startEngineProcess(workspace);
  try {
    if (random() < 0.2 && !rests) {
      await sleep(random() * 500);
    } else {
      const listening = await engine.ready;
      if (rests) await whenAtRest(listening);
      const port = portOf(listening, 'mllp');
      const enough = senders.acknowledged.size + 12;
      senders.start(port);
      let isOver = false;
      void engine.ended.then(() => {
        isOver = true;
      });
      while (senders.acknowledged.size < enough && !isOver) await sleep(5);
      await sleep(random() * 500);
    }
  } finally {
    engine.signal('SIGKILL');
    senders.stop();
  }
  const end = await engine.ended;
  if (end !== 'SIGKILL') throw new Error(`the engine ended by itself (${end}): ${engine.stderr()}`);
}

/** Starts the engine once more, lets it come to rest, stops it in peace, and audits the books. */
export async function auditAtRest(workspace: Workspace, senders: Senders): Promise<RoundsReport> {
  const engine = startEngineProcess(workspace);
  try {
    const listening = await engine.ready;
    const conservation = await whenAtRest(listening);
    await stop(engine);
    const messages = readMessages(workspace);
    const delivered = readDelivered(workspace.out);
    const { acknowledged, sent } = senders;
    const findings = audit({ acknowledged, sent, messages, delivered, conservation });
    return {
      acknowledged: acknowledged.size,
      delivered: delivered.length,
      held: messages.filter((row) => row.outcome === 'quarantined').length,
      findings,
    };
  } finally {
    engine.signal('SIGKILL');
  }
}

export async function stop(engine: Engine): Promise<void> {
  engine.signal('SIGTERM');
  const end = await engine.ended;
  if (end !== 0) throw new Error(`a stop in peace ended with ${end}: ${engine.stderr()}`);
}

/** What `./plexus messages` says of this data folder. Throws when the command fails. */
export function readMessages(
  workspace: Pick<Workspace, 'config' | 'data'>,
  env: NodeJS.ProcessEnv = {},
): MessageRow[] {
  const folders = ['--config', workspace.config, '--data', workspace.data];
  const { code, stdout, stderr } = runCommand(['messages', '--json', ...folders], env);
  if (code !== 0) throw new Error(`messages ended with ${code}: ${stderr}`);
  return parseNdjson<MessageRow>(stdout);
}

/** Resolves with the counts once nothing is pending. Throws when that takes over five minutes. */
export async function whenAtRest(listening: readonly Listening[]): Promise<Conservation[]> {
  for (let tries = 0; tries < 6_000; tries += 1) {
    const rows = await getApi<Conservation[]>(listening, '/api/conservation');
    const pending = rows.flatMap((row) => [row.pending, ...row.destinations.map((d) => d.pending)]);
    if (pending.every((count) => count === 0)) return rows;
    await sleep(50);
  }
  throw new Error('the engine did not come to rest');
}
