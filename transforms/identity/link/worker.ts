import { parentPort, workerData } from 'node:worker_threads';
import { PlexusError } from '../../../engine/index.ts';
import { type Linkage, openLinkage } from './linkage.ts';
import type { LinkOrder, LinkReply, LinkTask } from './messages.ts';
import { readPeople } from './people.ts';

const port = parentPort;
if (port === null) throw new Error('the linking thread was started as a program');
const reply = (message: LinkReply): void => port.postMessage(message);

async function open(task: LinkTask): Promise<Linkage> {
  const people = await readPeople(task.files, task.columns, undefined, (done) => {
    if (task.tellsIds && done % 10_000 === 0) reply({ type: 'progress', step: 'read', done });
  });
  const { ids, secondFrom } = people;
  reply({ type: 'read', ids: task.tellsIds ? ids : [], secondFrom });
  return openLinkage(people, task);
}

function obey(linkage: Linkage, order: LinkOrder): void {
  switch (order.do) {
    case 'fit':
      reply({ type: 'fitted', model: linkage.fit() });
      break;
    case 'score': {
      const tell = (done: number) => reply({ type: 'progress', step: 'score', done });
      reply({ type: 'scored', candidates: linkage.score(order.model, order.share, tell) });
      break;
    }
    case 'assess':
      reply({ type: 'assessed', pairs: linkage.assess(order.model, order.pairs) });
      break;
    default:
      order satisfies never;
  }
}

const opened = open(workerData as LinkTask);
opened.catch((error: unknown) => {
  if (!(error instanceof PlexusError)) throw error;
  reply({ type: 'failed', code: error.code, text: error.message, exit: error.exit });
});
port.on('message', (order: LinkOrder) => {
  void opened.then((linkage) => obey(linkage, order));
});
