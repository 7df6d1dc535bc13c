/**
 * One repetition of a field, split once: a component is a text, or a list where it has
 * subcomponents. Values are decoded and trimmed; `""` and null tokens are gone.
 */
export type Cell = {
  readonly parts: readonly (string | readonly string[])[];
  /** `PID-5`, `PID-5[2]`: for issues. */
  readonly path: string;
  /** `PID-5`: what dialect settings are keyed by. */
  readonly field: string;
  /** Position of the segment in the message. */
  readonly index: number;
};

/**
 * A component, subcomponents joined by `&` (text that was never meant to be divided comes whole).
 */
export function component(cell: Cell, number: number): string {
  const part = cell.parts[number - 1];
  if (part === undefined) return '';
  return typeof part === 'string' ? part : part.join('&').replace(/&+$/, '');
}

export function subcomponent(cell: Cell, number: number, sub: number): string {
  const part = cell.parts[number - 1];
  if (part === undefined) return '';
  if (typeof part === 'string') return sub === 1 ? part : '';
  return part[sub - 1] ?? '';
}

/** The whole repetition as text, its components joined by `^`; '' when nothing is in it. */
export function cellText(cell: Cell): string {
  if (cell.parts.length === 1) return component(cell, 1);
  const texts: string[] = [];
  for (let number = 1; number <= cell.parts.length; number += 1)
    texts.push(component(cell, number));
  while (texts.length > 0 && texts[texts.length - 1] === '') texts.pop();
  return texts.join('^');
}

/** A cell of its own for one component: HD in CX.4, FN in XPN.1, a name in NDL.1. */
export function nested(cell: Cell, number: number): Cell {
  const part = cell.parts[number - 1];
  const parts = part === undefined ? [] : typeof part === 'string' ? [part] : part;
  return { parts, path: `${cell.path}.${number}`, field: cell.field, index: cell.index };
}

export function isEmpty({ parts }: Cell): boolean {
  for (const part of parts) {
    if (typeof part === 'string' ? part !== '' : part.some((text) => text !== '')) return false;
  }
  return true;
}
