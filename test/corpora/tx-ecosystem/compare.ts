// Compares an answer with an expected one that holds templates: `$uuid$`, `$optional$` and the like
// (TESTCASES-FORMAT.md). The order of arrays never matters, as the tests' readme says.
//
// One tolerance is our own. `OperationOutcome.issue.location` is deprecated and repeats
// `expression`; some of the tests demand it, others of the same issues do not know it, and no
// server can do both. Where a test does not know it, it may stand there and say the same.
import type { Json } from './suites.ts';

export type Comparison = {
  /** Undefined when the answer is right. */
  readonly difference: string | undefined;
  /** Whether it is right by our own tolerance only. */
  readonly isTolerated: boolean;
};

type Rules = {
  /** More than expected may be there: for statements of capability. */
  readonly isPattern: boolean;
  /** FHIR version that the answers are in. */
  readonly shape: string;
  /** FHIR version of the server's own definitions. */
  readonly version: string;
  tolerated: boolean;
};

export function compare(
  expected: Json,
  actual: Json,
  { isPattern = false, shape = '5.0.0', version = '4.0.1' } = {},
): Comparison {
  const rules: Rules = { isPattern, shape, version, tolerated: false };
  const difference = node(expected, actual, '', rules);
  return { difference, isTolerated: difference === undefined && rules.tolerated };
}

function node(expected: Json, actual: Json, path: string, rules: Rules): string | undefined {
  if (typeof expected === 'string') return text(expected, actual, path, rules);
  if (Array.isArray(expected))
    return Array.isArray(actual)
      ? array(expected, actual, path, rules)
      : `${path}: expected an array, got ${show(actual)}`;
  if (typeof expected === 'object' && expected !== null)
    return typeof actual === 'object' && actual !== null && !Array.isArray(actual)
      ? object(expected, actual, path, rules)
      : `${path}: expected an object, got ${show(actual)}`;
  return expected === actual ? undefined : `${path}: expected ${expected}, got ${show(actual)}`;
}

const show = (value: Json) => JSON.stringify(value)?.slice(0, 300) ?? 'nothing';

function object(expected: Json, actual: Json, path: string, rules: Rules): string | undefined {
  const optional: readonly string[] = expected['$optional-properties$'] ?? [];
  const counted: readonly string[] = expected['$count-arrays$'] ?? [];
  for (const [name, value] of Object.entries(actual)) {
    if (!Object.hasOwn(expected, name)) {
      if (rules.isPattern) continue;
      const isEcho = name === 'location' && show(value) === show(actual.expression);
      if (!isEcho || expected.severity === undefined) return `${path}.${name}: unexpected`;
      rules.tolerated = true;
    } else if (counted.includes(name)) {
      const [some, others] = [expected[name].length, (value as Json).length];
      if (some !== others) return `${path}.${name}: expected ${some} entries, got ${others}`;
    } else {
      const difference = node(expected[name], value, `${path}.${name}`, rules);
      if (difference !== undefined) return difference;
    }
  }
  for (const [name, value] of Object.entries(expected)) {
    if (name.startsWith('$') || Object.hasOwn(actual, name)) continue;
    const isLeft = optional.includes(name) || optional.includes('*') || isAllOptional(value, rules);
    if (!isLeft) return `${path}.${name}: missing, expected ${show(value)}`;
  }
  return undefined;
}

const isAllOptional = (value: Json, rules: Rules) =>
  Array.isArray(value) ? value.every((one) => isOptional(one, rules)) : isOptional(value, rules);

function isOptional(expected: Json, { shape }: Rules): boolean {
  const filter = expected?.$optional$;
  if (typeof filter === 'boolean') return filter;
  if (typeof filter !== 'string') return false;
  if (filter.startsWith('warning:')) return true;
  if (filter.startsWith('version:')) return shape.startsWith(filter.slice('version:'.length));
  // We run in the mode `general` alone.
  return filter.startsWith('!');
}

/** Pairs the entries, whatever their order: a maximum matching by augmenting paths. */
function array(expected: Json[], actual: Json[], path: string, rules: Rules): string | undefined {
  const fits = actual.map((one, at) =>
    expected.map((each) => {
      const own = { ...rules, tolerated: false };
      const difference = node(each, one, `${path}[${at}]`, own);
      return { difference, tolerated: own.tolerated };
    }),
  );
  const partner = new Map<number, number>();
  const seek = (at: number, tried: Set<number>): boolean => {
    for (const [other, { difference }] of fits[at]!.entries()) {
      if (difference !== undefined || tried.has(other)) continue;
      tried.add(other);
      const holder = partner.get(other);
      if (holder !== undefined && !seek(holder, tried)) continue;
      partner.set(other, at);
      return true;
    }
    return false;
  };
  for (const [at, one] of actual.entries()) {
    if (seek(at, new Set()) || rules.isPattern) continue;
    const near = fits[at]!.map(({ difference }) => difference ?? '').sort(
      (a, b) => b.length - a.length,
    );
    return `${path}: unexpected entry ${show(one)}; ${near[0] ?? 'none was expected'}`;
  }
  for (const [at, one] of expected.entries())
    if (!partner.has(at) && !isOptional(one, rules)) return `${path}: missing entry ${show(one)}`;
  for (const [other, at] of partner) if (fits[at]![other]!.tolerated) rules.tolerated = true;
  return undefined;
}

const kinds: Readonly<Record<string, RegExp>> = {
  $$: /^/,
  $id$: /^[A-Za-z0-9.-]{1,64}$/,
  $uuid$: /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  $instant$: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
  $date$: /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/,
  $string$: /^(?!\s).*(?<!\s)$/s,
  $url$: /^https?:\/\/[-\w+&@#/%?=~|!:.;]*[-\w+&@#/%=~|]$/,
  $token$: /^\w[\w.-]*$/,
  $semver$: /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-+][\w.+-]+)?$/,
  $version$: /^\d+\.\d+\.\d+$/,
};

function text(expected: string, actual: Json, path: string, rules: Rules): string | undefined {
  const wrong = `${path}: expected ${show(expected)}, got ${show(actual)}`;
  if (typeof actual !== 'string') return expected === '$$' ? undefined : wrong;
  return isText(expected, actual, rules) ? undefined : wrong;
}

function isText(expected: string, actual: string, { version }: Rules): boolean {
  const kind = kinds[expected];
  if (kind !== undefined) return kind.test(actual);
  const command = /^\$(choice|fragments|external):(.*)\$$/s.exec(expected);
  if (command === null) return actual === expected.replaceAll('$version$', version);
  const [, name, rest = ''] = command;
  const fragments = (list: string) =>
    list.split('|').every((one) => actual.toLowerCase().includes(one.toLowerCase()));
  if (name === 'choice') return rest.split('|').includes(actual);
  if (name === 'fragments') return fragments(rest);
  // `N` alone, or `N:` with what the sentence must hold; up to the next colon, as HL7's runner.
  const [, wanted] = rest.split(':');
  return wanted === undefined || fragments(wanted);
}
