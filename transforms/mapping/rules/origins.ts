import { nameOfGiven, type Origin } from '../../fhir/index.ts';
import { partElement, rulesOf } from '../elements/index.ts';
import type { Condition, PartRow, RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import { parseFieldPath } from '../reading/index.ts';

/** What a row gives to an element that rows of other fields fill as well. */
export type Giving = {
  readonly element: string;
  readonly origin: Origin;
  /** Name of it among what a contribution removes. */
  readonly given: string;
};

/** By id of the row. */
export type Givings = {
  readonly parts: ReadonlyMap<string, Giving>;
  readonly rules: ReadonlyMap<string, Giving>;
  readonly elements: ReadonlySet<string>;
};

type Filler = {
  readonly kind: 'parts' | 'rules';
  readonly id: string;
  /** What it reads. */
  readonly names: readonly string[];
  /** What must be absent for it to speak: it stands in for that. */
  readonly instead: readonly string[];
  readonly adds: boolean;
  /** It gives whole items, so that one can say which are its own. */
  readonly isWhole: boolean;
};

/**
 * Repeating elements of a resource row that several fields fill, each of which counts by itself:
 * one that is absent leaves what it gave. Rows that read the same field, or of which one speaks
 * where the other is absent, count as one, and so do all constants. Identifiers end only by merge
 * or change, and an element that a rule fills inside of items is one whole.
 */
export function givingsOf(merged: Merged, id: string): Givings {
  const parts = new Map<string, Giving>();
  const rules = new Map<string, Giving>();
  const elements = new Set<string>();
  for (const [element, fillers] of fillersOf(merged, id)) {
    const groups = groupsOf(fillers);
    if (new Set(groups).size < 2 || !fillers.every(({ isWhole }) => isWhole)) continue;
    elements.add(element);
    fillers.forEach((filler, order) => {
      const group = groups[order]!;
      const name = fillers[group]!.names[0]!;
      const adds = fillers.some((other, at) => groups[at] === group && other.adds);
      const giving = { element, origin: { name, order, adds }, given: nameOfGiven(element, name) };
      (filler.kind === 'parts' ? parts : rules).set(filler.id, giving);
    });
  }
  return { parts, rules, elements };
}

/** In the order in which they fill. */
function fillersOf(merged: Merged, id: string): ReadonlyMap<string, Filler[]> {
  const byElement = new Map<string, Filler[]>();
  const add = (element: string, filler: Filler): void => {
    const known = byElement.get(element);
    if (known === undefined) byElement.set(element, [filler]);
    else known.push(filler);
  };
  for (const { row } of merged.parts) {
    if (row.of !== id || partElement(merged, row.id)?.repeats !== true) continue;
    add(row.element!, partFiller(row));
  }
  for (const { row, elements } of rulesOf(merged, id)) {
    if (row.initial === true) continue;
    const [top, ...inner] = elements;
    if (top?.repeats !== true || top.name === 'identifier') continue;
    add(top.name, ruleFiller(row, inner.length === 0));
  }
  return byElement;
}

const partFiller = ({ id, each, when, update }: PartRow): Filler => ({
  kind: 'parts',
  id,
  names: [fieldName(each!)],
  instead: insteadOf(when),
  adds: update === 'append',
  isWhole: true,
});

function ruleFiller(row: RuleRow, isWhole: boolean): Filler {
  const { id, from, reference, when, value, ends } = row;
  const fields = from === undefined ? ['='] : [from].flat().map(fieldName);
  return {
    kind: 'rules',
    id,
    names: reference === undefined ? fields : [reference],
    instead: insteadOf(when),
    adds: false,
    isWhole: isWhole && value !== null && ends !== true,
  };
}

/** `OBR-15` of `OBR-15.3`; a segment is its own name. */
function fieldName(text: string): string {
  const path = parseFieldPath(text);
  return path === undefined ? text : `${path.segment}-${path.field}`;
}

/** Fields, their segments and rows that a condition wants absent. */
function insteadOf(when: Condition | undefined): readonly string[] {
  return [when ?? []].flat().flatMap((clauses) =>
    Object.entries(clauses).flatMap(([key, wanted]) => {
      if (key === 'not made') return [wanted].flat().map(String);
      const isAbsent = key.startsWith('not ') ? wanted === 'present' : wanted === 'absent';
      const name = fieldName(key.replace(/^not /, ''));
      return isAbsent ? [name, name.split('-')[0]!] : [];
    }),
  );
}

/** For each the place of the first that it counts as one with. */
function groupsOf(fillers: readonly Filler[]): readonly number[] {
  const groups = fillers.map((_filler, at) => at);
  for (const [at, filler] of fillers.entries())
    for (const [other, before] of fillers.slice(0, at).entries()) {
      if (!isOne(filler, before)) continue;
      const [low, high] = [groups[at]!, groups[other]!].sort((left, right) => left - right);
      for (const [index, group] of groups.entries()) if (group === high) groups[index] = low!;
    }
  return groups;
}

const share = (left: readonly string[], right: readonly string[]): boolean =>
  left.some((name) => right.includes(name));

const isOne = (left: Filler, right: Filler): boolean =>
  share(left.names, right.names) ||
  share(left.instead, right.names) ||
  share(left.names, right.instead);
