import { ConfigError, dataKey, exitCodes } from '../../../engine/index.ts';
import type { PreviewChange, PreviewReport, Turn } from '../../../transforms/identity/index.ts';
import { type Invocation, type Output, UsageError } from '../../command.ts';

type Call = Invocation<{
  readonly policy: { readonly type: 'string'; readonly about: string };
  readonly days: { readonly type: 'string'; readonly about: string };
}>;

const dayUs = 86_400_000_000;

/** What a candidate policy would change of the last days; nothing is written. */
export async function previewPolicy(call: Call): Promise<number> {
  const { configDir, dataDir, env, options, json, out } = call;
  if (options.policy === undefined) throw new UsageError('preview which policy? --policy FILE');
  const days = Number(options.days ?? 30);
  if (!(days > 0 && days <= 3650)) throw new UsageError('--days takes a number of days, 1 to 3650');
  const [identity, { requireData }] = await Promise.all([
    import('../../../transforms/identity/index.ts'),
    import('../../data.ts'),
  ]);
  const found = identity.loadCandidate(options.policy);
  if (found.governance === undefined) throw new ConfigError(found.issues);
  const { ruling } = identity.rulingOf(configDir, found.governance);
  const live = identity.requireGoverned(configDir);
  requireData(dataDir);
  const report = identity.previewData({
    ...{ dataDir, key: dataKey(dataDir, env).value, live: live.ruling, candidate: ruling },
    candidateHash: found.governance.hash,
    sinceUs: Date.now() * 1000 - days * dayUs,
    onChange: (change) => (json ? out.json(rowOf(change)) : out.line(textOf(change))),
    onProgress: (done, total) => {
      if (done > 0 && done % 10_000 === 0) out.say(`${done} of ${total} records asked`);
    },
  });
  const names = { policy: found.governance.name, instead_of: live.governance.name, days };
  if (json) out.json({ summary: { ...names, ...summaryOf(report) } });
  else tell(report, days, out);
  return exitCodes.ok;
}

const ids = (vetoes: readonly { readonly id: string }[]) => vetoes.map(({ id }) => id);

function rowOf(change: PreviewChange) {
  const { record, person, source, from, to, reasons, pBefore, pAfter } = change;
  return {
    ...{ record, person, source, from, to, reasons },
    ...{ p_before: pBefore ?? null, p_after: pAfter ?? null },
    ...{ vetoes_before: ids(change.vetoesBefore), vetoes_after: ids(change.vetoesAfter) },
  };
}

function textOf(change: PreviewChange): string {
  const { record, person, source, from, to, reasons, vetoesBefore, vetoesAfter } = change;
  const gone = ids(vetoesBefore).filter((id) => !ids(vetoesAfter).includes(id));
  const why = [...reasons, ...ids(vetoesAfter), ...gone.map((id) => `no longer ${id}`)];
  return `${from} -> ${to}  record ${record} of ${source}, person ${person}: ${why.join(', ')}`;
}

const summaryOf = ({ questions, changes, bySource, persons, shadowNoted }: PreviewReport) => ({
  ...{ questions, changes, by_source: bySource, persons, shadow_noted: shadowNoted },
});

function tell(report: PreviewReport, days: number, out: Output): void {
  const { questions, changes, bySource, persons, shadowNoted } = report;
  out.line(`${questions} records of the last ${days} days asked again; nothing was written`);
  if (Object.keys(changes).length === 0) out.line('nothing would change');
  else out.line(`would change, in ${persons} persons: ${countsText(changes)}`);
  for (const [source, counts] of Object.entries(bySource))
    out.line(`  ${source}: ${countsText(counts)}`);
  if (shadowNoted > 0) out.line(`as a shadow it has disagreed ${shadowNoted} times in these days`);
}

const countsText = (counts: Readonly<Partial<Record<Turn, number>>>): string =>
  Object.entries(counts)
    .map(([turn, count]) => `${count} ${turn.replace('->', ' -> ')}`)
    .join(', ');
