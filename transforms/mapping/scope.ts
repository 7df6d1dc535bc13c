/**
 * Which segment a rule means when it stands at one segment and names another. HL7`s groups say it,
 * but real messages leave groups out, repeat them and put segments in between; so it is decided by
 * rank: a segment belongs to the nearest one before it that ranks higher.
 */
const ranks: ReadonlyMap<string, number> = new Map([
  ['MSH', 0],
  // RF1, as SCH, comes before the patient whom it is about.
  ...level(1, 'SFT UAC EVN MSA QRD QRF QPD PID SCH RF1 MFI'),
  ...level(2, 'PD1 NK1 PV1 PV2 AL1 IAM DG1 DRG GT1 IN1 ACC UB1 UB2 MRG DB1 PDA'),
  ...level(2, 'FT1 RGS TXA PRB MFE'),
  ...level(3, 'ORC IN2 IN3 AIS AIG AIL AIP GOL PTH PR1'),
  ...level(4, 'OBR RXO RXE RXD RXA RQD'),
  ...level(5, 'TQ1 TQ2 RXR RXC RXV OBX SPM SAC'),
  ...level(6, 'NTE PRT CTD ROL'),
]);
const unranked = 9;
/** The detail of an order: what stands below one is not below the next of another name. */
const detailRank = 4;
/** Timings: they may stand before the detail, behind its ORC; a note behind one is its owner's. */
const leading = new Set(['TQ1', 'TQ2']);
/** These belong to what they follow, whatever that is. */
const attached = new Set(['NTE', 'PRT', 'CTD', 'ROL']);

function level(rank: number, names: string): [string, number][] {
  return names.split(' ').map((name) => [name, rank]);
}

const rankOf = (name: string): number => ranks.get(name) ?? unranked;

/** What ranks lower than this ends what stands below a segment. */
const limitOf = (name: string): number => {
  const rank = rankOf(name);
  return rank === detailRank ? rank + 1 : rank;
};

export type Scope = {
  /** The segment names of the message, in order. */
  readonly names: readonly string[];
  /** Index of the segment of that name that is meant at `index`, -1 when there is none. */
  resolve(index: number, name: string): number;
  /** All segments of that name below `index` (itself when it has that name). */
  below(index: number, name: string): readonly number[];
  /** Those below, or beside, `index`; the one above where there are none. */
  all(index: number, name: string): readonly number[];
};

const scopes = new Map<string, Scope>();
const scopesMax = 256;
const shapeSegmentsMax = 64;

/** The scope for messages of this shape; answers are remembered, because a feed repeats shapes. */
export function scopeOf(names: readonly string[]): Scope {
  if (names.length > shapeSegmentsMax) return createScope(names);
  const shape = names.join('|');
  const known = scopes.get(shape);
  if (known) return known;
  if (scopes.size >= scopesMax) scopes.clear();
  const scope = remembering(createScope(names));
  scopes.set(shape, scope);
  return scope;
}

function remembering(scope: Scope): Scope {
  const resolved = new Map<string, (number | undefined)[]>();
  const gathered = new Map<string, (readonly number[] | undefined)[]>();
  return {
    ...scope,
    resolve(index, name) {
      const answers = answersFor(resolved, name);
      const known = answers[index];
      if (known !== undefined) return known;
      const found = scope.resolve(index, name);
      answers[index] = found;
      return found;
    },
    all(index, name) {
      const answers = answersFor(gathered, name);
      const known = answers[index];
      if (known !== undefined) return known;
      const found = scope.all(index, name);
      answers[index] = found;
      return found;
    },
  };
}

function answersFor<T>(answers: Map<string, T[]>, name: string): T[] {
  const known = answers.get(name);
  if (known) return known;
  const made: T[] = [];
  answers.set(name, made);
  return made;
}

/** `names`: the segment names of one message in order. */
export function createScope(names: readonly string[]): Scope {
  const previous = new Map<string, Int32Array>();

  function before(index: number, name: string): number {
    let found = previous.get(name);
    if (!found) {
      found = nearestBefore(names, name);
      previous.set(name, found);
    }
    return found[index] ?? -1;
  }

  /** Calls back for each segment of that name below; ends when the callback says so. */
  function eachBelow(index: number, name: string, found: (at: number) => boolean): void {
    const own = names[index]!;
    const isAttached = attached.has(name);
    const limit = isAttached ? rankOf(name) : limitOf(own);
    for (let at = index + 1; at < names.length; at += 1) {
      const other = names[at]!;
      if (other === name) {
        if (found(at)) return;
      } else if (isAttached && leading.has(other)) continue;
      else if (other === own || rankOf(other) < limit) return;
    }
  }

  /** Of the segments between an ORC and its first detail, those of that name. */
  function led(index: number, name: string): number[] {
    const found: number[] = [];
    if (!leading.has(name) || rankOf(names[index]!) !== detailRank) return found;
    const order = before(index, 'ORC');
    for (let at = order + 1; order >= 0 && at < index; at += 1) {
      if (rankOf(names[at]!) === detailRank) break;
      if (names[at] === name) found.push(at);
    }
    return found;
  }

  function resolve(index: number, name: string): number {
    const own = names[index]!;
    if (own === name) return index;
    if (rankOf(name) <= rankOf(own) && !attached.has(name)) {
      const up = before(index, name);
      if (up >= 0) return up;
    }
    if (rankOf(name) < rankOf(own)) return -1;
    let first = -1;
    eachBelow(index, name, (at) => {
      first = at;
      return true;
    });
    return first < 0 ? (led(index, name)[0] ?? -1) : first;
  }

  function below(index: number, name: string): number[] {
    if (names[index] === name) return [index];
    const all: number[] = [];
    eachBelow(index, name, (at) => {
      all.push(at);
      return false;
    });
    return all;
  }

  return {
    names,
    resolve,
    below,
    all(index, name) {
      const own = names[index]!;
      const found = rankOf(name) >= rankOf(own) || attached.has(name) ? below(index, name) : [];
      if (found.length > 0) return found;
      const ahead = led(index, name);
      if (ahead.length > 0) return ahead;
      const one = resolve(index, name);
      return one < 0 ? [] : [one];
    },
  };
}

/** For each index the nearest segment of that name before it that is still in force there. */
function nearestBefore(names: readonly string[], name: string): Int32Array {
  const result = new Int32Array(names.length);
  const rank = rankOf(name);
  let last = -1;
  let orders = 0;
  for (const [index, other] of names.entries()) {
    if (other === name) {
      last = index;
      orders = 0;
    } else if (rankOf(other) < rank) {
      last = -1;
    } else if (name === 'ORC' && other === 'OBR') {
      // An ORC is for the one OBR that follows it.
      orders += 1;
      if (orders > 1) last = -1;
    }
    result[index] = last;
  }
  return result;
}
