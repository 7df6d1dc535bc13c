import { fail, setPlace, treeOf, type Walk } from '../plan/index.ts';
import { isObject } from '../values/index.ts';
import type { Compiler } from './compiler.ts';

/**
 * How often an extension may stand in one place is said by the root of its own definition
 * (https://hl7.org/fhir/R4/defining-extensions.html#cardinality).
 */
export function extensionCounts(
  compiler: Compiler,
): (values: readonly unknown[], walk: Walk) => void {
  return (values, walk) => {
    if (values.length < 2) return;
    const counts = values.length > fewMax ? new Map<string, number>() : undefined;
    for (let at = 0; at < values.length; at += 1) {
      const url = urlAt(values, at);
      if (url === undefined) continue;
      const before = counts === undefined ? timesBefore(values, at, url) : (counts.get(url) ?? 0);
      counts?.set(url, before + 1);
      if (before === 0 || before < mostOf(url, compiler)) continue;
      setPlace(walk, at);
      const message = `by its definition it may stand here ${mostOf(url, compiler)} times at most`;
      fail(walk, 'fhir-cardinality', message);
      setPlace(walk, -1);
    }
  };
}

/** Up to so many are compared with each other, which is cheaper than to count them. */
const fewMax = 8;

/** Parts of an extension have names without a colon: of these it says itself how many. */
function urlAt(values: readonly unknown[], at: number): string | undefined {
  const one = values[at];
  const url = isObject(one) ? one.url : undefined;
  return typeof url === 'string' && url.includes(':') ? url : undefined;
}

function timesBefore(values: readonly unknown[], end: number, url: string): number {
  let times = 0;
  for (let at = 0; at < end; at += 1) if (urlAt(values, at) === url) times += 1;
  return times;
}

function mostOf(url: string, compiler: Compiler): number {
  const structure = compiler.find(url);
  const root = structure?.type === 'Extension' ? treeOf(structure) : undefined;
  const max = root?.definition.max;
  return max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max);
}
