// A chain worker for tests of the engine: what a message says decides what happens to it.
import { createChain, runTask } from '../../engine/chain/index.ts';
import {
  type ChainReplies,
  type ChainTask,
  filter,
  hold,
  pass,
  retry,
  type Stage,
} from '../../engine/index.ts';

let sawFull = false;

const probe: Stage = {
  name: 'probe',
  run(work) {
    const text = work.raw.toString();
    if (text.includes('FULL')) sawFull = true;
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

let failures = 3;

const chain = createChain([
  {
    ...probe,
    transaction: {
      begin() {},
      commit() {
        if (!sawFull || failures === 0) return;
        failures -= 1;
        sawFull = false;
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      },
      rollback() {},
    },
  },
]);

export function runChainTask(task: ChainTask): Promise<ChainReplies> {
  const resources = [{ type: 'Basic', id: '1', json: '{}' }];
  const yieldOf = () => ({ resources, unvisited: ['PID-11', 'ZPI-2'] });
  return runTask(() => chain, task, yieldOf);
}
