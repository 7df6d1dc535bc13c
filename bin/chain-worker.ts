import { workerData } from 'node:worker_threads';
import {
  type ChainReplies,
  type ChainReply,
  type ChainSpec,
  type ChainTask,
  createChain,
  createRegistry,
  type ResourceLine,
  type Work,
} from '../engine/index.ts';
import { stageComponents } from './stages.ts';

const { dataDir, key } = workerData as { readonly dataDir: string; readonly key: Uint8Array };
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
export async function runChainTask(task: ChainTask): Promise<ChainReplies> {
  const bytes = Buffer.from(task.bytes.buffer, task.bytes.byteOffset, task.bytes.length);
  let offset = 0;
  const works: Work[] = task.messages.map(({ length, keys: _, ...message }) => {
    const raw = bytes.subarray(offset, offset + length);
    offset += length;
    const { channel, revision } = task.spec;
    return { ...message, channel, revision, raw, body: undefined };
  });
  const results = await chainOf(task.spec).run(
    works,
    task.messages.map(({ keys }) => keys),
  );
  const unvisited = new Map<string, number>();
  const replies: ChainReply[] = results.map((result) => {
    const bodies = result.bodies as readonly (Body | undefined)[];
    for (const field of bodies.flatMap((body) => body?.unvisited ?? [])) {
      unvisited.set(field, (unvisited.get(field) ?? 0) + 1);
    }
    return {
      verdict: result.verdict,
      tookUs: result.tookUs,
      issues: result.issues,
      resources: bodies.flatMap((body) => body?.written ?? []),
    };
  });
  return { replies, unvisited: [...unvisited] };
}
