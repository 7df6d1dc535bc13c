import cliProgress from 'cli-progress';
import type { Output } from '../command.ts';
import { renderTable } from '../table.ts';
import type { Diff, Group } from './diff.ts';

export type PrintOptions = {
  readonly json: boolean;
  /** Counts alone: no value and so no patient data. */
  readonly withoutValues: boolean;
};

/** Pairs of values that a person is shown for each rule and path. */
const pairsShown = 10;

/**
 * A diff on standard output: first in which messages the outcome differs, then by rule and path
 * what differs, the most frequent first.
 */
export function printDiff(diff: Diff, { json, withoutValues }: PrintOptions, out: Output): void {
  const outcomes = Object.entries(diff.outcomes).sort(byCount);
  const groups = Object.values(diff.groups).sort(
    (left, right) => right.count - left.count || (keyOf(left) < keyOf(right) ? -1 : 1),
  );
  if (json) {
    for (const [outcome, { count, examples }] of outcomes)
      out.json({ kind: 'outcome', outcome, count, examples });
    for (const group of groups) out.json(rowOf(group, withoutValues));
    return;
  }
  for (const [outcome, { count, examples }] of outcomes)
    out.line(`${count}  ${outcome}  e.g. ${examples.join(', ')}`);
  if (groups.length === 0) return;
  out.line(renderTable(groups.map(summaryOf), ['count', 'rule', 'path']));
  if (withoutValues) return;
  for (const group of groups) {
    out.line(`${group.rule}  ${group.path}`);
    const pairs = pairsOf(group);
    for (const { old, new: now, count, examples } of pairs.slice(0, pairsShown))
      out.line(`    ${count}  ${textOf(old)} -> ${textOf(now)}  e.g. ${examples.join(', ')}`);
    const more = Math.max(0, pairs.length - pairsShown);
    const others = pairs.slice(pairsShown).reduce((sum, { count }) => sum + count, group.others);
    if (others > 0)
      out.line(`    ${others}  of ${more} other pairs${group.others ? ' and more' : ''}`);
  }
}

const keyOf = ({ rule, path }: Group): string => `${rule}|${path}`;

const summaryOf = ({ count, rule, path }: Group) => ({ count, rule, path });

type Counted = readonly [string, { readonly count: number }];

const byCount = ([left, { count: a }]: Counted, [right, { count: b }]: Counted): number =>
  b - a || (left < right ? -1 : 1);

function pairsOf({ values }: Group) {
  return Object.entries(values)
    .sort(byCount)
    .map(([pair, { count, examples }]) => {
      const [old, now] = JSON.parse(pair) as [unknown, unknown];
      return { old, new: now, count, examples };
    });
}

function rowOf(group: Group, withoutValues: boolean) {
  const head = { kind: 'change', ...summaryOf(group) };
  return withoutValues ? head : { ...head, values: pairsOf(group), others: group.others };
}

const textOf = (value: unknown): string => (value === null ? 'nothing' : JSON.stringify(value));

export type Bar = { update(done: number): void; stop(): void };

/** A progress bar on a terminal; nothing on anything else. */
export function progressBar(out: Output, word: string, total: number): Bar {
  if (!out.isTerminal) return { update() {}, stop() {} };
  const format = `${word} {bar} {percentage} %  {value}/{total}`;
  const bar = new cliProgress.SingleBar(
    { stream: process.stderr, format, hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return { update: (done) => bar.update(Math.floor(done)), stop: () => bar.stop() };
}
