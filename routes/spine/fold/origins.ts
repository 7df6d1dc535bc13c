import { type Filled, mergeRuns, type Run, withoutOrigin } from '../../../transforms/fhir/index.ts';
import { type Elements, hiddenName, isHidden, splitItems } from './elements.ts';

/**
 * Beside a list that several fields fill stands, hidden from readers, what each of them gave to it:
 * `0 PID-13 2,1 PID-14 1` are its place, name and items; a `+` after the name says that it adds.
 */
export function originsText(origins: Readonly<Record<string, readonly Run[]>>): string {
  let text = '';
  for (const name in origins) text += `"${hiddenName(name)}":"${runsText(origins[name]!)}",`;
  return text;
}

function runsText(runs: readonly Run[]): string {
  let text = '';
  for (const { origin, items } of runs) {
    const run = `${origin.order} ${origin.name}${origin.adds ? '+' : ''} ${items}`;
    text = text === '' ? run : `${text},${run}`;
  }
  return text;
}

const readRuns = (quoted: string): readonly Run[] =>
  quoted
    .slice(1, -1)
    .split(',')
    .map((text) => {
      const [order, name = '', items] = text.split(' ');
      const adds = name.endsWith('+');
      const origin = { name: adds ? name.slice(0, -1) : name, order: Number(order), adds };
      return { origin, items: Number(items) };
    });

/** Elements of these that several fields fill. */
export function shared(elements: Elements): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (const name of elements.keys())
    if (isHidden(name)) {
      names ??= new Set();
      names.add(name.slice(1));
    }
  return names ?? none;
}

const none: ReadonlySet<string> = new Set();

/**
 * What newer fields give to an element takes the place of what they gave; says whether that changed
 * it. A list of which nobody knows which field gave what is replaced as one.
 */
export function giveTo(elements: Elements, name: string, newer: Elements): boolean {
  const hidden = hiddenName(name);
  const [text, runs] = [newer.get(name)!, newer.get(hidden)!];
  const [knownText, knownRuns] = [elements.get(name), elements.get(hidden)];
  if (knownText === text && knownRuns === runs) return false;
  if (knownText === undefined || knownRuns === undefined) return put(elements, name, text, runs);
  const before = { runs: readRuns(knownRuns), items: splitItems(knownText) };
  const said = { runs: readRuns(runs), items: splitItems(text) };
  return putFilled(
    elements,
    name,
    mergeRuns(before, said, (item) => item),
  );
}

/** Takes out what one field gave; says whether there was any. */
export function takeBack(elements: Elements, name: string, origin: string): boolean {
  const text = elements.get(name);
  const runs = elements.get(hiddenName(name));
  if (text === undefined || runs === undefined) return elements.delete(name);
  const before = { runs: readRuns(runs), items: splitItems(text) };
  return putFilled(elements, name, withoutOrigin(before, origin));
}

function putFilled(elements: Elements, name: string, { runs, items }: Filled<string>): boolean {
  if (items.length === 0) {
    elements.delete(hiddenName(name));
    return elements.delete(name);
  }
  return put(elements, name, `[${items.join()}]`, `"${runsText(runs)}"`);
}

function put(elements: Elements, name: string, text: string, runs: string): boolean {
  const hidden = hiddenName(name);
  if (elements.get(name) === text && elements.get(hidden) === runs) return false;
  elements.set(name, text);
  elements.set(hidden, runs);
  return true;
}
