import type { Mark } from '../../fhir/index.ts';
import type { RuleRow } from '../language.ts';
import type { Cell } from '../reading/index.ts';
import type { GivenOrigins } from './given-origins.ts';
import type { Fields, Writer } from './writers.ts';

/** What rules fill: a resource, or one item of a part. What is seldom there is made when needed. */
export type Target = {
  set: Fields;
  initial: Fields | undefined;
  /** Elements, or `period.end` within one, whose field came as `""`. */
  emptied: Set<string> | undefined;
  marks: Omit<Mark, 'contribution'>[] | undefined;
  /** For lists that several fields fill: what each of them gave. */
  origins: GivenOrigins | undefined;
  /** Items that a rule which `ends` takes out of an element. */
  without: Record<string, unknown[]> | undefined;
  /** For a part that stands for one repetition of a field. */
  readonly current: Current | undefined;
};

/** One repetition of a field; `isAlone`: there is no other. */
export type Current = { readonly name: string; readonly cell: Cell; readonly isAlone: boolean };

export const newTarget = (current: Target['current']): Target => ({
  set: {},
  initial: undefined,
  emptied: undefined,
  marks: undefined,
  origins: undefined,
  without: undefined,
  current,
});

/** Puts what a rule made where it belongs; false when the element has a value already. */
export type Put = (target: Target, value: unknown) => boolean;

/** By the rule`s own words: where nothing is yet, marked, or taken out. */
export function compilePut(row: RuleRow, writer: Writer): Put {
  const { mark } = row;
  if (row.ends === true)
    return (target, value) => {
      takeOut(target, writer.names[0]!, endedItem(value));
      return true;
    };
  if (row.initial === true)
    return (target, value) => {
      for (const name of freeFor(writer)) if (target.set[name] !== undefined) return false;
      target.initial ??= {};
      return writer.write(target.initial, value);
    };
  if (mark === undefined) return (target, value) => writer.write(target.set, value);
  return (target, value) => {
    if (!writer.write(target.set, value)) return false;
    target.marks ??= [];
    target.marks.push({ path: writer.pathIn(target.set), use: mark });
    return true;
  };
}

/** Elements that must have no value: one and its extensions (`_start`) are one element in FHIR. */
export const freeFor = ({ names }: Writer): readonly string[] =>
  names.flatMap((name) => (name.startsWith('_') ? [name, name.slice(1)] : [name]));

/** An identifier is known by its system and value. */
function endedItem(value: unknown): unknown {
  const { system, value: number } = value as fhir4.Identifier;
  if (number === undefined) return value;
  return system === undefined ? { value: number } : { system, value: number };
}

/** What `""` removes. */
export function emptyElements(target: Target, names: readonly string[]): void {
  target.emptied ??= new Set();
  for (const name of names) target.emptied.add(name);
}

export function takeOut(target: Target, name: string, item: unknown): void {
  target.without ??= {};
  target.without[name] ??= [];
  target.without[name].push(item);
}

/**
 * What all identifiers of a rule have in them, by which `""` takes them out from among others;
 * undefined where only a merge or a change can say which one ends.
 */
export function itemsOf({ as: conversion = '', with: given = {} }: RuleRow): unknown {
  if (!conversion.endsWith('Identifier')) return undefined;
  const { system, type } = given;
  if (system !== undefined) return { system };
  return type === undefined ? undefined : { type: { coding: [{ code: type }] } };
}
