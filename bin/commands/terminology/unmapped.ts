import { exitCodes, suggestion, systemClock } from '../../../engine/index.ts';
import {
  type CodeDecision,
  itemStates,
  loadCodeMap,
  releasesOfPin,
  type Suggestion,
  suggestAmong,
  suggestCodes,
  type WorkItem,
  type WorkList,
  type WorkQuery,
  withShipped,
} from '../../../transforms/terminology/index.ts';
import { UsageError } from '../../command.ts';
import { ageText, isoTime } from '../../message-rows.ts';
import { renderTable } from '../../table.ts';
import { pinsOfChannels } from '../../terminology/pins.ts';
import { readTerminologyStore } from '../../terminology/store.ts';
import { byOf, codeText, requireList, workListOf } from '../../terminology/work.ts';
import { verbNamed } from '../../verbs.ts';
import type { TerminologyCall } from './options.ts';

type Verb = (call: TerminologyCall, rest: readonly string[]) => Promise<number>;

const release = () => import('./next-release.ts');
const verbs: Readonly<Record<string, Verb>> = {
  ls: async (call, rest) => list(call, rest),
  show: async (call, rest) => show(call, rest),
  assign: async (call, rest) => assign(call, rest),
  decide: async (call, rest) => decide(call, rest),
  publish: async (call, rest) => (await release()).publishDecisions(call, rest),
  replay: async (call, rest) => (await release()).replayPublished(call, rest),
};

/** `terminology unmapped VERB`. */
export async function terminologyUnmapped(
  call: TerminologyCall,
  words: readonly string[],
): Promise<number> {
  const [word = 'ls', ...rest] = words;
  return verbNamed(verbs, word)(call, rest);
}

function itemsNamed(list: WorkList, words: readonly string[], question: string): WorkItem[] {
  if (words.length === 0) throw new UsageError(question);
  return words.map((word) => {
    const item = /^\d{1,15}$/.test(word) ? list.item(Number(word)) : undefined;
    if (item === undefined) throw new UsageError(`\`${word}\` is no row of the work list`);
    return item;
  });
}

function list(call: TerminologyCall, rest: readonly string[]): number {
  if (rest.length > 0) throw new UsageError(`\`unmapped ls\` takes no \`${rest[0]}\``);
  const { channel, owner, state } = call.options;
  const known = itemStates.find((each) => each === state);
  if (state !== undefined && known === undefined)
    throw new UsageError(`there is no state \`${state}\`; ${suggestion(state, itemStates)}`);
  const query: WorkQuery = {
    ...(channel === undefined ? {} : { channel }),
    ...(known === undefined ? {} : { state: known }),
  };
  using work = workListOf(call, { readonly: true });
  const owners = ownersOf(call.configDir);
  const nowUs = systemClock().nowUs();
  const rows = (work?.items(query) ?? [])
    .filter((item) => state !== undefined || item.state !== 'replayed')
    .map((item) => ({ ...item, owner: item.owner || (owners.get(item.channel) ?? '') }))
    .filter((item) => owner === undefined || item.owner === owner);
  if (call.json) for (const item of rows) call.out.json(shown(item));
  else if (rows.length === 0) call.out.say('no code waits for a decision');
  else {
    const table = rows.map((item) => ({
      ...{ no: item.id, state: item.state, channel: item.channel, use: item.use },
      ...{ code: codeText(item), display: item.display, count: item.count },
      ...{ age: ageText(item.firstUs, nowUs), owner: item.owner },
    }));
    const columns = ['no', 'state', 'channel', 'use', 'code', 'display', 'count', 'age', 'owner'];
    call.out.line(renderTable(table, columns as (keyof (typeof table)[number])[]));
  }
  return exitCodes.ok;
}

/** Whoever owns a channel owns its codes, until somebody is named. */
function ownersOf(configDir: string): ReadonlyMap<string, string> {
  return new Map(pinsOfChannels(configDir).map(({ channel }) => [channel.name, channel.owner]));
}

function shown({ id, firstUs, lastUs, kept, ...item }: WorkItem) {
  const times = { first: isoTime(firstUs), last: isoTime(lastUs) };
  return { no: id, ...item, ...times, messages_kept: kept };
}

function show(call: TerminologyCall, rest: readonly string[]): number {
  using work = requireList(call);
  const [item, ...more] = itemsNamed(work, rest, 'show which row? its number');
  if (item === undefined || more.length > 0) throw new UsageError('show one row');
  const suggestions = suggestionsFor(call, item);
  const history = work
    .history(item.id)
    .map(({ atUs, ...each }) => ({ at: isoTime(atUs), ...each }));
  if (call.json) {
    call.out.json({ ...shown(item), suggestions, history });
    return exitCodes.ok;
  }
  call.out.line(`${item.id}  ${item.channel} ${item.use}  ${codeText(item)}  ${item.display}`);
  const count = item.count === 1 ? '1 message' : `${item.count} messages`;
  call.out.line(`${item.outcome} by ${item.map}, in ${count}; ${item.state}`);
  for (const { system, code, display, likeness } of suggestions)
    call.out.line(`  ${system}|${code}  ${display}  (${Math.round(likeness * 100)} %)`);
  for (const { at, action, by, detail } of history)
    call.out.line(`  ${at} ${action} by ${by} ${detail}`.trimEnd());
  return exitCodes.ok;
}

/** What the systems that the map translates to call something like it. */
function suggestionsFor(call: TerminologyCall, item: WorkItem): readonly Suggestion[] {
  const text = item.display || item.code;
  using store = readTerminologyStore(call);
  const knowledge = withShipped(store?.knowledge);
  const { map } = item.map.includes('|')
    ? { map: undefined }
    : loadCodeMap(call.configDir, item.map);
  const systems = new Set(map?.targetSystems);
  for (const { url, version } of releasesOfPin(item.map) ?? [])
    for (const row of store?.knowledge.conceptMap(url, version)?.rows() ?? [])
      if (row.target.system !== '') systems.add(row.target.system);
  const known = [...systems].flatMap((system) => suggestCodes(knowledge, system, text));
  const own = suggestAmong([...(map?.targets.values() ?? [])].flat(), text);
  const all = new Map([...own, ...known].map((one) => [`${one.system}|${one.code}`, one]));
  return [...all.values()].sort((a, b) => b.likeness - a.likeness).slice(0, 5);
}

function assign(call: TerminologyCall, rest: readonly string[]): number {
  const { owner } = call.options;
  if (owner === undefined) throw new UsageError('assign to whom? --owner NAME');
  using work = requireList(call);
  for (const item of itemsNamed(work, rest, 'assign which rows? their numbers')) {
    work.assign(item.id, owner, byOf(call), systemClock().nowUs());
    tell(call, item, `is ${owner}'s`);
  }
  return exitCodes.ok;
}

const relationshipWords = ['equivalent', 'wider', 'narrower', 'inexact'] as const;

function decide(call: TerminologyCall, rest: readonly string[]): number {
  const decision = decisionOf(call);
  using work = requireList(call);
  const items = itemsNamed(work, rest, 'decide which rows? their numbers');
  if (items.some(({ code }) => code === ''))
    throw new UsageError('the row of other codes stands for many: mend what sends them');
  for (const item of items) {
    work.decide(item.id, decision, byOf(call), systemClock().nowUs());
    const { target } = decision;
    tell(call, item, target ? `means ${target.system}|${target.code}` : 'has no match');
  }
  return exitCodes.ok;
}

function decisionOf({ options }: TerminologyCall): CodeDecision {
  const { target, display, relationship = 'equivalent', unmatched, comment } = options;
  const why = comment === undefined ? {} : { comment };
  if ((target === undefined) === (unmatched !== true))
    throw new UsageError("what is it? --target 'SYSTEM|CODE', or --unmatched");
  if (target === undefined) return { relationship: 'unmatched', ...why };
  const bar = target.lastIndexOf('|');
  if (bar <= 0 || bar === target.length - 1)
    throw new UsageError(`\`${target}\` is no SYSTEM|CODE`);
  if (!relationshipWords.some((word) => word === relationship))
    throw new UsageError(
      `no relationship is \`${relationship}\`; ${suggestion(relationship, relationshipWords)}`,
    );
  const named = display === undefined ? {} : { display };
  const to = { system: target.slice(0, bar), code: target.slice(bar + 1), ...named };
  return { relationship, target: to, ...why };
}

function tell({ json, out }: TerminologyCall, item: WorkItem, what: string): void {
  if (json) out.json({ no: item.id, channel: item.channel, code: item.code, done: what });
  else out.line(`${item.id} ${codeText(item)} ${what}`);
}
