import type { Contribution } from '../../fhir/index.ts';
import { compileMapping } from '../compile.ts';
import { convertRaw } from '../convert/index.ts';
import { fhirPathOf, resolveTarget } from '../elements/index.ts';
import type { LoadedMapping } from '../load.ts';
import type { Fields, Rule } from '../rules/index.ts';

/** Where a value lies in a resource: `['name', 0, 'family']`. */
export type FhirPath = readonly (string | number)[];

/** Says which rule of a mapping a value of a resource came from. */
export type Attribution = {
  /**
   * Ids of the rules that set what lies at a path, as a message went through them; of a value that
   * is not there, of those that set its neighbours. `contribution`: its place in the conversion.
   */
  rulesAt(bytes: Buffer, contribution: number, type: string, path: FhirPath): readonly string[];
};

/** The leaves that each object of a resource got, and from which rule. */
type Traced = WeakMap<object, [path: FhirPath, rule: string][]>;

/**
 * A value that only one rule can set needs no second look; for others the message is converted once
 * more, and the rules that may have set it are watched.
 */
export function openAttribution(loaded: LoadedMapping): Attribution {
  const merged = loaded.merged!;
  const tops = new Map<string, string>();
  const targets = merged.rules.flatMap(({ row }) => {
    const target = resolveTarget(merged, row.to ?? '');
    if ('word' in target) return [];
    const names = target.elements.map(({ name }) => name);
    tops.set(row.id, names[0] ?? '');
    return [
      { id: row.id, steps: [...(fhirPathOf(merged, target.owner) ?? '').split('.'), ...names] },
    ];
  });
  let traced: Traced = new WeakMap();
  let watching = new Set<string>();
  const isWatched = (id: string): boolean => watching.has(id);
  const watched = compileMapping(
    loaded,
    (rule) => watch(rule, tops.get(rule.id) ?? '', (id) => (isWatched(id) ? traced : undefined)),
    isWatched,
  );
  let last: { readonly bytes: Buffer; readonly made: readonly Contribution[] } | undefined;

  /** Converts the message once more, unless these rules were watched when it was the last time. */
  function converted(bytes: Buffer, rules: readonly string[]): readonly Contribution[] {
    const isSame = last?.bytes === bytes;
    if (last && isSame && rules.every((id) => watching.has(id))) return last.made;
    watching = new Set([...(isSame ? watching : []), ...rules]);
    traced = new WeakMap();
    const result = convertRaw(watched, bytes);
    const made = result.kind === 'pass' ? result.conversion.contributions : [];
    last = { bytes, made };
    return made;
  }

  const found = new Map<string, readonly string[]>();
  function candidates(type: string, path: FhirPath): readonly string[] {
    const names = [type, ...path.filter((step) => typeof step === 'string')];
    const key = names.join('.');
    const known = found.get(key);
    if (known) return known;
    const ids = targets.flatMap(({ id, steps }) => (meets(steps, names) ? [id] : []));
    found.set(key, ids);
    return ids;
  }

  return {
    rulesAt(bytes, contribution, type, path) {
      const possible = candidates(type, path);
      if (possible.length < 2) return possible;
      const made = converted(bytes, possible)[contribution];
      const rule = made?.type === type ? lookUp(traced, made, path) : undefined;
      return rule === undefined ? possible : [rule];
    },
  };
}

/** Does a rule that writes at `steps` write what lies at `names`, or something inside of it? */
function meets(steps: readonly string[], names: readonly string[]): boolean {
  for (const [at, step] of steps.entries()) {
    const name = names[at];
    if (name === undefined) return true;
    const isChoice = step.endsWith('[x]') && name.startsWith(step.slice(0, -3));
    if (step !== name && !isChoice) return false;
  }
  return true;
}

/** `top`: the one element of its target that the rule writes to, or in. */
function watch(rule: Rule, top: string, traced: (id: string) => Traced | undefined): Rule {
  const isOne = top !== '' && !top.endsWith('[x]');
  const only = (fields: Fields | undefined): Fields | undefined =>
    isOne && fields ? { [top]: fields[top] } : fields;
  return {
    ...rule,
    apply(run, target, index) {
      const notesOf = traced(rule.id);
      if (notesOf === undefined) {
        rule.apply(run, target, index);
        return;
      }
      const leaves = () => leavesOf([only(target.set), only(target.initial)], []);
      const before = new Set(leaves().map(keyOf));
      rule.apply(run, target, index);
      const added = leaves().filter((leaf) => !before.has(keyOf(leaf)));
      const notes = notesOf.get(target.set) ?? [];
      for (const [path] of added) notes.push([path, rule.id]);
      notesOf.set(target.set, notes);
    },
  };
}

type Leaf = readonly [path: FhirPath, value: unknown];

const keyOf = ([path, value]: Leaf): string => JSON.stringify([path, value]);

function leavesOf(values: readonly unknown[], at: FhirPath): Leaf[] {
  return values.flatMap((value): Leaf[] => {
    if (value === undefined) return [];
    if (value === null || typeof value !== 'object') return [[at, value]];
    if (Array.isArray(value))
      return value.flatMap((item, index) => leavesOf([item], [...at, index]));
    return Object.entries(value).flatMap(([name, inner]) => leavesOf([inner], [...at, name]));
  });
}

/** The rule of the value at a path, or of the one that shares most of its way. */
function lookUp(traced: Traced, { set, initial }: Contribution, path: FhirPath) {
  let best: { readonly rule: string; readonly shared: number } | undefined;
  let at: unknown = set;
  // What yielded to known values was handed over with what is known of it.
  const handed = (initial && traced.get(initial)) ?? [];
  for (let depth = 0; at !== null && typeof at === 'object'; depth += 1) {
    const notes = traced.get(at) ?? [];
    for (const [leaf, rule] of depth === 0 ? [...handed, ...notes] : notes) {
      const shared = depth + sharedSteps(leaf, path.slice(depth));
      if (shared > depth && shared >= (best?.shared ?? 1)) best = { rule, shared };
    }
    const step = path[depth];
    if (step === undefined) break;
    const parent = at as Record<string, unknown>;
    at = parent[step] ?? (depth === 0 ? initial?.[step] : undefined);
  }
  return best?.rule;
}

function sharedSteps(left: FhirPath, right: FhirPath): number {
  let shared = 0;
  while (shared < left.length && shared < right.length && left[shared] === right[shared])
    shared += 1;
  return shared;
}
