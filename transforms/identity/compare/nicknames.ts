import listed from './nicknames.json' with { type: 'json' };

const groupsOf = new Map<string, readonly number[]>();
for (const [no, [formal, short]] of Object.entries(listed).entries()) {
  for (const name of [formal, ...short]) groupsOf.set(name, [...(groupsOf.get(name) ?? []), no]);
}

const none: readonly number[] = [];

/** The numbers of the formal names that this one may stand for, or is. Sorted. */
export function nicknameGroups(given: string): readonly number[] {
  return groupsOf.get(given) ?? none;
}

/** May both stand for the same formal name? Weak: `ALEX` and `SANDY` are two women and two men. */
export function shareNickname(a: readonly number[], b: readonly number[]): boolean {
  for (const no of a) if (b.includes(no)) return true;
  return false;
}
