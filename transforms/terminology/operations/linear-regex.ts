/**
 * Regular expressions that take time in proportion to the text, whatever the pattern: a filter of a
 * value set comes from anybody, and one like `(a+)+` holds a backtracking engine for years. The
 * pattern is compiled to a nondeterministic automaton (Thompson, 1968) and all its states walk
 * along the text at once. A match covers the whole text, as FHIR's filters want it.
 */
export type LinearRegex = { matches(text: string): boolean };

type Test = (char: string) => boolean;

type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly test: Test }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

type Step =
  | { readonly kind: 'char'; readonly test: Test }
  | { readonly kind: 'jump'; readonly to: readonly number[] }
  | { readonly kind: 'done' };

/** More than any sensible filter; keeps nested counts from growing without end. */
const stepsMax = 5_000;

/** Undefined when the pattern is none, or wants what no automaton can do (a back reference). */
export function linearRegex(pattern: string): LinearRegex | undefined {
  try {
    const steps: Step[] = [];
    emit(parse(pattern), steps);
    steps.push({ kind: 'done' });
    return { matches: (text) => run(steps, text) };
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function run(steps: readonly Step[], text: string): boolean {
  let states = closure(steps, [0]);
  for (const char of text) {
    const next: number[] = [];
    for (const at of states) {
      const step = steps[at]!;
      if (step.kind === 'char' && step.test(char)) next.push(at + 1);
    }
    if (next.length === 0) return false;
    states = closure(steps, next);
  }
  return [...states].some((at) => steps[at]!.kind === 'done');
}

function closure(steps: readonly Step[], starts: readonly number[]): ReadonlySet<number> {
  const seen = new Set<number>();
  const open = [...starts];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = steps[at]!;
    if (step.kind === 'jump') open.push(...step.to);
  }
  return seen;
}

function emit(node: Node, steps: Step[]): void {
  if (steps.length > stepsMax) throw new SyntaxError('the pattern is too large');
  if (node.kind === 'char') steps.push(node);
  else if (node.kind === 'sequence') for (const part of node.parts) emit(part, steps);
  else if (node.kind === 'either') emitEither(node.parts, steps);
  else if (node.kind === 'repeat') emitRepeat(node, steps);
}

function emitEither(parts: readonly Node[], steps: Step[]): void {
  const fork = steps.push({ kind: 'jump', to: [] }) - 1;
  const starts: number[] = [];
  const ends: number[] = [];
  for (const part of parts) {
    starts.push(steps.length);
    emit(part, steps);
    ends.push(steps.push({ kind: 'jump', to: [] }) - 1);
  }
  steps[fork] = { kind: 'jump', to: starts };
  for (const end of ends) steps[end] = { kind: 'jump', to: [steps.length] };
}

function emitRepeat({ part, min, max }: Extract<Node, { kind: 'repeat' }>, steps: Step[]): void {
  for (let count = 0; count < min; count += 1) emit(part, steps);
  if (max === Number.POSITIVE_INFINITY) {
    const fork = steps.push({ kind: 'jump', to: [] }) - 1;
    emit(part, steps);
    steps.push({ kind: 'jump', to: [fork] });
    steps[fork] = { kind: 'jump', to: [fork + 1, steps.length] };
    return;
  }
  const forks: number[] = [];
  for (let count = min; count < max; count += 1) {
    forks.push(steps.push({ kind: 'jump', to: [] }) - 1);
    emit(part, steps);
  }
  for (const fork of forks) steps[fork] = { kind: 'jump', to: [fork + 1, steps.length] };
}

/** The text of a pattern and how far it is read. */
type Reader = { readonly chars: readonly string[]; at: number };

function parse(pattern: string): Node {
  // An anchor says what holds anyway; an escaped dollar at the end is a dollar.
  const isAnchored = /(^|[^\\])(\\\\)*\$$/.test(pattern);
  const inner = isAnchored ? pattern.slice(0, -1) : pattern;
  const reader: Reader = { chars: [...inner.replace(/^\^/, '')], at: 0 };
  const node = parseEither(reader);
  if (reader.at < reader.chars.length) throw new SyntaxError('an unexpected parenthesis');
  return node;
}

function parseEither(reader: Reader): Node {
  const parts = [parseSequence(reader)];
  while (reader.chars[reader.at] === '|') {
    reader.at += 1;
    parts.push(parseSequence(reader));
  }
  return parts.length === 1 ? parts[0]! : { kind: 'either', parts };
}

function parseSequence(reader: Reader): Node {
  const parts: Node[] = [];
  while (reader.at < reader.chars.length && !'|)'.includes(reader.chars[reader.at]!))
    parts.push(parseRepeat(reader));
  return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
}

function parseRepeat(reader: Reader): Node {
  let part = parseAtom(reader);
  for (;;) {
    const count = parseCount(reader);
    if (count === undefined) return part;
    // A lazy or possessive count matches the same whole texts.
    if (reader.chars[reader.at] === '?') reader.at += 1;
    part = { kind: 'repeat', part, ...count };
  }
}

const simpleCounts: Readonly<Record<string, { min: number; max: number }>> = {
  '*': { min: 0, max: Number.POSITIVE_INFINITY },
  '+': { min: 1, max: Number.POSITIVE_INFINITY },
  '?': { min: 0, max: 1 },
};

function parseCount(reader: Reader): { min: number; max: number } | undefined {
  const char = reader.chars[reader.at] ?? '';
  const simple = simpleCounts[char];
  if (simple !== undefined) {
    reader.at += 1;
    return simple;
  }
  if (char !== '{') return undefined;
  const written = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(reader.chars.slice(reader.at).join(''));
  if (written === null) throw new SyntaxError('a brace that is no count');
  reader.at += written[0].length;
  const min = Number(written[1]);
  const open = written[3] === '' ? Number.POSITIVE_INFINITY : Number(written[3]);
  const max = written[2] === undefined ? min : open;
  if (max < min) throw new SyntaxError('a count that ends before it starts');
  return { min, max };
}

function parseAtom(reader: Reader): Node {
  const char = reader.chars[reader.at]!;
  reader.at += 1;
  if (char === '(') return parseGroup(reader);
  if (char === '[') return { kind: 'char', test: parseClass(reader) };
  if (char === '.') return { kind: 'char', test: (one) => one !== '\n' && one !== '\r' };
  if (char === '\\') return { kind: 'char', test: parseEscape(reader) };
  if ('*+?{^$'.includes(char)) throw new SyntaxError(`nothing to do for ${char}`);
  return { kind: 'char', test: (one) => one === char };
}

function parseGroup(reader: Reader): Node {
  if (reader.chars[reader.at] === '?') {
    if (reader.chars[reader.at + 1] !== ':') throw new SyntaxError('a group that looks around');
    reader.at += 2;
  }
  const node = parseEither(reader);
  if (reader.chars[reader.at] !== ')') throw new SyntaxError('an open parenthesis');
  reader.at += 1;
  return node;
}

const classes: Readonly<Record<string, Test>> = {
  d: (char) => /^\d$/.test(char),
  D: (char) => !/^\d$/.test(char),
  s: (char) => /^\s$/.test(char),
  S: (char) => !/^\s$/.test(char),
  w: (char) => /^\w$/.test(char),
  W: (char) => !/^\w$/.test(char),
};

const controls: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  v: '\v',
  '0': '\0',
};

function parseEscape(reader: Reader): Test {
  const char = reader.chars[reader.at];
  reader.at += 1;
  if (char === undefined) throw new SyntaxError('a lone backslash');
  const named = classes[char];
  if (named !== undefined) return named;
  const literal = controls[char] ?? char;
  if (literal === char && /[A-Za-z1-9]/.test(char)) throw new SyntaxError(`no escape \\${char}`);
  return (one) => one === literal;
}

function parseClass(reader: Reader): Test {
  const isNegated = reader.chars[reader.at] === '^';
  if (isNegated) reader.at += 1;
  const tests: Test[] = [];
  for (let isFirst = true; reader.chars[reader.at] !== ']' || isFirst; isFirst = false) {
    if (reader.at >= reader.chars.length) throw new SyntaxError('an open bracket');
    tests.push(parseRange(reader));
  }
  reader.at += 1;
  return (char) => tests.some((test) => test(char)) !== isNegated;
}

function parseRange(reader: Reader): Test {
  const from = parseMember(reader);
  const isRange = reader.chars[reader.at] === '-' && (reader.chars[reader.at + 1] ?? ']') !== ']';
  if (typeof from === 'function' || !isRange)
    return typeof from === 'function' ? from : (char) => char === from;
  reader.at += 1;
  const to = parseMember(reader);
  if (typeof to === 'function' || to < from) throw new SyntaxError('a range out of order');
  return (char) => char >= from && char <= to;
}

function parseMember(reader: Reader): string | Test {
  const char = reader.chars[reader.at]!;
  reader.at += 1;
  if (char !== '\\') return char;
  const escaped = reader.chars[reader.at] ?? '';
  const literal = controls[escaped];
  if (literal === undefined && !/[^A-Za-z0-9]/.test(escaped)) return parseEscape(reader);
  reader.at += 1;
  return literal ?? escaped;
}
