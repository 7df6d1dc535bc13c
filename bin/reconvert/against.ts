import { createHash } from 'node:crypto';
import { dataKey, exitCodes, holdsData, messageId } from '../../engine/index.ts';
import { peekHeader } from '../../transforms/hl7v2/index.ts';
import type { Invocation } from '../command.ts';
import { UsageError } from '../command.ts';
import { requireData } from '../data.ts';
import { readMessages } from '../hl7-files.ts';
import { parseInstant } from '../instant.ts';
import { compareAll } from './compare.ts';
import { addSides, convertAll } from './compare-message.ts';
import { type Diff, mergeDiff, newDiff } from './diff.ts';
import { printDiff, progressBar } from './print.ts';
import { checkOut, type RevisionFolder } from './revision-folder.ts';
import { channelIn, openTry, type TryChain } from './try-chain.ts';

export type AgainstWish = {
  readonly against: string;
  readonly mapping: string | undefined;
  readonly channel: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly withoutValues: boolean;
};

type Call = Pick<Invocation, 'args' | 'configDir' | 'dataDir' | 'env' | 'json' | 'out' | 'signal'>;

/**
 * What messages become by the configuration as it lies there, against what a git revision of it
 * made of them: of files, or of what a channel has stored. Nothing is written; a difference is no
 * failure.
 */
export async function convertAgainst(call: Call, wish: AgainstWish): Promise<number> {
  const { configDir, json, out } = call;
  const folder = checkOut(configDir, wish.against);
  try {
    const diff =
      call.args.length > 0
        ? await compareFiles(call, wish, folder)
        : await compareStored(call, wish, folder);
    printDiff(diff, { json, withoutValues: wish.withoutValues }, out);
    const { messages, same } = diff;
    if (json) out.json({ kind: 'summary', messages, same });
    else out.line(`${messages} messages, ${same} the same`);
    return exitCodes.ok;
  } finally {
    folder.remove();
  }
}

const placeOf = ({ baseDir }: RevisionFolder) => (baseDir === undefined ? {} : { baseDir });

async function compareFiles(
  { args, configDir, dataDir, env }: Call,
  { mapping, channel }: AgainstWish,
  folder: RevisionFolder,
): Promise<Diff> {
  if (mapping === undefined && channel === undefined)
    throw new UsageError('by which mapping? --mapping NAME, or --channel NAME');
  const now = channel === undefined ? byMapping(configDir, mapping!) : trial(configDir, channel);
  const before =
    channel === undefined
      ? { ...byMapping(folder.configDir, mapping!), ...placeOf(folder) }
      : trial(folder.configDir, channel, folder);
  const data = holdsData(dataDir) ? { dataDir, key: dataKey(dataDir, env).value } : undefined;
  const [opened, earlier] = [openTry(now, data), openTry(before, data)];
  const attributions = { now: opened.attribution, before: earlier.attribution };
  const diff = newDiff();
  for (const path of args) {
    for (const { file, raw } of readMessages(path)) {
      const sha256 = createHash('sha256').update(raw).digest('hex');
      const message = { id: messageId(1, 1), raw, sha256, receivedUs: 0 };
      const [side] = await convertAll(opened.chain, [message], now);
      const [old] = await convertAll(earlier.chain, [message], before);
      const example = `${file} ${peekHeader(raw)?.controlId ?? ''}`.trim();
      addSides(diff, example, raw, old!, side!, attributions);
    }
  }
  return diff;
}

const byMapping = (configDir: string, mapping: string): TryChain => ({
  ...{ channel: '', revision: '', configDir },
  stages: [{ kind: 'convert', config: { mapping } }],
});

function trial(configDir: string, channel: string, folder?: RevisionFolder): TryChain {
  return channelIn(configDir, channel, { isTrial: true, ...(folder ? placeOf(folder) : {}) });
}

async function compareStored(
  { configDir, dataDir, env, out, signal }: Call,
  { channel, since, until }: AgainstWish,
  folder: RevisionFolder,
): Promise<Diff> {
  if (channel === undefined || since === undefined)
    throw new UsageError('which messages? FILE.., or --channel NAME --since TIME');
  requireData(dataDir);
  const nowUs = Date.now() * 1000;
  const query = {
    channel,
    sinceUs: parseInstant(since, nowUs),
    untilUs: until === undefined ? nowUs : parseInstant(until, nowUs),
  };
  const now = trial(configDir, channel);
  const before = trial(folder.configDir, channel, folder);
  const diff = newDiff();
  const bar = progressBar(out, 'compared', 100);
  await compareAll({
    order: { dataDir, key: dataKey(dataDir, env).value, query, now, before },
    from: 0,
    onCompared: (compared) => mergeDiff(diff, compared.diff),
    onProgress: (share) => bar.update(share * 100),
    signal,
  }).finally(bar.stop);
  return diff;
}
