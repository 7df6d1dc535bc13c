import type { Contribution, Mark } from '../fhir/index.ts';

export type Gathered = {
  readonly contributions: Contribution[];
  readonly marks: Mark[];
  /** Where the resources are that several segments speak of, by their id. */
  readonly positions: Map<string, number>;
};

/**
 * Adds what one segment says of a resource. Of a shared one only one contribution is made, so that
 * a Bundle has it once: what comes later replaces what came before, element by element.
 */
export function addContribution(
  said: Contribution,
  found: readonly Omit<Mark, 'contribution'>[] | undefined,
  isShared: boolean,
  { contributions, marks, positions }: Gathered,
): void {
  const known = isShared ? positions.get(said.id) : undefined;
  const at = known ?? contributions.length;
  if (known !== undefined) {
    for (let mark = marks.length - 1; mark >= 0; mark -= 1) {
      const { contribution, path } = marks[mark]!;
      if (contribution === known && said.set[String(path[0])] !== undefined) marks.splice(mark, 1);
    }
  }
  if (found) for (const { path, use } of found) marks.push({ contribution: at, path, use });
  if (known !== undefined) contributions[known] = over(contributions[known]!, said);
  else {
    if (isShared) positions.set(said.id, at);
    contributions.push(said);
  }
}

function over(before: Contribution, said: Contribution): Contribution {
  const set: Record<string, unknown> = { ...before.set };
  for (const name of said.remove) delete set[name];
  for (const name in said.set)
    set[name] = said.joins?.includes(name) ? joined(set[name], said.set[name]) : said.set[name];
  const removed = new Set([...before.remove, ...said.remove]);
  const remove = [...removed].filter((name) => set[name] === undefined);
  const initial = { ...said.initial, ...before.initial };
  const joins = [...new Set([...(before.joins ?? []), ...(said.joins ?? [])])];
  const without = { ...before.without, ...said.without };
  return {
    ...before,
    set,
    remove,
    ...(Object.keys(initial).length === 0 ? undefined : { initial }),
    ...(joins.length === 0 ? undefined : { joins }),
    ...(Object.keys(without).length === 0 ? undefined : { without }),
  };
}

/** Of two lists what both hold is taken once; of two objects the later members win. */
function joined(before: unknown, later: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(later)) {
    const texts = new Set(later.map((item) => JSON.stringify(item)));
    return [...later, ...before.filter((item) => !texts.has(JSON.stringify(item)))];
  }
  if (before === undefined || Array.isArray(before)) return later;
  return { ...(before as object), ...(later as object) };
}
