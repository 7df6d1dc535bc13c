import { userInfo } from 'node:os';
import {
  exitCodes,
  type HeldGroup,
  type HeldSelection,
  parseMessageId,
  type QuarantineQuery,
} from '../../../engine/index.ts';
import { defineCommand, UsageError } from '../../command.ts';
import { ageText, isoTime, issueText } from '../../message-rows.ts';
import type { Order, Orders } from '../../orders.ts';
import { renderTable } from '../../table.ts';
import { verbNamed } from '../../verbs.ts';
import { mendedCopy, oneId, tryCopy, tryGroups, writeRaw } from './held-copy.ts';
import { type Call, quarantineOptions } from './options.ts';

type Verb = (call: Call, rest: readonly string[]) => Promise<number>;

const verbs: Readonly<Record<string, Verb>> = {
  ls: listGroups,
  show: showHeld,
  assign: (call, rest) => {
    const { owner } = call.options;
    if (owner === undefined) throw new UsageError('assign to whom? --owner WHO');
    return change(call, { verb: 'assign', owner }, rest);
  },
  replay: (call, rest) =>
    call.options['dry-run'] ? tryGroups(call, rest) : change(call, { verb: 'replay' }, rest),
  raw: writeRaw,
  edit: (call, rest) => {
    const { reason } = call.options;
    const id = oneId('edit', rest);
    const raw = mendedCopy(call.options.file);
    if (call.options['dry-run']) return tryCopy(call, id, raw);
    if (!reason?.trim()) throw new UsageError('an edit needs a reason: --reason TEXT');
    return change(call, { verb: 'edit', raw, reason }, rest);
  },
  move: (call, rest) => {
    const { to, reason = '' } = call.options;
    if (to === undefined) throw new UsageError('move to which route? --to ROUTE');
    return change(call, { verb: 'move', to, reason }, rest);
  },
  waive: (call, rest) => {
    const { reason } = call.options;
    if (!reason?.trim()) throw new UsageError('a waiver needs a reason: --reason TEXT');
    return change(call, { verb: 'waive', reason }, rest);
  },
};

export const quarantine = defineCommand({
  name: 'quarantine',
  summary: 'The work list of what could not be processed: look, assign, edit, replay, move, waive.',
  usage: 'ls | show [FINGERPRINT|ID] | raw|edit ID | assign|replay|move|waive FINGERPRINT|ID..',
  details: `ls      one row for all messages that one fix would mend (a fingerprint)
show    the held messages one by one, with their issues
assign  gives them an owner (--owner)
replay  runs them again from the start of what held them; with --dry-run it stores nothing and
        says what today's configuration would make of each
raw     writes the bytes of one message, as they came or as they were edited last
edit    runs one message again on a mended copy (--file, --reason); what came is never touched
move    gives deliveries to another route of their channel (--to), such as those of a route
        that the channel no longer has
waive   takes them out of the list for good (--reason)
Without a running engine these work on the data folder itself; a replay then waits for the start.`,
  options: quarantineOptions,
  async run(call) {
    const [word = 'ls', ...rest] = call.args;
    return verbNamed(verbs, word)(call, rest);
  },
});

function queryOf({ options: { channel, code, owner } }: Call): QuarantineQuery {
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(code === undefined ? {} : { code }),
    ...(owner === undefined ? {} : { owner }),
  };
}

const isAsked = (query: QuarantineQuery): boolean => Object.keys(query).length > 0;
const emptyText = 'the quarantine is empty';

async function listGroups(call: Call): Promise<number> {
  const { openData } = await import('../../data.ts');
  using data = openData(call);
  const nowUs = Date.now() * 1000;
  const query = queryOf(call);
  const groups = data.reader.quarantine(query);
  const rows = groups.map((group) => ({ ...groupRow(group), age: ageText(group.oldestUs, nowUs) }));
  if (call.json) for (const { age: _, ...row } of rows) call.out.json(row);
  else if (rows.length === 0) call.out.say(isAsked(query) ? 'nothing of that is held' : emptyText);
  else
    call.out.line(
      renderTable(rows, [
        'fingerprint',
        'count',
        'age',
        'channel',
        'stage',
        'code',
        'path',
        'owner',
        'diagnostics',
      ]),
    );
  return exitCodes.ok;
}

function groupRow({ oldestUs, newestUs, ...group }: HeldGroup) {
  return { ...group, oldest: isoTime(oldestUs), newest: isoTime(newestUs) };
}

async function showHeld(call: Call, [wanted]: readonly string[]): Promise<number> {
  const { openData } = await import('../../data.ts');
  using data = openData(call);
  let isEmpty = true;
  for (const held of data.reader.held(queryOf(call))) {
    if (wanted !== undefined && wanted !== held.fingerprint && wanted !== String(held.id)) continue;
    isEmpty = false;
    const { heldUs, ...row } = { ...held, held: isoTime(held.heldUs) };
    if (call.json) call.out.json(row);
    else {
      const { id, channel, stage, owner, attempts, fingerprint } = held;
      call.out.line(`${id}  ${row.held}  ${channel}  ${stage}  ${fingerprint}`);
      call.out.line(
        `    owner ${owner || 'none'}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
      );
      for (const issue of held.issues) call.out.line(`    ${issueText(issue)}`);
    }
  }
  if (isEmpty)
    call.out.say(wanted === undefined ? 'nothing is held' : `nothing is held as ${wanted}`);
  return exitCodes.ok;
}

async function change(call: Call, order: Order, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw new UsageError(`${order.verb} what? a fingerprint or an id`);
  const [{ openOrders }, { requireData }] = await Promise.all([
    import('../../orders.ts'),
    import('../../data.ts'),
  ]);
  requireData(call.dataDir);
  const by = call.options.by ?? userInfo().username;
  const orders = await openOrders(call);
  try {
    const fingerprints = (await orders.groups()).map(({ fingerprint }) => fingerprint);
    const selections = words.map((word) => selectionOf(word, fingerprints));
    for (const [index, selection] of selections.entries()) {
      const stopTelling = tellProgress(orders, words[index]!, call);
      const count = await orders.carryOut(order, selection, by).finally(stopTelling);
      if (count === 0) call.out.say(`plexus: nothing is held under ${words[index]}`);
      if (call.json) call.out.json({ selection, verb: order.verb, count });
      else call.out.line(`${words[index]}: ${count} ${count === 1 ? 'message' : 'messages'}`);
    }
  } finally {
    await orders.close();
  }
  return exitCodes.ok;
}

/** For a person at a terminal: how much of a large order is still to be done. */
function tellProgress(orders: Orders, word: string, { out }: Call): () => void {
  if (!out.isTerminal) return () => {};
  const tell = (groups: readonly HeldGroup[]): void => {
    const group = groups.find(({ fingerprint }) => fingerprint === word);
    if (group) out.say(`${word}: ${group.count} to go`);
  };
  const timer = setInterval(() => void orders.groups().then(tell, () => {}), 1_000);
  return () => clearInterval(timer);
}

/** A fingerprint of digits alone looks like an id: what is in the list now wins. */
function selectionOf(word: string, fingerprints: readonly string[]): HeldSelection {
  if (fingerprints.includes(word)) return { fingerprint: word };
  const id = parseMessageId(word);
  if (id !== undefined) return { id };
  if (/^[0-9a-f]{12}$/.test(word)) return { fingerprint: word };
  throw new UsageError(`\`${word}\` is neither a fingerprint nor a message id`);
}
