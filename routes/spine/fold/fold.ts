import type { Contribution } from '../../../transforms/fhir/index.ts';
import { type Elements, hiddenName, isHidden, splitElements, textOf } from './elements.ts';
import { dropMember, joinTexts, type Patterns, takeOut } from './joining.ts';
import { giveTo, originsText, shared } from './origins.ts';

/** A contribution as the fold works on it. */
export type Said = {
  /** A list that several fields fill has what each gave beside it, see `origins.ts`. */
  readonly set: Elements;
  readonly remove: readonly string[];
  readonly whole: boolean;
  /** For elements that have no value when it is this contribution's turn. */
  readonly initial: Elements;
  /** Names of elements in `set` that join what is there. */
  readonly joins: readonly string[];
  readonly without: Patterns;
  /** Number of the list that the resource stands on; 0 for none. */
  readonly list: number;
  /** It is never first: it follows what it corrects. */
  readonly corrects: boolean;
  /** The resource is there no more. */
  readonly deleted: boolean;
};

/** A contribution as text, which is enough to see whether it says anything new. */
export type SaidText = {
  readonly set: string;
  readonly remove: readonly string[];
  readonly whole: boolean;
  /** Undefined when it has none. */
  readonly initial: string | undefined;
  readonly joins: readonly string[];
  /** Undefined when it takes nothing out. */
  readonly without: string | undefined;
  readonly list: number;
  readonly corrects: boolean;
  readonly deleted: boolean;
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
/** What lists end comes after all that the message itself says of its resources. */
export const endingOrdinal = Number.MAX_SAFE_INTEGER;

/**
 * The contribution as text. Throws for an element name that no FHIR element has, which is a bug.
 */
export function saidBy(contribution: Contribution): SaidText {
  const { set, origins, remove, whole, initial, joins, without, corrects, deleted } = contribution;
  const initialText = initial === undefined ? '{}' : textOf(initial);
  return {
    set: origins === undefined ? textOf(set) : `{${originsText(origins)}${textOf(set).slice(1)}`,
    remove: remove.length === 0 ? nobody : remove.filter((name) => set[name] === undefined),
    whole: whole === true,
    initial: initialText === '{}' ? undefined : initialText,
    joins: joins ?? nobody,
    without: without === undefined ? undefined : JSON.stringify(without),
    list: 0,
    corrects: corrects !== undefined && corrects.mayBeFirst === undefined,
    deleted: deleted === true,
  };
}

const nothing: Elements = new Map();
export const noPatterns: Patterns = Object.freeze({});

export function splitSaid({ set, initial, without, ...said }: SaidText): Said {
  return {
    ...said,
    set: splitElements(set),
    initial: initial === undefined ? nothing : splitElements(initial),
    without: without === undefined ? noPatterns : JSON.parse(without),
  };
}

/** Of a message that says nothing of the resource. */
export const silence: Said = {
  set: nothing,
  remove: nobody,
  whole: false,
  initial: nothing,
  joins: nobody,
  without: noPatterns,
  list: 0,
  corrects: false,
  deleted: false,
};

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
  for (const name of said.remove) changed = dropMember(elements, name) || changed;
  for (const name in said.without)
    changed = takeOut(elements, name, said.without[name]!) || changed;
  const given = shared(said.set);
  const known = shared(elements);
  for (const [name, text] of said.set) {
    if (isHidden(name)) continue;
    if (given.has(name)) {
      changed = giveTo(elements, name, said.set) || changed;
      continue;
    }
    if (known.has(name)) changed = elements.delete(hiddenName(name)) || changed;
    const before = elements.get(name);
    if (before === text) continue;
    const joined = before !== undefined && !said.whole && said.joins.includes(name);
    const after = joined ? joinTexts(before, text) : text;
    if (after === before) continue;
    elements.set(name, after);
    changed = true;
  }
  for (const [name, text] of said.initial) {
    // An element and its extensions (`_start`) are one element in FHIR.
    if (elements.has(name) || (name.startsWith('_') && elements.has(name.slice(1)))) continue;
    if (name === 'dataAbsentReason' && hasValue(elements)) continue;
    elements.set(name, text);
    changed = true;
  }
  return changed;
}

/** Why a value is not there is said of none that is (obs-6 of R4). */
function hasValue(elements: Elements): boolean {
  for (const name of elements.keys()) if (name.startsWith('value')) return true;
  return false;
}

/** Those that count, in the order of the messages: of one message only the latest generation. */
export function counting<One extends Turn>(contributions: readonly One[]): One[] {
  const latest = new Map<number, number>();
  for (const { message, generation } of contributions)
    latest.set(message, Math.max(generation, latest.get(message) ?? 0));
  return contributions
    .filter((one) => one.generation === latest.get(one.message) && !one.retraction)
    .sort(inOrder);
}

/** When it is whose turn. */
type Turn = Pick<Placed, 'message' | 'generation' | 'ordinal' | 'retraction'>;

const inOrder = (left: Turn, right: Turn): number =>
  left.message - right.message || left.ordinal - right.ordinal;

/**
 * The resource from all that was ever said of it, in the order of the messages, and from what its
 * lists ended. Undefined when nobody says anything of it any more, or the last word was a deletion.
 */
export function fold(
  contributions: readonly Placed[],
  endings: readonly Placed[] = [],
): Elements | undefined {
  const said = counting(contributions);
  if (said.length === 0) return undefined;
  const all = endings.length === 0 ? said : [...said, ...endings].sort(inOrder);
  const elements: Elements = new Map();
  let isThere = true;
  for (const one of afterCorrected(all)) {
    // What its lists end of a deleted resource does not bring it back.
    if (!isThere && one.ordinal === endingOrdinal) continue;
    apply(elements, one);
    isThere = !one.deleted;
  }
  return isThere ? elements : undefined;
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
