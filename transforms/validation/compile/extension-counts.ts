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
    const counts = new Map<string, number>();
    values.forEach((one, at) => {
      const url = isObject(one) ? one.url : undefined;
      if (typeof url !== 'string' || !url.includes(':')) return;
      const count = (counts.get(url) ?? 0) + 1;
      counts.set(url, count);
      if (count === 1 || count <= mostOf(url, compiler)) return;
      setPlace(walk, at);
      const message = `by its definition it may stand here ${mostOf(url, compiler)} times at most`;
      fail(walk, 'fhir-cardinality', message);
      setPlace(walk, -1);
    });
  };
}

function mostOf(url: string, compiler: Compiler): number {
  const structure = compiler.find(url);
  const root = structure?.type === 'Extension' ? treeOf(structure) : undefined;
  const max = root?.definition.max;
  return max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max);
}
