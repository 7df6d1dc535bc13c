import { fileURLToPath } from 'node:url';
import {
  createEvents,
  dataKey,
  type HeldGroup,
  type HeldSelection,
  loadNetwork,
  type MessageId,
  type Operations,
  requireNetwork,
  startEngine,
  systemClock,
} from '../engine/index.ts';
import { openSpineReader, type SpineReader } from '../routes/spine/index.ts';
import type { Invocation } from './command.ts';
import { withPinsChecked } from './lint/terminology-pins.ts';
import { registry } from './registry.ts';
import { connectEngine, findEngine } from './running-engine.ts';
import { version } from './version.ts';

export type Order =
  | { readonly verb: 'assign'; readonly owner: string }
  | { readonly verb: 'replay' }
  /** Of one message. */
  | { readonly verb: 'edit'; readonly raw: Buffer; readonly reason: string }
  | { readonly verb: 'move'; readonly to: string; readonly reason: string }
  | { readonly verb: 'waive'; readonly reason: string };

/** Somebody who carries out orders on held messages. */
export type Orders = {
  groups(): Promise<readonly HeldGroup[]>;
  /** Gives the number of messages that it was carried out on. */
  carryOut(order: Order, selection: HeldSelection, by: string): Promise<number>;
  close(): Promise<void>;
};

type From = Pick<Invocation, 'configDir' | 'dataDir' | 'env'>;

/**
 * The running engine of a data folder; without one the folder itself, under its lock: an engine
 * without channels that takes nothing in and processes nothing. Throws what a start throws.
 */
export async function openOrders(from: From): Promise<Orders> {
  return findEngine(from.dataDir) ? throughEngine(from) : underLock(from);
}

function throughEngine({ dataDir, env }: From): Orders {
  const engine = connectEngine(dataDir, env);
  return {
    groups: () => engine.get('/quarantine'),
    async carryOut(order, selection, by) {
      const { verb, ...rest } = order;
      const body =
        order.verb === 'edit'
          ? { ...selection, by, reason: order.reason, raw: order.raw.toString('base64') }
          : { selection, by, ...rest };
      return (await engine.post<{ count: number }>(`/quarantine/${verb}`, body)).count;
    },
    close: async () => {},
  };
}

/** The lock of a data folder, and what can be ordered under it. */
export type UnderLock = {
  readonly operations: Operations;
  readonly spine: SpineReader;
  readonly key: Buffer;
  close(): Promise<void>;
};

/** `workOff`: the channel whose chain works meanwhile. Throws what a start throws. */
export async function takeLock(
  { configDir, dataDir, env }: From,
  workOff?: string,
): Promise<UnderLock> {
  const key = dataKey(dataDir, env).value;
  const spine = openSpineReader(dataDir, key);
  const { operations, stop } = await startEngine({
    version,
    network: requireNetwork(configDir, registry, { dataDir }),
    ...(workOff === undefined ? { ordersOnly: true } : { workOff }),
    load: (folder) =>
      withPinsChecked(loadNetwork(folder, registry, { dataDir }), {
        ...{ configDir: folder, dataDir, env },
      }),
    dataDir,
    key,
    registry,
    clock: systemClock(),
    events: createEvents(),
    reader: spine,
    workerFile: fileURLToPath(new URL('./chain-worker.ts', import.meta.url)),
    anyPort: true,
    resolvePath: (path) => path,
  });
  return {
    ...{ operations, spine, key },
    async close() {
      await stop();
      spine.close();
    },
  };
}

async function underLock(from: From): Promise<Orders> {
  const { operations, close } = await takeLock(from);
  return {
    close,
    groups: async () => operations.quarantine({}),
    async carryOut(order, selection, by) {
      switch (order.verb) {
        case 'assign':
          return operations.assign(selection, order.owner, by);
        case 'replay':
          return operations.replay(selection, by);
        case 'edit':
          return operations.edit(idOf(selection), order.raw, order.reason, by);
        case 'move':
          return operations.move(selection, order.to, order.reason, by);
        case 'waive':
          return operations.waive(selection, order.reason, by);
        default:
          return order satisfies never;
      }
    },
  };
}

function idOf(selection: HeldSelection): MessageId {
  if ('id' in selection) return selection.id;
  throw new Error('one message is edited, not a group');
}
