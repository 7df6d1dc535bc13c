import { existsSync } from 'node:fs';
import { dataKey, exitCodes, PlexusError } from '../../../engine/index.ts';
import {
  type AuditRate,
  type DeskOutput,
  type DownstreamItem,
  identityFile,
  type Unmerged,
  verifyRegistry,
} from '../../../transforms/identity/index.ts';
import { UsageError } from '../../command.ts';
import { requireData } from '../../data.ts';
import { assessmentLines, tellParted } from '../../identity/text.ts';
import { isoTime } from '../../message-rows.ts';
import type { StewardCall } from './options.ts';
import { atDesk, stewardOf } from './review.ts';

function requireReason({ options }: StewardCall): void {
  if (!options.reason?.trim()) throw new UsageError('an order needs a reason: --reason TEXT');
}

/** `identity merge A B`. */
export async function identityMerge(call: StewardCall, words: readonly string[]): Promise<number> {
  const [survivor, absorbed] = words;
  if (absorbed === undefined || words.length !== 2) throw new UsageError('merge which two? A B');
  requireReason(call);
  const preview = call.options.preview === true;
  return atDesk(call, true, async (desk) => {
    const order = { ...stewardOf(call), survivor, absorbed, preview };
    const done = await desk.ask<DeskOutput<'merge'>>('merge', order);
    const { merge, view } = done;
    if (call.json) {
      const { survivor: stays, absorbed: goes } = done;
      call.out.json({ merge, survivor: stays, absorbed: goes, records: view.records, preview });
    } else if (preview) call.out.line(`would give person ${done.survivor}; nothing was written`);
    else {
      call.out.line(`${done.absorbed} is now ${done.survivor}, of ${view.records.length} records`);
      call.out.say(`\`identity unmerge ${merge}\` takes it back`);
    }
  });
}

type Parted = Unmerged & {
  readonly downstream: readonly DownstreamItem[];
  readonly republished?: number;
};

/** `identity unmerge PERSON|MERGE`. */
export async function identityUnmerge(
  call: StewardCall,
  words: readonly string[],
): Promise<number> {
  const [word] = words;
  if (word === undefined || words.length !== 1)
    throw new UsageError('unmerge whom, or which merge?');
  requireReason(call);
  const { undo = false, republish = false, split = [] } = call.options;
  const isNumber = /^\d{1,15}$/.test(word);
  if (isNumber && split.length > 0) throw new UsageError('--split goes with a person, not a merge');
  const what = isNumber ? { merge: Number(word) } : { person: word, records: split };
  return atDesk(call, true, async (desk) => {
    const order = { ...stewardOf(call), ...what, undo, republish };
    const done = await desk.ask<Parted>('unmerge', order);
    if (call.json) {
      call.out.json(done);
      return;
    }
    const { survivor, restored, moved } = done;
    const of = moved.length === 1 ? '1 record' : `${moved.length} records`;
    call.out.line(`${survivor} stays, ${restored} is there again with ${of}`);
    if (!undo) call.out.say('their records will never be linked again');
    tellParted(call.out, done);
  });
}

/** `identity explain A B`. */
export async function identityExplain(
  call: StewardCall,
  words: readonly string[],
): Promise<number> {
  const [a, b] = words;
  if (b === undefined || words.length !== 2) throw new UsageError('explain which two? A B');
  const { json, out } = call;
  return atDesk(call, false, async (desk) => {
    const told = await desk.ask<DeskOutput<'explain'>>('explain', { a, b });
    if (json) {
      out.json(told);
      return;
    }
    const [one, other] = told.persons;
    out.line(told.isOnePerson ? `one person, ${one}` : `two persons, ${one} and ${other}`);
    if (told.mayNotLink) out.line('a steward said that they are two');
    for (const line of assessmentLines(told.assessment)) out.line(line);
    out.line(`by itself: ${told.verdict} (${told.reasons.join(', ')})`);
    for (const edge of told.path)
      out.line(`  linked  ${edge.a} - ${edge.b}  ${edge.kind}, ${edge.weight.toFixed(1)} bits`);
    for (const event of told.events) out.line(eventText(event));
    out.line(`policy ${told.policy}`);
    out.line(`model  ${told.model}`);
  });
}

type History = DeskOutput<'history'>;

/** `identity history PERSON`. */
export async function identityHistory(
  call: StewardCall,
  words: readonly string[],
): Promise<number> {
  const [of] = words;
  if (of === undefined || words.length !== 1) throw new UsageError('the history of whom?');
  return atDesk(call, false, async (desk) => {
    const { person, events } = await desk.ask<History>('history', { of });
    if (!call.json) call.out.line(`person ${person}`);
    for (const event of events) {
      if (call.json) call.out.json(event);
      else call.out.line(eventText(event));
    }
  });
}

function eventText({ seq, atUs, type, cause, ...rest }: History['events'][number]): string {
  const why =
    cause.kind === 'message'
      ? `message ${cause.message}`
      : cause.kind === 'steward'
        ? `${cause.by}${cause.second === undefined ? '' : ` and ${cause.second}`}: ${cause.reason}`
        : cause.reason;
  const shown: readonly string[] = ['record', 'a', 'b', 'kind', 'outcome', 'verdict', 'survivor'];
  const detail = Object.entries(rest)
    .filter(([key]) => shown.includes(key))
    .map(([key, value]) => `${key} ${value}`);
  const when = `${String(seq).padStart(7)}  ${isoTime(atUs)}`;
  return `${when}  ${type.padEnd(11)} ${detail.join(' ')}  (${why})`;
}

/** `identity audit-rate`. */
export async function identityAuditRate(call: StewardCall): Promise<number> {
  return atDesk(call, false, async (desk) => {
    const found = await desk.ask<AuditRate>('auditRate', {});
    const { judged, different, undecided, open, rate, interval } = found;
    if (call.json) {
      call.out.json(found);
      return;
    }
    const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
    call.out.line(`${judged} samples judged, ${different} of them different persons`);
    call.out.line(
      `over-merges ${percent(rate)}, with 95 % confidence ` +
        `between ${percent(interval.lower)} and ${percent(interval.upper)}`,
    );
    call.out.line(`${open} samples open, ${undecided} undecided`);
  });
}

/** `identity verify`. */
export async function identityVerify(call: StewardCall): Promise<number> {
  const { dataDir, env, json, out } = call;
  requireData(dataDir);
  const file = identityFile(dataDir);
  if (!existsSync(file))
    throw new PlexusError('identity-no-data', 'nobody has been identified here yet', {
      exit: exitCodes.io,
    });
  const found = verifyRegistry(file, dataKey(dataDir, env).value);
  const { events, records, persons, findings } = found;
  if (json) out.json(found);
  else {
    for (const finding of findings) out.line(finding);
    out.line(`${events} events give ${records} records of ${persons} persons`);
    if (findings.length === 0) out.say('the state is what the events say');
  }
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}
