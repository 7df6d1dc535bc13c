import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { createChain, runTask } from '../engine/chain/index.ts';
import {
  type ChainReplies,
  type ChainSpec,
  type ChainTask,
  createRegistry,
  type ResourceLine,
} from '../engine/index.ts';
import { stageComponents } from './stages.ts';

/** Behind the main thread by enough to matter, not by so much that a busy machine starves it. */
const workerNiceness = 5;

const { dataDir, key } = workerData as { readonly dataDir: string; readonly key: Uint8Array };
// On Linux a priority belongs to a thread. Senders wait for the main thread's fsync; conversion may
// wait for both. Elsewhere, or where it is forbidden, all stay equal.
try {
  if (process.platform === 'linux') setPriority(0, workerNiceness);
} catch {}

const registry = createRegistry(stageComponents);

type OpenChain = { readonly revision: string; readonly chain: ReturnType<typeof createChain> };
const chains = new Map<string, OpenChain>();

/** The chain of this deployment; an older deployment of the same channel is closed. */
function chainOf(spec: ChainSpec): OpenChain['chain'] {
  const open = chains.get(spec.channel);
  if (open?.revision === spec.revision) return open.chain;
  open?.chain.close();
  const stages = spec.stages.map(({ kind, config }) => {
    const component = registry.stages.get(kind);
    if (!component) throw new Error(`no stage is called ${kind}`);
    const { channel, revision, configDir } = spec;
    return component.create(config, {
      channel,
      revision,
      configDir,
      dataDir,
      key: Buffer.from(key),
    });
  });
  const chain = createChain(stages);
  chains.set(spec.channel, { revision: spec.revision, chain });
  return chain;
}

/** What the last stage of a chain may leave for destinations and for the loss report. */
type Body = {
  readonly written?: readonly ResourceLine[];
  readonly unvisited?: readonly string[];
};

/** Runs one batch through its channel's chain; the entry point that the engine's pool calls. */
export function runChainTask(task: ChainTask): Promise<ChainReplies> {
  return runTask(
    () => chainOf(task.spec),
    task,
    (body) => ({
      resources: (body as Body | undefined)?.written ?? [],
      unvisited: (body as Body | undefined)?.unvisited ?? [],
    }),
  );
}
