import { createHash } from 'node:crypto';

/** How many messages or values it was, with the first of them by their ids or names. */
export type Tally<Example = string> = { count: number; readonly examples: Example[] };

/** What differs, by rule and path; grows by one message at a time, or by another diff. */
export type Diff = {
  messages: number;
  same: number;
  /** Outcomes before and after, of messages in which they differ or that were left alone. */
  readonly outcomes: Record<string, Tally>;
  /** By `rule|path`. */
  readonly groups: Record<string, Group>;
};

export type Group = {
  readonly rule: string;
  readonly path: string;
  /** Values that differ. */
  count: number;
  readonly values: Record<string, Tally>;
  /** Values beyond the pairs that are kept. */
  others: number;
};

/** A value that differs, on its way into a diff. */
export type Difference = {
  readonly rule: string;
  readonly path: string;
  readonly old: unknown;
  readonly new: unknown;
};

const examplesMax = 3;
/** Pairs of values kept for each rule and path: names and times differ in every message. */
const pairsMax = 100;
const charactersMax = 160;

export const newDiff = (): Diff => ({ messages: 0, same: 0, outcomes: {}, groups: {} });

/** One message more, in which nothing differs. */
export function addSame(diff: Diff): void {
  diff.messages += 1;
  diff.same += 1;
}

/** One message more. `outcome`: `before -> after`, where that is to be told. */
export function addMessage(
  diff: Diff,
  example: string,
  outcome: string | undefined,
  differences: readonly Difference[],
): void {
  diff.messages += 1;
  if (outcome !== undefined) tallyIn(diff.outcomes, outcome, 1, [example]);
  for (const difference of differences) {
    const { rule, path } = difference;
    const group = groupIn(diff, rule, path);
    group.count += 1;
    const pair = JSON.stringify([shown(difference.old), shown(difference.new)]);
    if (isRoom(group, pair)) tallyIn(group.values, pair, 1, [example]);
    else group.others += 1;
  }
}

/** What `more` has found, after what `diff` has: in the same order always the same. */
export function mergeDiff(diff: Diff, more: Diff): void {
  diff.messages += more.messages;
  diff.same += more.same;
  for (const [outcome, { count, examples }] of Object.entries(more.outcomes))
    tallyIn(diff.outcomes, outcome, count, examples);
  for (const { rule, path, count, values, others } of Object.values(more.groups)) {
    const group = groupIn(diff, rule, path);
    group.count += count;
    group.others += others;
    for (const [pair, tally] of Object.entries(values)) {
      if (isRoom(group, pair)) tallyIn(group.values, pair, tally.count, tally.examples);
      else group.others += tally.count;
    }
  }
}

const isRoom = ({ values }: Group, pair: string): boolean =>
  Object.hasOwn(values, pair) || Object.keys(values).length < pairsMax;

function groupIn(diff: Diff, rule: string, path: string): Group {
  const key = `${rule}|${path}`;
  const known = diff.groups[key];
  if (known) return known;
  const made: Group = { rule, path, count: 0, values: {}, others: 0 };
  diff.groups[key] = made;
  return made;
}

function tallyIn(
  tallies: Record<string, Tally>,
  key: string,
  count: number,
  examples: readonly string[],
): void {
  const known = tallies[key] ?? { count: 0, examples: [] };
  tallies[key] = known;
  known.count += count;
  for (const example of examples)
    if (known.examples.length < examplesMax && !known.examples.includes(example))
      known.examples.push(example);
}

/** A value as the diff shows it: documents of megabytes stand there as what tells them apart. */
function shown(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= charactersMax) return value ?? null;
  const digest = createHash('sha256').update(value).digest('hex').slice(0, 12);
  return `${value.slice(0, 80)}… (${value.length} characters, SHA-256 ${digest})`;
}
