import {
  isAttached,
  isDetail,
  isLeading,
  isOfOrdersToo,
  isPassedOver,
  limitOf,
  type Ranks,
  ranksOf,
} from './segment-ranks.ts';

/** Which segment a rule means when it stands at one segment and names another. */
export type NamedScope = {
  /** The segment names of the message, in order. */
  readonly names: readonly string[];
  /** Each of them once, sorted. */
  readonly present: string;
  /** Index of the segment of that name that is meant at `index`, -1 when there is none. */
  resolve(index: number, name: string): number;
  /** All segments of that name below `index` (itself when it has that name). */
  below(index: number, name: string): readonly number[];
  /** Those below, or beside, `index`; the one above where there are none. */
  all(index: number, name: string): readonly number[];
};

/** `names`: the segment names of one message in order. */
export function createScope(names: readonly string[]): NamedScope {
  const ranks = ranksOf(names);
  const rankAt = ranks.at;
  const previous = new Map<string, Int32Array>();
  const notes = new Map<string, ReadonlyMap<number, readonly number[]>>();
  const specimens = new Map<number, number>();

  function before(index: number, name: string): number {
    let found = previous.get(name);
    if (!found) {
      found = nearestBefore(names, name, ranks);
      previous.set(name, found);
    }
    return found[index] ?? -1;
  }

  /** Calls back for each segment of that name below; ends when the callback says so. */
  function eachBelow(index: number, name: string, found: (at: number) => boolean): void {
    const own = names[index]!;
    const limit = limitOf(rankAt[index]!);
    for (let at = index + 1; at < names.length; at += 1) {
      const other = names[at]!;
      if (other === name) {
        if (found(at)) return;
      } else if (other === own || rankAt[at]! < limit) return;
    }
  }

  /** Of the segments between an ORC and its first detail, those of that name. */
  function led(index: number, name: string): readonly number[] {
    if (!isLeading(name) || !isDetail(rankAt[index]!)) return nothing;
    const found: number[] = [];
    const order = before(index, 'ORC');
    for (let at = order + 1; order >= 0 && at < index; at += 1) {
      if (isDetail(rankAt[at]!)) break;
      if (names[at] === name) found.push(at);
    }
    return found;
  }

  /** Notes and their like that follow a segment; those of its ORC are for the detail, too. */
  function attachedTo(index: number, name: string): readonly number[] {
    let byHost = notes.get(name);
    if (byHost === undefined) {
      byHost = byHosts(names, name);
      notes.set(name, byHost);
    }
    const own = byHost.get(index) ?? nothing;
    if (!isDetail(rankAt[index]!)) return own;
    const order = resolve(index, 'ORC');
    const common = order < 0 ? undefined : byHost.get(order);
    if (common === undefined) return own;
    return order < index ? [...common, ...own] : [...own, ...common];
  }

  function firstBelow(index: number, name: string): number {
    let first = -1;
    eachBelow(index, name, (at) => {
      first = at;
      return true;
    });
    return first < 0 ? (led(index, name)[0] ?? -1) : first;
  }

  /** A result before which no specimen stands is of the one below its order. */
  function specimenOf(index: number): number {
    const order = before(index, 'OBR');
    if (order < 0) return -1;
    const known = specimens.get(order);
    if (known !== undefined) return known;
    const found = firstBelow(order, 'SPM');
    specimens.set(order, found);
    return found;
  }

  function resolve(index: number, name: string): number {
    const own = names[index]!;
    if (own === name) return index;
    if (isAttached(name)) return attachedTo(index, name)[0] ?? -1;
    const wanted = ranks.of(name);
    const rank = rankAt[index]!;
    // A diagnosis of the patient is no reason of an order.
    if (isOfOrdersToo(name) && ranks.inOrder[index] === 1) return firstBelow(index, name);
    if (wanted <= rank) {
      const up = before(index, name);
      if (up >= 0) return up;
      if (name === 'SPM') return specimenOf(index);
    }
    return wanted < rank ? -1 : firstBelow(index, name);
  }

  function below(index: number, name: string): readonly number[] {
    if (names[index] === name) return [index];
    if (isAttached(name)) return attachedTo(index, name);
    const all: number[] = [];
    eachBelow(index, name, (at) => {
      all.push(at);
      return false;
    });
    return all;
  }

  return {
    names,
    present: [...new Set(names)].sort().join(),
    resolve,
    below,
    all(index, name) {
      const isBelow = ranks.of(name) >= rankAt[index]! || isAttached(name) || isOfOrdersToo(name);
      const found = isBelow ? below(index, name) : nothing;
      if (found.length > 0) return found;
      const ahead = led(index, name);
      if (ahead.length > 0) return ahead;
      const one = resolve(index, name);
      return one < 0 ? nothing : [one];
    },
  };
}

const nothing: readonly number[] = [];

/** For each index the nearest segment of that name before it that is still in force there. */
function nearestBefore(names: readonly string[], name: string, ranks: Ranks): Int32Array {
  const result = new Int32Array(names.length);
  const rank = ranks.of(name);
  const isLeadingOrder = name === 'ORC' && !ranks.orderFollows;
  let last = -1;
  let orders = 0;
  for (let index = 0; index < names.length; index += 1) {
    const other = names[index]!;
    if (other === name) {
      last = index;
      orders = 0;
    } else if (ranks.at[index]! < rank) {
      last = -1;
    } else if (isLeadingOrder && other === 'OBR') {
      // An ORC is for the one OBR that follows it.
      orders += 1;
      if (orders > 1) last = -1;
    }
    result[index] = last;
  }
  return result;
}

/** The segments of that name by what they follow. */
function byHosts(names: readonly string[], name: string): ReadonlyMap<number, readonly number[]> {
  const hosts = new Map<number, number[]>();
  let host = -1;
  for (let index = 0; index < names.length; index += 1) {
    const other = names[index]!;
    if (other === name && host >= 0) {
      const list = hosts.get(host);
      if (list) list.push(index);
      else hosts.set(host, [index]);
    }
    if (!isPassedOver(other)) host = index;
  }
  return hosts;
}
