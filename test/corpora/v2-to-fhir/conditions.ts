// Conditions of HL7's tables in their own notation, as what a message must have for them to hold.
// Only conjunctions can be set up; of alternatives the first is taken.

/** A field (or component) and its value: '' for absent, `*` for any. */
export type Setting = { readonly field: string; readonly value: string };

const field = String.raw`([A-Z][A-Z0-9]{2}[-.]\d+(?:\.\d+)?)`;
const forms: readonly (readonly [RegExp, (match: readonly string[]) => Setting[]])[] = [
  [form(`${field} AND ${field}(?: AREA?)? NOT VALUED`), ([, a, b]) => both(a!, b!, '')],
  [form(`${field} AND ${field}(?: ARE)? VALUED`), ([, a, b]) => both(a!, b!, '*')],
  [form(`${field}(?: IS)? (?:NOT VALUED|EMPTY)`), ([, a]) => one(a!, '')],
  [form(`${field}(?: IS)? VALUED`), ([, a]) => one(a!, '*')],
  [form(`${field} ?(?:EQUALS|IS|=) ?"([^"]*)"`), ([, a, value]) => one(a!, value!)],
  [form(String.raw`${field} IN \("([^"]*)".*\)`), ([, a, value]) => one(a!, value!)],
  [form(`${field}(?: IS)? NOT (?:EQUALS )?"[^"]*"`), ([, a]) => one(a!, '!')],
  [form(String.raw`${field} NOT IN \(.*\)`), ([, a]) => one(a!, '!')],
  [form(`VALUED AND NOT "[^"]*"`), () => []],
];

function form(text: string): RegExp {
  return new RegExp(`^${text}$`, 'i');
}

const one = (name: string, value: string): Setting[] => [{ field: named(name), value }];
const both = (a: string, b: string, value: string): Setting[] => [
  ...one(a, value),
  ...one(b, value),
];
const named = (name: string): string => name.replace(/^(...)\./, '$1-');

/** `undefined`: not of a form that can be set up. */
export function settingsFor(condition: string): Setting[] | undefined {
  const text = condition
    .replace(/^if\s+/i, '')
    .replace(/^\(|\)$/g, '')
    .trim();
  if (text === '') return [];
  const whole = match(text);
  if (whole) return whole;
  const or = /^(.*?) OR (.*)$/i.exec(text);
  if (or) {
    const shared = /^\S+$/.test(or[1]!) ? `${or[1]} VALUED` : or[1]!;
    return settingsFor(shared);
  }
  const parts = text.split(/ AND (?:IF )?/i).map((part) => match(part.replace(/^\(if /i, '')));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function match(text: string): Setting[] | undefined {
  for (const [pattern, make] of forms) {
    const found = pattern.exec(text.trim());
    if (found) return make(found);
  }
  return undefined;
}
