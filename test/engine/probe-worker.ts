// A chain worker for tests of the engine: what a message says decides what happens to it.
import {
  type ChainReplies,
  type ChainTask,
  createChain,
  filter,
  hold,
  pass,
  retry,
  type Stage,
  type Work,
} from '../../engine/index.ts';

const probe: Stage = {
  name: 'probe',
  run(work) {
    const text = work.raw.toString();
    if (text.includes('CRASH')) process.exit(1);
    if (text.includes('HANG')) for (;;);
    if (text.includes('BUG')) throw new Error('a bug');
    if (text.includes('FILTER')) return filter('not-wanted');
    if (text.includes('HOLD') || (text.includes('FIXED') && work.generation === 0)) {
      return hold([
        { severity: 'error', code: 'bad-data', diagnostics: 'it says so', path: 'X-1' },
      ]);
    }
    if (text.includes('RETRY')) return retry(10, 'not-ready');
    return pass(text);
  },
};

const chain = createChain([probe]);

export async function runChainTask(task: ChainTask): Promise<ChainReplies> {
  let offset = 0;
  const works: Work[] = task.messages.map((message) => {
    const raw = Buffer.from(task.bytes.subarray(offset, offset + message.length));
    offset += message.length;
    const { channel, revision } = task.spec;
    return { ...message, channel, revision, raw, body: undefined };
  });
  const results = await chain.run(
    works,
    task.messages.map(({ keys }) => keys),
  );
  const replies = results.map((result, n) => ({
    verdict: result.verdict,
    tookUs: result.tookUs,
    issues: result.issues,
    resources: result.bodies.map(() => ({ type: 'Basic', id: String(works[n]!.id), json: '{}' })),
  }));
  return { replies, unvisited: [] };
}
