import type { Delimiters } from '../../hl7v2/index.ts';
import type { Conversion } from '../environment.ts';
import type { RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import type { Collector } from './collector.ts';
import type { Reader, ReadPath } from './reader.ts';

/** What the text of a field gave, in which conversion. */
export type Answer = {
  readonly text: string;
  readonly values: unknown;
  readonly run: number;
  /** What there was to say of it, in an answer for one message. */
  readonly said: readonly number[] | undefined;
};

/**
 * What a rule made of the texts of its field (docs/decisions, "What rules remember"): codes, places
 * and practitioners are the same all day, and the results of an order say the same one after the
 * other. What was made of a text once is frozen and given again.
 */
type Memo = {
  last: Answer;
  /** Undefined for what holds for one message, and where texts seldom repeat; see `slotOf`. */
  known: (Answer | undefined)[] | undefined;
  hits: number;
  stored: number;
};

/** By the number of what is remembered; of messages that divide their fields in the same way. */
export type Memos = (Memo | undefined)[];

/** A message on its way, and what is known from those before. */
export type Remembering = {
  readonly run: number;
  readonly reader: Reader;
  readonly memos: Memos;
  readonly collector?: Pick<Collector, 'repeat'>;
};

/** A path of a rule whose values are remembered. */
export type Remembered = {
  readonly number: number;
  readonly own: number;
  readonly beside: readonly number[];
  /** The text that decides: from the one field to the other. */
  readonly first: number;
  readonly last: number;
  readonly isForOneMessage: boolean;
  /** Another rule may write into what this one set: each time it is given a copy. */
  readonly isCopied: boolean;
};

/** Longer texts are no codes. */
const textMax = 128;
const textsMax = 512;
const sendersMax = 16;

let numbers = 0;

/** Undefined where a value depends on more than texts of its segment. */
export function rememberedPath(
  row: RuleRow,
  merged: Merged,
  conversion: Conversion,
  path: ReadPath,
): Remembered | undefined {
  const { remembers } = conversion;
  if (remembers === undefined || row.using !== undefined || path.segment === 'MSH')
    return undefined;
  // A field that `with:` names is read only where it names one.
  if (row.with?.text !== undefined) return undefined;
  const { beside = [] } = remembers;
  const remembered = rememberedField(path.field, beside, remembers.for === 'message');
  return { ...remembered, isCopied: isWrittenInto(row, merged) };
}

/** What the text of a field, and of those beside it, stands for. */
export function rememberedField(
  field: number,
  beside: readonly number[] = [],
  isForOneMessage = false,
): Remembered {
  numbers += 1;
  return {
    number: numbers,
    own: field,
    beside,
    first: Math.min(field, ...beside),
    last: Math.max(field, ...beside),
    isForOneMessage,
    isCopied: false,
  };
}

const insides = new WeakMap<Merged, ReadonlySet<string>>();

/** Every element inside of which a rule of the mapping writes: `visit.period`. */
function writtenInside(merged: Merged): ReadonlySet<string> {
  const known = insides.get(merged);
  if (known !== undefined) return known;
  const inside = new Set<string>();
  for (const { row } of merged.rules) {
    const { to = '' } = row;
    for (let dot = to.indexOf('.'); dot >= 0; dot = to.indexOf('.', dot + 1))
      inside.add(to.slice(0, dot));
  }
  insides.set(merged, inside);
  return inside;
}

/** Does a rule write inside the element that this one sets, whichever form of a choice it is? */
function isWrittenInto({ to = '' }: RuleRow, merged: Merged): boolean {
  const inside = writtenInside(merged);
  if (!to.endsWith('[x]')) return inside.has(to);
  const stem = to.slice(0, -'[x]'.length);
  return [...inside].some((element) => element.startsWith(stem));
}

export function memosFor(byDelimiters: Map<string, Memos>, delimiters: Delimiters): Memos {
  const { component, repetition, subcomponent, escape: mark } = delimiters;
  const key = `${component} ${repetition} ${subcomponent} ${mark}`;
  const known = byDelimiters.get(key);
  if (known !== undefined) return known;
  if (byDelimiters.size >= sendersMax) byDelimiters.clear();
  const made: Memos = [];
  byDelimiters.set(key, made);
  return made;
}

/** What the field of a segment gave before; undefined where it has to be converted. */
export function recall(run: Remembering, at: number, path: Remembered): Answer | undefined {
  const memo = run.memos[path.number];
  if (memo === undefined) return undefined;
  const segment = run.reader.segments[at]!;
  const { starts } = segment.fields;
  const start = starts[path.first]!;
  const next = starts[path.last + 1];
  const length = (next === undefined ? segment.end : next - 1) - start;
  const { text } = run.reader.message;
  if (length !== memo.last.text.length || !text.startsWith(memo.last.text, start)) {
    if (length > textMax || memo.known === undefined) return undefined;
    const found = memo.known[slotOf(run.reader, start, length)];
    if (found === undefined || found.text.length !== length) return undefined;
    if (!text.startsWith(found.text, start)) return undefined;
    memo.last = found;
    memo.hits += 1;
  } else if (path.isForOneMessage) {
    if (memo.last.run !== run.run) return undefined;
    if (memo.last.said !== undefined) run.collector?.repeat(memo.last.said);
  }
  segment.markRead(path.own);
  for (const field of path.beside) if (segment.has(field)) segment.markRead(field);
  return memo.last;
}

/** Remembers what a field gave, of which there was nothing to say but in this message: `said`. */
export function remember(
  { run, reader, memos }: Remembering,
  at: number,
  path: Remembered,
  given: unknown,
  said?: readonly number[],
): void {
  const { isForOneMessage } = path;
  const memo = memos[path.number];
  if (memo !== undefined && memo.known === undefined && !isForOneMessage) return;
  // Without a value it is not known whether the fields beside it were read.
  if (given === undefined && path.beside.length > 0) return;
  const segment = reader.segments[at]!;
  const start = segment.fieldStart(path.first);
  const end = segment.fieldEnd(path.last);
  if (end - start > textMax) return;
  const text = ownText(reader.message.text.slice(start, end));
  // What an escape stands for is looked up, and said, each time.
  if (text === '""' || (reader.escape !== '' && text.includes(reader.escape))) return;
  const answer = { text, values: isForOneMessage ? given : ownValue(given), run, said };
  if (memo === undefined) {
    const known = isForOneMessage ? undefined : new Array<Answer | undefined>(textsMax);
    known?.fill(undefined);
    if (known !== undefined) known[slotOf(reader, start, end - start)] = answer;
    memos[path.number] = { last: answer, known, hits: 0, stored: 1 };
    return;
  }
  memo.last = answer;
  if (memo.known === undefined) return;
  memo.known[slotOf(reader, start, end - start)] = answer;
  memo.stored += 1;
  if (memo.stored < textsMax) return;
  if (memo.hits < textsMax) memo.known = undefined;
  memo.hits = 0;
  memo.stored = 0;
}

/**
 * Where the answer to a text is kept, found without making a string of it: of two that belong
 * there the later one stays.
 */
function slotOf({ characters }: Reader, start: number, length: number): number {
  // The rooms of a ward differ in one digit.
  const step = 1 + (length >> 5);
  let slot = length;
  for (let at = start + length - 1; at >= start; at -= step)
    slot = (Math.imul(slot, 31) + characters[at]!) | 0;
  return (slot ^ (slot >>> 9)) & (textsMax - 1);
}

/** The lib of TypeScript does not have it yet. */
const json = JSON as typeof JSON & { isRawJSON(value: unknown): boolean };

/** A copy that others may write into; of a decimal with its digits there is none. */
export function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (json.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOf((value as Record<string, unknown>)[key]);
  return copy;
}

/** A part of a text keeps the whole message in memory; short ones are copied anyway. */
export const ownText = (text: string): string => (text.length < 13 ? text : ` ${text}`.slice(1));

/** A copy that holds on to nothing of the message, and that nobody can change. */
function ownValue(value: unknown): unknown {
  if (typeof value === 'string') return ownText(value);
  // A decimal with its digits is frozen, and is no plain object.
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(ownValue));
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = ownValue((value as Record<string, unknown>)[key]);
  return Object.freeze(copy);
}
