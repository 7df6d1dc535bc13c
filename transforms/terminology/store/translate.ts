import type { ConceptMap, Json, Mapping } from '../knowledge.ts';

/**
 * What becomes of a code. R4's equivalences and R5's relationships come to five outcomes:
 *
 * | outcome | R4 | R5 |
 * |---|---|---|
 * | `mapped` | equal, equivalent | equivalent |
 * | `mapped-with-loss` | wider, subsumes, narrower, specializes, inexact, relatedto | the others |
 * | `unmatched` (declared) | unmatched, disjoint | not-related-to, `noMap` |
 * | `unmapped` | no row, or a row that names no target | the same |
 * | `ambiguous` | several of the best of these, none better than the others | the same |
 *
 * A target without loss wins over one with loss. One that holds on a condition alone (`dependsOn`)
 * is `ambiguous`: nobody here can say whether it holds. A group's `unmapped` rule gives its fixed
 * code by the word that it says (R4 has none: `inexact`), or the source's own code as `mapped`; it
 * never leads to another map, for that would name no release.
 */
export const outcomes = [
  'mapped',
  'mapped-with-loss',
  'unmatched',
  'unmapped',
  'ambiguous',
] as const;
export type TranslationOutcome = (typeof outcomes)[number];

export type TranslatedTarget = {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
  /** As the map writes it: an R4 equivalence or an R5 relationship. */
  readonly relationship: string;
};

export type TranslatedCode = {
  readonly outcome: TranslationOutcome;
  /** The best targets; one, but for `ambiguous`; none, where there is none. */
  readonly targets: readonly TranslatedTarget[];
};

const strengths: Readonly<Record<string, number>> = {
  ...{ equal: 3, equivalent: 3 },
  ...{ wider: 2, subsumes: 2, narrower: 2, specializes: 2 },
  ...{ 'source-is-narrower-than-target': 2, 'source-is-broader-than-target': 2 },
  ...{ inexact: 1, relatedto: 1, 'related-to': 1 },
  ...{ unmatched: 0, disjoint: 0, 'not-related-to': 0 },
};

/** How much a relationship says: 3 the same, 2 wider or narrower, 1 related, 0 no match. */
export const strengthOf = (relationship: string | null): number =>
  strengths[relationship ?? ''] ?? -1;

/** Translations that are kept at hand, a map. */
const keptMax = 20_000;

type Translate = (system: string, code: string) => TranslatedCode;

/** Keeps the answers of one release: it never changes. */
export function remembered(translate: Translate): Translate {
  const bySystem = new Map<string, Map<string, TranslatedCode>>();
  let kept = 0;
  return (system, code) => {
    const known = bySystem.get(system)?.get(code);
    if (known !== undefined) return known;
    if (kept >= keptMax) {
      bySystem.clear();
      kept = 0;
    }
    const answer = translate(system, code);
    const answers = bySystem.get(system) ?? new Map<string, TranslatedCode>();
    bySystem.set(system, answers.set(code, answer));
    kept += 1;
    return answer;
  };
}

/** Translates by one release of a map, and keeps the answers. */
export const translator = (map: ConceptMap): Translate =>
  remembered((system, code) => translateByMap(map, system, code));

/**
 * A row without a source system is for its code in any system; one of the code's own system goes
 * before it.
 */
export function translateByMap(map: ConceptMap, system: string, code: string): TranslatedCode {
  let rows = map.from(system, code);
  if (rows.length === 0 && system !== '') rows = map.from('', code);
  const found = rows.flatMap((row) => targetOf(row) ?? []);
  if (found.length > 0) return best(found);
  if (rows.some(({ isOpen }) => isOpen !== true)) return unmatched;
  return byRule(map.resource, system, code);
}

const unmapped: TranslatedCode = { outcome: 'unmapped', targets: [] };
const unmatched: TranslatedCode = { outcome: 'unmatched', targets: [] };

type Candidate = { readonly target: TranslatedTarget; readonly isConditional: boolean };

function best(found: readonly Candidate[]): TranslatedCode {
  const whole = found.filter(({ target }) => strengthOf(target.relationship) === 3);
  const chosen = whole.length > 0 ? whole : found;
  const sure = chosen.filter(({ isConditional }) => !isConditional);
  const names = new Set(chosen.map(({ target: { system, code } }) => `${system}|${code}`));
  const [one] = sure;
  if (names.size > 1 || one === undefined)
    return { outcome: 'ambiguous', targets: chosen.map(({ target }) => target) };
  const outcome = whole.length > 0 ? 'mapped' : 'mapped-with-loss';
  return { outcome, targets: [one.target] };
}

function targetOf(row: Mapping): Candidate | undefined {
  const relationship = row.equivalence ?? row.relationship;
  if (row.targetCode === undefined || strengthOf(relationship) === 0) return undefined;
  const target = {
    ...{ system: row.target.system, code: row.targetCode },
    ...(row.targetDisplay === undefined ? {} : { display: row.targetDisplay }),
    relationship,
  };
  return { target, isConditional: (row.dependsOn ?? []).length > 0 };
}

function byRule(resource: Json, system: string, code: string): TranslatedCode {
  const groups = Array.isArray(resource.group) ? (resource.group as readonly Json[]) : [];
  const found = groups.flatMap((group): readonly TranslatedTarget[] => {
    const rule = group.unmapped as Json | undefined;
    const source = String(group.source ?? '').split('|')[0];
    if (rule === undefined || (source !== system && source !== '')) return [];
    const target = String(group.target ?? '').split('|')[0]!;
    const said = typeof rule.relationship === 'string' ? rule.relationship : undefined;
    if (rule.mode === 'fixed' && typeof rule.code === 'string') {
      const display = typeof rule.display === 'string' ? { display: rule.display } : {};
      return [{ system: target, code: rule.code, ...display, relationship: said ?? 'inexact' }];
    }
    if (rule.mode === 'provided' || rule.mode === 'use-source-code')
      return [{ system: target, code, relationship: said ?? 'equal' }];
    return [];
  });
  const kept = found.filter(({ relationship }) => strengthOf(relationship) !== 0);
  if (kept.length === 0) return found.length === 0 ? unmapped : unmatched;
  return best(kept.map((target) => ({ target, isConditional: false })));
}
