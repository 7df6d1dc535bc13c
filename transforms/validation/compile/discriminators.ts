import { type Discriminator, typeCodeOf } from '../../fhir/index.ts';
import { checkObject, isQuiet, type TreeElement, type Walk } from '../plan/index.ts';
import type { Verdict } from '../terms/index.ts';
import { isObject, matchesPattern } from '../values/index.ts';
import { bindingVerdict } from './binding.ts';
import type { Compiler } from './compiler.ts';
import {
  type Found,
  isMember,
  parsePath,
  reaches,
  type Step,
  valuesAt,
} from './discriminator-path.ts';
import { elementsAt, expectedAt } from './expected.ts';

type Test = (value: unknown, walk: Walk, type: string) => Verdict;

/** Says whether an item belongs to a slice: by every discriminator of the slicing. */
export function matcherOf(node: TreeElement, slice: TreeElement, compiler: Compiler): Test {
  const discriminators = node.definition.slicing?.discriminator ?? [];
  const tests = discriminators.map((one) => testOf(one, slice, compiler));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  if (tests.length === 0) return withoutDiscriminator(slice, compiler);
  return (value, walk, type) => {
    let verdict: Verdict = 'yes';
    for (const test of tests) {
      const one = test(value, walk, type);
      if (one === 'no') return one;
      if (one === 'unknown') verdict = one;
    }
    return verdict;
  };
}

const verdictOf = (is: boolean): Verdict => (is ? 'yes' : 'no');

/** A slicing may say nothing of how its slices are told apart; then it is what fits. */
function withoutDiscriminator(slice: TreeElement, compiler: Compiler): Test {
  return (value, walk, type) => {
    if (slice.children.length === 0) return 'unknown';
    return verdictOf(
      isQuiet(walk, (apart) => checkObject(compiler.planBelow(slice), value, apart, type)),
    );
  };
}

function testOf({ type, path }: Discriminator, slice: TreeElement, compiler: Compiler): Test {
  const steps = parsePath(path);
  if (steps === undefined) return () => 'unknown';
  if (type === 'exists') return existsTest(steps, slice, compiler);
  if (type === 'type') return typeTest(steps, slice, compiler);
  if (type === 'profile') return profileTest(steps, slice, compiler);
  return valueTest(steps, slice, compiler);
}

/** `value` and `pattern`: fixed and pattern values, and where there is none, a required binding. */
function valueTest(steps: readonly Step[], slice: TreeElement, compiler: Compiler): Test {
  const url = urlOfExtension(steps, slice);
  if (url !== undefined) return (value) => verdictOf(isObject(value) && value.url === url);
  const { patterns, isAlternative, bindings } = expectedAt(slice, steps, compiler);
  if (patterns.length === 0 && bindings.length === 0) return () => 'unknown';
  const fits = (found: readonly Found[], pattern: unknown): boolean =>
    found.some(({ value }) => matchesPattern(pattern, value));
  if (patterns.length > 0 && steps.every(isMember)) {
    const has = (value: unknown, pattern: unknown): boolean => reaches(value, steps, 0, pattern);
    const [only] = patterns;
    if (patterns.length === 1) return (value) => verdictOf(has(value, only));
    return (value) =>
      verdictOf(
        isAlternative
          ? patterns.some((pattern) => has(value, pattern))
          : patterns.every((pattern) => has(value, pattern)),
      );
  }
  return (value, walk, type) => {
    const found = valuesAt(value, type, steps, walk);
    if (found === undefined) return 'unknown';
    if (patterns.length > 0)
      return verdictOf(
        isAlternative
          ? patterns.some((pattern) => fits(found, pattern))
          : patterns.every((pattern) => fits(found, pattern)),
      );
    return any(found, ({ value: one }) =>
      any(bindings, (set) => bindingVerdict(one, set, compiler.valueSets)),
    );
  };
}

function any<T>(found: readonly T[], test: (one: T) => Verdict): Verdict {
  let verdict: Verdict = 'no';
  for (const one of found) {
    const said = test(one);
    if (said === 'yes') return said;
    if (said === 'unknown') verdict = said;
  }
  return verdict;
}

/** Extensions are told apart by the URL of the profile that the slice names. */
function urlOfExtension(steps: readonly Step[], slice: TreeElement): string | undefined {
  const [step] = steps;
  if (steps.length !== 1 || step?.kind !== 'member' || step.name !== 'url') return undefined;
  const profile = slice.definition.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  return profile?.split('|')[0];
}

function existsTest(steps: readonly Step[], slice: TreeElement, compiler: Compiler): Test {
  const elements = elementsAt(slice, steps, compiler);
  const wanted = elements.some(({ definition }) => (definition.min ?? 0) > 0);
  const refused = elements.some(({ definition }) => definition.max === '0');
  if (wanted === refused) return () => 'unknown';
  return (value, walk, type) => {
    const found = valuesAt(value, type, steps, walk);
    return found === undefined ? 'unknown' : verdictOf(found.length > 0 === wanted);
  };
}

function typeTest(steps: readonly Step[], slice: TreeElement, compiler: Compiler): Test {
  const codes = new Set(
    elementsAt(slice, steps, compiler).flatMap(({ definition }) =>
      (definition.type ?? []).map(typeCodeOf),
    ),
  );
  if (codes.size === 0) return () => 'unknown';
  return (value, walk, type) => {
    const found = valuesAt(value, type, steps, walk);
    if (found === undefined) return 'unknown';
    return any(found, (one) =>
      one.type === undefined ? 'unknown' : verdictOf(codes.has(one.type) || codes.has('Resource')),
    );
  };
}

/** What is at hand is checked by the profile; of what is not, the type says what it can. */
function profileTest(steps: readonly Step[], slice: TreeElement, compiler: Compiler): Test {
  const isReference = steps.some(({ kind }) => kind === 'resolve');
  const profiles = elementsAt(slice, isReference ? steps.slice(0, -1) : steps, compiler)
    .flatMap(({ definition }) => definition.type ?? [])
    .flatMap(({ profile, targetProfile }) => (isReference ? targetProfile : profile) ?? []);
  const types = new Set(profiles.map((url) => compiler.find(url)?.type));
  if (profiles.length === 0 || types.has(undefined)) return () => 'unknown';
  return (value, walk, type) => {
    const found = valuesAt(value, type, steps, walk);
    if (found === undefined) return 'unknown';
    return any(found, (one) => {
      if (one.type !== undefined && !types.has(one.type)) return 'no';
      if (!isObject(one.value)) return 'unknown';
      const fits = profiles.some((url) => compiler.fitsProfile(url, one.value, walk));
      return verdictOf(fits);
    });
  };
}
