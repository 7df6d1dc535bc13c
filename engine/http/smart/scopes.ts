import type { Scope } from '../../access-tokens.ts';

const cruds = [...'cruds'];
const ofVersion1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/**
 * Reads a scope of either version: `system/Patient.cru`, `system/*.read`. Undefined for what is no
 * system scope, and for one with a query (`system/Observation.rs?category=...`), which cannot be
 * held to here and so is never granted.
 */
export function parseScope(text: string): Scope | undefined {
  const found = /^system\/(\*|[A-Z][A-Za-z]{1,63})\.(\*|[a-z]{1,5})$/.exec(text);
  const [, type, rights = ''] = found ?? [];
  if (type === undefined) return undefined;
  const version1 = Object.hasOwn(ofVersion1, rights) ? ofVersion1[rights] : undefined;
  if (version1 !== undefined) return { type, letters: version1 };
  // The letters come in this order and once: `system/Patient.ur` is no scope.
  const letters = cruds.filter((letter) => rights.includes(letter)).join('');
  return letters === rights ? { type, letters } : undefined;
}

/** What of the scopes a client asks for it is allowed; the rest is left out. */
export function grantScopes(asked: readonly string[], allowed: readonly Scope[]): Scope[] {
  const granted = new Map<string, Set<string>>();
  for (const wish of asked.map(parseScope)) {
    for (const right of allowed) {
      const type = wish && narrower(wish.type, right.type);
      if (wish === undefined || type === undefined) continue;
      const letters = granted.get(type) ?? new Set();
      for (const letter of right.letters) if (wish.letters.includes(letter)) letters.add(letter);
      granted.set(type, letters);
    }
  }
  return [...granted]
    .map(([type, letters]) => ({ type, letters: cruds.filter((one) => letters.has(one)).join('') }))
    .filter(({ letters }) => letters !== '');
}

const narrower = (one: string, other: string): string | undefined =>
  one === other || other === '*' ? one : one === '*' ? other : undefined;

export const scopeText = (scopes: readonly Scope[]): string =>
  scopes.map(({ type, letters }) => `system/${type}.${letters}`).join(' ');

/** Do these scopes allow this interaction (a letter of `cruds`) on this type? */
export const permits = (scopes: readonly Scope[], type: string, letter: string): boolean =>
  scopes.some(
    (scope) => (scope.type === '*' || scope.type === type) && scope.letters.includes(letter),
  );
