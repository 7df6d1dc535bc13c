import type { Clauses, Condition } from '../language.ts';
import type { Shape } from '../rules/index.ts';
import { fieldPath } from './field-path.ts';
import { type Reader, type ReadPath, readField, readPath, readText } from './reader.ts';
import type { Scope } from './scope-of-shape.ts';

/** What a condition is judged on: a segment of a message. */
export type Place = {
  /** Of this conversion; no other has it. */
  readonly run: number;
  readonly reader: Reader;
  readonly scope: Scope;
  /** `ADT^A01` and `A01`. */
  readonly messageType: string;
  readonly trigger: string;
};

export type Predicate = (place: Place, index: number) => boolean;

/** Compiles `when:`; undefined when there is nothing to judge. */
export function compileCondition(when: Condition | undefined): Predicate | undefined {
  if (!Array.isArray(when)) return allOf(when ?? {});
  const options = when.map((clauses) => allOf(clauses));
  if (options.includes(undefined)) return undefined;
  return (place, index) => options.some((option) => option!(place, index));
}

/**
 * Can it hold in a message of that shape? Only the first clauses are asked: what is read on the
 * way to the one that decides counts as read.
 */
export function canHold(when: Condition | undefined, shape: Shape): boolean {
  return [when ?? {}].flat().some((clauses) => {
    // What numbers the visit is read before all else.
    if (clauses.visit !== undefined) return true;
    for (const [key, wanted] of Object.entries(clauses)) {
      // Asked before all others, and of the message.
      if (key === 'made' || key === 'not made') continue;
      const told = tell(key, wanted, shape);
      if (told === undefined || !told) return told === undefined;
    }
    return true;
  });
}

/** What the shape alone says of a clause; undefined where it takes the message. */
function tell(key: string, wanted: Clauses[string], shape: Shape): boolean | undefined {
  if (key.startsWith('not ')) {
    const told = tell(key.slice(4), wanted, shape);
    return told === undefined ? undefined : !told;
  }
  const isWanted = (text: string): boolean => [wanted].flat().map(String).includes(text);
  if (key === 'trigger') return isWanted(shape.trigger);
  if (key === 'message') return isWanted(shape.messageType);
  if (shape.segments.has(fieldPath(key).segment)) return undefined;
  return wanted === 'present' ? false : wanted === 'absent' || isWanted('');
}

function allOf(clauses: Clauses): Predicate | undefined {
  const predicates = Object.entries(clauses).map(([key, wanted]) => clause(key, wanted));
  const [first, ...rest] = predicates;
  if (!first) return undefined;
  if (rest.length === 0) return first;
  return (place, index) => {
    for (const predicate of predicates) if (!predicate(place, index)) return false;
    return true;
  };
}

function clause(key: string, wanted: Clauses[string]): Predicate {
  const isNot = key.startsWith('not ');
  const predicate = positive(isNot ? key.slice(4) : key, wanted);
  return isNot ? (place, index) => !predicate(place, index) : predicate;
}

/**
 * Rows and rules ask the same of their segments, and each asks as the one before: they share what
 * asks, which remembers its last answer.
 */
const asked = new Map<string, Predicate>();
const askedMax = 10_000;

function positive(key: string, wanted: Clauses[string]): Predicate {
  const words = JSON.stringify([key, wanted]);
  const known = asked.get(words);
  if (known !== undefined) return known;
  const made = newPositive(key, wanted);
  if (asked.size >= askedMax) asked.clear();
  asked.set(words, made);
  return made;
}

function newPositive(key: string, wanted: Clauses[string]): Predicate {
  const values = [wanted].flat().map(String);
  if (key === 'trigger') return (place) => isAmong(values, place.trigger);
  if (key === 'message') return (place) => isAmong(values, place.messageType);
  const path = readPath(fieldPath(key));
  // A field may have a value and no first component: `^1^:^128`, `^Glucose`.
  const isThere: Judge = (reader, at) => readField(reader, at, path).state === 'value';
  if (wanted === 'present') return fieldPredicate(path, isThere, false);
  if (wanted === 'absent') return fieldPredicate(path, (reader, at) => !isThere(reader, at), true);
  return fieldPredicate(
    path,
    (reader, at) => isAmong(values, readText(reader, at, path)),
    values.includes(''),
  );
}

/** Texts of a message have no hash yet; comparing them with a few words takes less than one. */
export function isAmong(values: readonly string[], text: string): boolean {
  for (const value of values) if (value === text) return true;
  return false;
}

type Judge = (reader: Reader, at: number) => boolean;

/** Remembers the last answer: all results of an order ask the same of it. */
function fieldPredicate({ number }: ReadPath, judge: Judge, isMissing: boolean): Predicate {
  let lastRun = -1;
  let lastAt = -1;
  let last = false;
  return ({ run, reader, scope }, index) => {
    const at = scope.resolve(index, number);
    if (at < 0) return isMissing;
    if (at === lastAt && run === lastRun) return last;
    last = judge(reader, at);
    lastAt = at;
    lastRun = run;
    return last;
  };
}
