import { userInfo } from 'node:os';
import { exitCodes, suggestion } from '../../../engine/index.ts';
import {
  type LabelledPair,
  type ReviewCase,
  type ReviewState,
  reviewOutcomes,
  type Unmerged,
} from '../../../transforms/identity/index.ts';
import { UsageError } from '../../command.ts';
import { openStewardsDesk, type StewardsDesk } from '../../identity/stewards-desk.ts';
import { assessmentLines, sidesTable, tellParted } from '../../identity/text.ts';
import { ageText, isoTime } from '../../message-rows.ts';
import { renderTable } from '../../table.ts';
import type { StewardCall } from './options.ts';

/** Opens the desk, and closes it whatever happens. */
export async function atDesk(
  call: StewardCall,
  isOrder: boolean,
  work: (desk: StewardsDesk) => Promise<void>,
): Promise<number> {
  const desk = await openStewardsDesk(call, isOrder);
  try {
    await work(desk);
  } finally {
    await desk.close();
  }
  return exitCodes.ok;
}

/** Who answers for an order, and why. */
export function stewardOf({ options }: StewardCall) {
  const { by = userInfo().username, second } = options;
  const reason = options.reason?.trim();
  return { by, ...(second === undefined ? {} : { second }), ...(reason ? { reason } : {}) };
}

/** `identity review [ls|show N]`. */
export async function identityReview(call: StewardCall, words: readonly string[]): Promise<number> {
  const [word = 'ls', ...rest] = words;
  if (word === 'ls' && rest.length === 0) return listReviews(call);
  if (word === 'show') return showReview(call, wholeOf(rest, 'review show which? a number'));
  throw new UsageError(`unknown verb \`${word}\`; ${suggestion(word, ['ls', 'show'])}`);
}

/** The one whole number that is expected. */
export function wholeOf(words: readonly string[], question: string): number {
  const [word] = words;
  if (words.length !== 1 || word === undefined || !/^\d{1,15}$/.test(word))
    throw new UsageError(question);
  return Number(word);
}

function listReviews(call: StewardCall): Promise<number> {
  const { options, json, out } = call;
  const limit =
    options.limit === undefined ? 50 : wholeOf([options.limit], '--limit takes a number');
  return atDesk(call, false, async (desk) => {
    const nowUs = Date.now() * 1000;
    const rows: { review: number; age: string; kind: string; opened: string }[] = [];
    for (let after = 0; rows.length < limit; ) {
      const page = await desk.ask<ReviewState[]>('reviews', {
        after,
        limit: Math.min(limit - rows.length, 1_000),
      });
      if (page.length === 0) break;
      after = page.at(-1)!.no;
      for (const { no, kind, openedUs } of page)
        rows.push({ review: no, age: ageText(openedUs, nowUs), kind, opened: isoTime(openedUs) });
    }
    if (json) for (const { age: _, ...row } of rows) out.json(row);
    else if (rows.length === 0) out.say('nothing waits for a steward');
    else out.line(renderTable(rows, ['review', 'age', 'kind', 'opened']));
  });
}

function showReview(call: StewardCall, review: number): Promise<number> {
  const { json, out } = call;
  return atDesk(call, false, async (desk) => {
    const found = await desk.ask<ReviewCase>('reviewCase', { review });
    if (json) {
      out.json(found);
      return;
    }
    const { kind, openedUs, outcome, sides, assessment, reasons, needsSecond, isMoot } = found;
    out.line(`review ${review}  ${kind}  since ${isoTime(openedUs)}  ${outcome ?? 'open'}`);
    out.line(sidesTable(sides));
    if (assessment !== undefined) for (const line of assessmentLines(assessment)) out.line(line);
    if (reasons.length > 0) out.line(`why not by itself: ${reasons.join(', ')}`);
    if (needsSecond) out.say('`same` needs a second person: --second NAME');
    if (isMoot) out.say('the two have become one person since');
  });
}

type Decided = {
  readonly person: string;
  readonly parted: readonly Unmerged[];
} & Parameters<typeof tellParted>[1];

/** `identity decide N --outcome WORD`. */
export async function identityDecide(call: StewardCall, words: readonly string[]): Promise<number> {
  const review = wholeOf(words, 'decide which review? a number');
  const { options, json, out } = call;
  const { outcome, chosen, republish } = options;
  if (outcome === undefined || !reviewOutcomes.some((word) => word === outcome))
    throw new UsageError(`what is it? --outcome ${reviewOutcomes.join('|')}`);
  const about = { review, outcome, ...(chosen === undefined ? {} : { chosen }) };
  const more = republish === undefined ? {} : { republish };
  return atDesk(call, true, async (desk) => {
    const done = await desk.ask<Decided>('decide', { ...stewardOf(call), ...about, ...more });
    if (json) {
      out.json({ review, outcome, ...done });
      return;
    }
    out.line(`review ${review}: ${outcome}; the record in question is of person ${done.person}`);
    if (done.parted.length > 0) tellParted(out, done);
  });
}

/** `identity labels`: the pairs that stewards judged, for fitting and calibrating elsewhere. */
export async function identityLabels(call: StewardCall): Promise<number> {
  return atDesk(call, false, async (desk) => {
    let count = 0;
    for (let after = 0; ; ) {
      const page = await desk.ask<LabelledPair[]>('labels', { after, limit: 500 });
      for (const pair of page) call.out.json(pair);
      count += page.length;
      if (page.length === 0) break;
      after = page.at(-1)!.review;
    }
    call.out.say(`${count} judged pairs`);
  });
}
