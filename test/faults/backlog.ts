import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Conservation } from '../../engine/index.ts';
import { auditConservation } from './ledger.ts';
import { residentMiB } from './memory.ts';
import { getApi, portOf, startEngineProcess } from './process.ts';
import { seeded } from './random.ts';
import { createSenders } from './sender.ts';
import { createWorkspace } from './workspace.ts';

export type BacklogReport = {
  /** Messages that wait for the dead destination in the end. */
  readonly queued: number;
  /** Resident memory in MiB at a quarter of the load, and the most that was seen after it. */
  readonly residentEarly: number;
  readonly residentMost: number;
  readonly findings: readonly string[];
};

/** Feeds a channel one of whose destinations is dead, and watches the engine's memory meanwhile. */
export async function runBacklog(messages: number, connections: number): Promise<BacklogReport> {
  const dead = await portOfNobody();
  const workspace = createWorkspace({
    routes: [`mllp: { name: dead, host: 127.0.0.1, port: ${dead} }`],
  });
  const senders = createSenders({ connections, patients: 50, random: seeded(5) });
  const engine = startEngineProcess(workspace);
  try {
    const listening = await engine.ready;
    senders.start(portOf(listening, 'mllp'));
    let residentEarly = 0;
    let residentMost = 0;
    while (senders.acknowledged.size < messages) {
      await sleep(100);
      const now = residentMiB(engine.pid);
      if (now === undefined) throw new Error(`the engine is gone: ${engine.stderr()}`);
      if (senders.acknowledged.size < messages / 4) residentEarly = Math.max(residentEarly, now);
      else residentMost = Math.max(residentMost, now);
    }
    senders.stop();
    const rows = await whenOnlyDeadWaits(() => getApi(listening, '/api/conservation'));
    residentMost = Math.max(residentMost, residentMiB(engine.pid) ?? 0);
    const dead = rows
      .flatMap((row) => row.destinations)
      .find((one) => /dead/.test(one.destination));
    const findings = rows.flatMap(auditConservation);
    return { queued: dead?.pending ?? 0, residentEarly, residentMost, findings };
  } finally {
    senders.stop();
    engine.signal('SIGKILL');
    await engine.ended;
    workspace.remove();
  }
}

/** A port on which nobody listens. */
async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function whenOnlyDeadWaits(read: () => Promise<Conservation[]>): Promise<Conservation[]> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    const rows = await read();
    const living = rows.flatMap((row) => [
      row.pending,
      ...row.destinations.filter((one) => !/dead/.test(one.destination)).map((one) => one.pending),
    ]);
    if (living.every((count) => count === 0)) return rows;
    await sleep(100);
  }
  throw new Error('the living half of the channel did not come to rest');
}
