import {
  type Contribution,
  type Mark,
  mergeRuns,
  type Run,
  withoutOrigin,
} from '../../fhir/index.ts';

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
  if (known === undefined) {
    if (found) for (const { path, use } of found) marks.push({ contribution: at, path, use });
    if (isShared) positions.set(said.id, at);
    contributions.push(said);
    return;
  }
  const before = contributions[known]!;
  const both = over(before, said);
  contributions[known] = both;
  const own = marks.filter(({ contribution }) => contribution === known);
  for (const mark of own) marks.splice(marks.indexOf(mark), 1);
  for (const [of, list] of [[before, own] as const, [said, found ?? []] as const])
    for (const { path, use } of list) {
      // What rules remember is one object in both.
      const isReplaced = of === before && both.set[path[0]!] === said.set[path[0]!];
      const moved = isReplaced ? undefined : movedTo(path, of, both);
      if (moved !== undefined) marks.push({ contribution: at, path: moved, use });
    }
}

/** Where the marked value is now; undefined when it was replaced. */
function movedTo(
  path: Mark['path'],
  from: Contribution,
  to: Contribution,
): Mark['path'] | undefined {
  const [name = '', index, ...rest] = path;
  const [old, now] = [from.set[name], to.set[name]];
  if (old === now) return path;
  if (!Array.isArray(old) || !Array.isArray(now)) return undefined;
  const place = now.indexOf(old[Number(index)]);
  return place === -1 ? undefined : [name, place, ...rest];
}

type Origins = Record<string, readonly Run[]>;
type Without = NonNullable<Contribution['without']>;

function over(before: Contribution, said: Contribution): Contribution {
  const set: Record<string, unknown> = { ...before.set };
  const origins: Origins = { ...before.origins };
  for (const name of said.remove) drop(set, origins, name);
  for (const name in said.set) {
    const runs = said.origins?.[name];
    const known = origins[name];
    if (runs !== undefined && known !== undefined) {
      const newer = { runs, items: said.set[name] as unknown[] };
      const both = mergeRuns({ runs: known, items: set[name] as unknown[] }, newer, JSON.stringify);
      set[name] = both.items;
      origins[name] = both.runs;
      continue;
    }
    set[name] = said.joins?.includes(name) ? joined(set[name], said.set[name]) : said.set[name];
    if (runs === undefined) delete origins[name];
    else origins[name] = runs;
  }
  const removed = new Set([...before.remove, ...said.remove]);
  const remove = [...removed].filter((name) => set[name] === undefined);
  const initial = { ...said.initial, ...before.initial };
  const joins = [...new Set([...(before.joins ?? []), ...(said.joins ?? [])])];
  const without = bothOf(before.without ?? {}, said.without ?? {});
  return {
    ...before,
    set,
    remove,
    ...(Object.keys(origins).length === 0 ? undefined : { origins }),
    ...(Object.keys(initial).length === 0 ? undefined : { initial }),
    ...(joins.length === 0 ? undefined : { joins }),
    ...(Object.keys(without).length === 0 ? undefined : { without }),
  };
}

/** What each of two segments takes out: of two merges into one file both numbers end. */
function bothOf(before: Without, later: Without): Without {
  const both: Record<string, readonly unknown[]> = { ...before };
  for (const name in later) both[name] = [...(before[name] ?? []), ...later[name]!];
  return both;
}

/** Takes back an element that the message set before, or what one field gave to it. */
function drop(set: Record<string, unknown>, origins: Origins, removed: string): void {
  const [name = '', origin] = removed.split(':');
  const runs = origins[name];
  if (origin === undefined || runs === undefined) {
    delete set[removed];
    delete origins[removed];
    return;
  }
  const left = withoutOrigin({ runs, items: set[name] as unknown[] }, origin);
  if (left.items.length > 0) {
    set[name] = left.items;
    origins[name] = left.runs;
  } else {
    delete set[name];
    delete origins[name];
  }
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
