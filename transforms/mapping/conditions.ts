import { fieldPath } from './field-path.ts';
import type { Clauses, Condition } from './language.ts';
import { type Reader, readField, readPath, readText } from './reader.ts';
import type { Scope } from './scope.ts';

/** What a condition is judged on: a segment of a message. */
export type Place = {
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

function allOf(clauses: Clauses): Predicate | undefined {
  const predicates = Object.entries(clauses).map(([key, wanted]) => clause(key, wanted));
  const [first, ...rest] = predicates;
  if (!first) return undefined;
  if (rest.length === 0) return first;
  return (place, index) => predicates.every((predicate) => predicate(place, index));
}

function clause(key: string, wanted: Clauses[string]): Predicate {
  const isNot = key.startsWith('not ');
  const predicate = positive(isNot ? key.slice(4) : key, wanted);
  return isNot ? (place, index) => !predicate(place, index) : predicate;
}

function positive(key: string, wanted: Clauses[string]): Predicate {
  const values = new Set([wanted].flat().map(String));
  if (key === 'trigger') return (place) => values.has(place.trigger);
  if (key === 'message') return (place) => values.has(place.messageType);
  const path = readPath(fieldPath(key));
  const textAt = (place: Place, index: number): string => {
    const at = place.scope.resolve(index, path.segment);
    return at < 0 ? '' : readText(place.reader, at, path);
  };
  // A field may have a value and no first component: `^1^:^128`, `^Glucose`.
  const isThere = ({ scope, reader }: Place, index: number): boolean => {
    const at = scope.resolve(index, path.segment);
    return at >= 0 && readField(reader, at, path).state === 'value';
  };
  if (wanted === 'present') return isThere;
  if (wanted === 'absent') return (place, index) => !isThere(place, index);
  return (place, index) => values.has(textAt(place, index));
}
