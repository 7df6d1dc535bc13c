import type { Contribution } from '../../transforms/fhir/index.ts';
import { type Elements, splitElements, textOf } from './elements.ts';

/** A contribution as the fold works on it. */
export type Said = {
  readonly set: Elements;
  readonly remove: readonly string[];
  readonly whole: boolean;
  /** For elements that have no value when it is this contribution's turn. */
  readonly initial: Elements;
  /** It is never first: it follows what it corrects. */
  readonly corrects: boolean;
};

/** A contribution as text, which is enough to see whether it says anything new. */
export type SaidText = {
  readonly set: string;
  readonly remove: readonly string[];
  readonly whole: boolean;
  /** Undefined when it has none. */
  readonly initial: string | undefined;
  readonly corrects: boolean;
};

/** A contribution and its place in the order of things. */
export type Placed = Said & {
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
  /** A later generation of the message no longer speaks of this resource. */
  readonly retraction: boolean;
};

const nobody: readonly string[] = [];

/**
 * The contribution as text. Throws for an element name that no FHIR element has, which is a bug.
 */
export function saidBy({ set, remove, whole, initial, corrects }: Contribution): SaidText {
  const initialText = initial === undefined ? '{}' : textOf(initial);
  return {
    set: textOf(set),
    remove: remove.length === 0 ? nobody : remove.filter((name) => set[name] === undefined),
    whole: whole === true,
    initial: initialText === '{}' ? undefined : initialText,
    corrects: corrects !== undefined && corrects.mayBeFirst === undefined,
  };
}

const nothing: Elements = new Map();

export function splitSaid({ set, remove, whole, initial, corrects }: SaidText): Said {
  return {
    set: splitElements(set),
    remove,
    whole,
    initial: initial === undefined ? nothing : splitElements(initial),
    corrects,
  };
}

/** Applies what is newer to what is there; says whether that changed anything. */
export function apply(elements: Elements, said: Said): boolean {
  let changed = false;
  if (said.whole) {
    for (const name of elements.keys()) {
      if (said.set.has(name)) continue;
      elements.delete(name);
      changed = true;
    }
  }
  for (const name of said.remove) changed = remove(elements, name) || changed;
  for (const [name, own] of said.set) {
    const before = elements.get(name);
    const text = said.whole ? own : extended(name, before, own);
    if (before === text) continue;
    elements.set(name, text);
    changed = true;
  }
  for (const [name, text] of said.initial) {
    if (elements.has(name)) continue;
    elements.set(name, text);
    changed = true;
  }
  return changed;
}

/**
 * Elements that messages fill piece by piece, an admission their start and a discharge their end:
 * what is not named in them stays.
 */
const piecemeal = new Set(['collection', 'hospitalization', 'period']);

function extended(name: string, before: string | undefined, text: string): string {
  if (before === undefined || before === text || !piecemeal.has(name)) return text;
  return JSON.stringify({ ...JSON.parse(before), ...JSON.parse(text) });
}

/** Removes an element, or one piece of it: `period.end`. */
function remove(elements: Elements, path: string): boolean {
  const dot = path.indexOf('.');
  if (dot < 0) return elements.delete(path);
  const name = path.slice(0, dot);
  const before = elements.get(name);
  if (before === undefined) return false;
  const { [path.slice(dot + 1)]: gone, ...rest } = JSON.parse(before);
  if (gone === undefined) return false;
  if (Object.keys(rest).length === 0) return elements.delete(name);
  elements.set(name, JSON.stringify(rest));
  return true;
}

/**
 * The resource from all that was ever said of it, in the order of the messages; of one message
 * only the latest generation counts. Undefined when nobody says anything of it any more.
 */
export function fold(contributions: readonly Placed[]): Elements | undefined {
  const latest = new Map<number, number>();
  for (const { message, generation } of contributions)
    latest.set(message, Math.max(generation, latest.get(message) ?? 0));
  const counting = contributions
    .filter((one) => one.generation === latest.get(one.message) && !one.retraction)
    .sort((left, right) => left.message - right.message || left.ordinal - right.ordinal);
  if (counting.length === 0) return undefined;
  const elements: Elements = new Map();
  for (const one of afterCorrected(counting)) apply(elements, one);
  return elements;
}

/**
 * A correction that was received before what it corrects waited for it, held: it comes right
 * after it, however old its message is.
 */
function afterCorrected(sorted: readonly Placed[]): readonly Placed[] {
  const first = sorted.findIndex((one) => !one.corrects);
  if (first <= 0) return sorted;
  return [sorted[first]!, ...sorted.slice(0, first), ...sorted.slice(first + 1)];
}

/** Do both hold the same texts? The order in which they came is no difference in FHIR. */
export function sameElements(left: Elements, right: Elements): boolean {
  if (left.size !== right.size) return false;
  for (const [name, text] of left) if (right.get(name) !== text) return false;
  return true;
}
