import { userInfo } from 'node:os';
import { dataKey, exitCodes, type RawQuery } from '../../engine/index.ts';
import { defineCommand, type Invocation, UsageError } from '../command.ts';
import { parseInstant } from '../instant.ts';
import type { CompareOrder } from '../reconvert/compare-worker.ts';
import type { Diff } from '../reconvert/diff.ts';
import type { TryChain } from '../reconvert/try-chain.ts';

const options = {
  channel: { type: 'string', value: 'NAME', about: 'Whose messages.' },
  since: { type: 'string', value: 'TIME', about: 'Received at or after: ISO 8601, or `7d` ago.' },
  until: { type: 'string', value: 'TIME', about: 'Received before (default: now).' },
  'dry-run': { type: 'boolean', about: 'Only the difference: nothing is written.' },
  'no-values': { type: 'boolean', about: 'Counts by rule and path, and no value of a patient.' },
  by: { type: 'string', value: 'WHO', about: 'Who does it (default: your login name).' },
} as const;

type Call = Invocation<typeof options>;

export const reconvert = defineCommand({
  name: 'reconvert',
  summary: 'Converts stored messages again with the mapping of today: the difference first.',
  usage: '--channel NAME --since TIME [--until TIME] [--dry-run]',
  details: `Compares what each message says now with what it said, value by value, and prints that
by rule and FHIR path. Then the messages that differ run through the chain again, as a later
generation: the resources get new versions, and the earlier ones stay. What is the same is not
touched. A message that was quarantined and now converts runs too; one that converted and now is
quarantined waits there, and what it said before stays in force. Routes that forward messages as
they came do not get them again. With --dry-run the configuration need not be deployed.
A run that was interrupted goes on where it was, when it is asked for in the same words.`,
  options,
  async run(call) {
    const { channel, since } = call.options;
    if (channel === undefined) throw new UsageError('which channel? --channel NAME');
    if (since === undefined) throw new UsageError('since when? --since TIME');
    const nowUs = Date.now() * 1000;
    const sinceUs = parseInstant(since, nowUs);
    const { until } = call.options;
    const untilUs = until === undefined ? nowUs : parseInstant(until, nowUs);
    const [{ channelIn }, { requireData }] = await Promise.all([
      import('../reconvert/try-chain.ts'),
      import('../data.ts'),
    ]);
    requireData(call.dataDir);
    const now = channelIn(call.configDir, channel, { isTrial: call.options['dry-run'] === true });
    const query = { channel, sinceUs, untilUs };
    return call.options['dry-run'] ? look(call, now, query) : carryOut(call, now, query);
  },
});

async function look(call: Call, now: TryChain, query: RawQuery): Promise<number> {
  const { newDiff, mergeDiff } = await import('../reconvert/diff.ts');
  const diff = newDiff();
  let planned = 0;
  await compare(call, now, query, {
    from: 0,
    onCompared(compared) {
      mergeDiff(diff, compared.diff);
      planned += compared.planned.length;
    },
  });
  await tell(call, diff, planned);
  return exitCodes.ok;
}

async function carryOut(call: Call, now: TryChain, query: RawQuery): Promise<number> {
  const { dataDir, env, out, json, signal } = call;
  const [{ openJob }, { requireDeployed, runAgain }, { progressBar }] = await Promise.all([
    import('../reconvert/job.ts'),
    import('../reconvert/again.ts'),
    import('../reconvert/print.ts'),
  ]);
  await requireDeployed(call, now);
  const { channel, revision } = now;
  const { since = '', until = '', by = userInfo().username } = call.options;
  const key = dataKey(dataDir, env).value;
  const job = openJob(dataDir, key, { channel, since, until, revision }, query);
  try {
    if (job.isResumed) out.say('plexus: goes on where an earlier run ended');
    if (!job.isCompared) {
      const { sinceUs, untilUs } = job;
      await compare(
        call,
        now,
        { channel, sinceUs, untilUs },
        {
          from: job.comparedTo,
          onCompared: (compared, { to }) => job.add(compared, to),
        },
      );
      job.finishComparing();
    }
    const planned = job.plannedCount();
    await tell(call, job.diff, planned);
    const reason = `reconvert to revision ${revision}`;
    const bar = progressBar(out, 'converted again', planned);
    const count = await runAgain(call, job, { channel, reason, by }, bar.update, signal).finally(
      bar.stop,
    );
    if (json) out.json({ kind: 'committed', count });
    else out.line(`${count} messages ran again`);
  } catch (error) {
    job.close();
    throw error;
  }
  job.end();
  return exitCodes.ok;
}

type Listening = Pick<
  Parameters<typeof import('../reconvert/compare.ts').compareAll>[0],
  'from' | 'onCompared'
>;

async function compare(
  { dataDir, env, out, signal }: Call,
  now: TryChain,
  query: RawQuery,
  listening: Listening,
): Promise<void> {
  const [{ compareAll }, { progressBar }] = await Promise.all([
    import('../reconvert/compare.ts'),
    import('../reconvert/print.ts'),
  ]);
  const order: CompareOrder = { dataDir, key: dataKey(dataDir, env).value, query, now };
  const bar = progressBar(out, 'compared', 100);
  const onProgress = (share: number) => bar.update(share * 100);
  await compareAll({ order, signal, onProgress, ...listening }).finally(bar.stop);
}

async function tell(
  { json, options: { 'no-values': bare }, out }: Call,
  diff: Diff,
  planned: number,
) {
  const { printDiff } = await import('../reconvert/print.ts');
  printDiff(diff, { json, withoutValues: bare === true }, out);
  const { messages, same } = diff;
  if (json) out.json({ kind: 'summary', messages, same, to_run_again: planned });
  else out.line(`${messages} messages, ${same} the same; ${planned} to run again`);
}
