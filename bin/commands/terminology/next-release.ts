import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigError,
  dataKey,
  exitCodes,
  PlexusError,
  systemClock,
} from '../../../engine/index.ts';
import { openSpineReader } from '../../../routes/spine/index.ts';
import {
  type DecidedCode,
  importFiles,
  isRelease,
  nextConceptMap,
  type TwoPeople,
  type WorkItem,
  type WorkList,
  withShipped,
  writeNextRelease,
} from '../../../transforms/terminology/index.ts';
import { UsageError } from '../../command.ts';
import { pinsOfChannels } from '../../terminology/pins.ts';
import { openTerminologyStore, releaseMissing, releaseOf } from '../../terminology/store.ts';
import { byOf, codeText, requireList } from '../../terminology/work.ts';
import type { TerminologyCall } from './options.ts';

/** `terminology unmapped publish RELEASE`: the decisions become rows of the next release. */
export async function publishDecisions(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  const to = theOne(rest, 'publish as which RELEASE? FACILITY/NAME@VERSION or URL|VERSION');
  const people = peopleOf(call);
  using work = requireList(call);
  const { url } = releaseOf(to, '');
  const ofMap = work.items({ state: 'decided' }).filter(({ map }) => isOf(map, url));
  const bases = [...new Set(ofMap.map(({ map }) => map))];
  const from = call.options.map ?? bases[0];
  if (from === undefined) throw new UsageError(`no code is decided for ${url}`);
  if (call.options.map === undefined && bases.length > 1)
    throw new UsageError(`codes are decided for ${bases.join(' and ')}: which one? --map RELEASE`);
  const items = ofMap.filter(({ map }) => map === from);
  const decided = items.flatMap(decidedOf);
  requireAgreement(items);
  if (isRelease(to)) {
    const mistakes = writeNextRelease(call.configDir, { from, to }, once(decided), people);
    if (mistakes.length > 0) throw new ConfigError(mistakes);
  } else await publishInStore(call, { from, to }, once(decided), people);
  const ids = items.map(({ id }) => id);
  work.published(ids, to, byOf(call), systemClock().nowUs());
  offerReplay(call, work, items, { from, to });
  return exitCodes.ok;
}

function theOne(rest: readonly string[], question: string): string {
  const [word, ...more] = rest;
  if (word === undefined || more.length > 0) throw new UsageError(question);
  return word;
}

const isOf = (release: string, url: string): boolean =>
  release.startsWith(`${url}@`) || release.startsWith(`${url}|`);

/** Throws UsageError unless they are two. */
function peopleOf(call: TerminologyCall): TwoPeople {
  const owner = byOf(call);
  const { reviewer } = call.options;
  if (reviewer === undefined) throw new UsageError('who reviewed the rows? --reviewer NAME');
  if (reviewer.trim().toLowerCase() === owner.trim().toLowerCase())
    throw new UsageError(`${owner} decides and ${reviewer} reviews: they have to be two people`);
  return { owner, reviewer };
}

const decidedOf = ({ system, code, display, decision }: WorkItem): readonly DecidedCode[] =>
  decision === undefined ? [] : [{ system, code, display, decision }];

/** Two channels may send one code; what it means is said once. */
const once = (decided: readonly DecidedCode[]): readonly DecidedCode[] => [
  ...new Map(decided.map((one) => [`${one.system}|${one.code}`, one])).values(),
];

function requireAgreement(items: readonly WorkItem[]): void {
  const known = new Map<string, string>();
  for (const item of items) {
    const said = JSON.stringify(item.decision?.target ?? item.decision?.relationship);
    const before = known.get(codeText(item));
    known.set(codeText(item), said);
    if (before !== undefined && before !== said)
      throw new UsageError(`${codeText(item)} was decided twice, and not alike: decide it again`);
  }
}

async function publishInStore(
  call: TerminologyCall,
  { from, to }: { readonly from: string; readonly to: string },
  decided: readonly DecidedCode[],
  { owner, reviewer }: TwoPeople,
): Promise<void> {
  using store = openTerminologyStore(call);
  const { url, version } = releaseOf(from, '');
  if (store.find('ConceptMap', url, version) === undefined) throw releaseMissing(`map ${from}`);
  const resource = JSON.parse([...store.export('ConceptMap', url, version)].join(''));
  const folder = mkdtempSync(join(tmpdir(), 'plexus-map-'));
  try {
    const file = join(folder, 'map.json');
    const next = nextConceptMap(resource, releaseOf(to, '').version, decided);
    writeFileSync(file, JSON.stringify(next), { mode: 0o600 });
    const { outcome, findings, releases } = await importFiles(store, {
      ...{ files: [file], dryRun: false, nowUs: systemClock().nowUs },
      approval: { by: `${owner}, reviewed by ${reviewer}` },
      beside: withShipped(undefined),
    });
    for (const { severity, message } of findings) call.out.say(`${severity}: ${message}`);
    // Unchanged: the same decisions were published, and whoever did it was cut off before the end.
    const isThere = releases.every((one) => one.outcome !== 'refused' && one.outcome !== 'drafted');
    if (outcome === 'imported' && isThere) return;
    const message = `${to} was not published: it is there already, or its rows are refused`;
    throw new PlexusError('release-refused', message, { exit: exitCodes.findings });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function offerReplay(
  { json, out }: TerminologyCall,
  work: WorkList,
  items: readonly WorkItem[],
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const affected = work.messages(items.map(({ id }) => id)).length;
  const channels = [...new Set(items.map(({ channel }) => channel))];
  if (json) out.json({ release: to, replaces: from, codes: items.length, channels, affected });
  else out.line(`${to} replaces ${from}: ${items.length} codes decided`);
  out.say(
    `pin ${to} in ${channels.join(', ')} and deploy, then run the ${affected} messages again:`,
  );
  out.say(`  ./plexus terminology unmapped replay '${to}'`);
  tellForgotten(out, items);
}

function tellForgotten(out: TerminologyCall['out'], items: readonly WorkItem[]): void {
  for (const item of items.filter(({ count, kept }) => count > kept))
    out.say(
      `of ${codeText(item)} the first ${item.kept} of ${item.count} messages are remembered; ` +
        'for the others: ./plexus reconvert',
    );
}

/** `terminology unmapped replay RELEASE`: exactly the messages whose codes it decides. */
export async function replayPublished(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  const release = theOne(rest, 'replay what RELEASE decides?');
  using work = requireList(call);
  const items = work.items({ release, state: 'published' });
  const pins = new Map(pinsOfChannels(call.configDir).map((one) => [one.channel.name, one]));
  for (const { channel, use } of items) {
    const pinned = pins.get(channel)?.pins.maps[use];
    if (pinned === release) continue;
    const message = `${channel} pins ${pinned ?? 'nothing'} for ${use}: pin ${release} and deploy`;
    throw new PlexusError('release-not-pinned', message, { exit: exitCodes.config });
  }
  for (const [channel, own] of Map.groupBy(items, (item) => item.channel)) {
    const ids = own.map(({ id }) => id);
    const messages = work.messages(ids);
    const isDry = call.options['dry-run'] === true;
    const count = isDry ? 0 : await runMessages(call, channel, messages, release);
    if (!isDry) work.replayed(ids, byOf(call), systemClock().nowUs());
    if (call.json) call.out.json({ channel, release, affected: messages.length, count });
    else call.out.line(`${channel}: ${messages.length} affected, ${count} ran again`);
    tellForgotten(call.out, own);
  }
  if (items.length === 0) call.out.say(`nothing waits for a replay by ${release}`);
  return exitCodes.ok;
}

async function runMessages(
  call: TerminologyCall,
  channel: string,
  messages: readonly number[],
  release: string,
): Promise<number> {
  const [{ requireDeployed, runAgain }, { channelIn }] = await Promise.all([
    import('../../reconvert/again.ts'),
    import('../../reconvert/try-chain.ts'),
  ]);
  await requireDeployed(call, channelIn(call.configDir, channel, { isTrial: false }));
  const spine = openSpineReader(call.dataDir, dataKey(call.dataDir, call.env).value);
  const planned = messages.map((id) => {
    const last = spine.toldLast(id as Parameters<typeof spine.toldLast>[0]);
    return last === undefined ? { id } : { id, generation: last.generation };
  });
  spine.close();
  let ordered = 0;
  const job = {
    ordered: () => ordered,
    planned: (from: number, limit: number) => planned.slice(from, from + limit),
    setOrdered: (count: number) => {
      ordered = count;
    },
  };
  const wish = { channel, reason: `codes decided by ${release}`, by: byOf(call) };
  return runAgain(call, job, wish, () => {}, call.signal);
}
