import { type Coding, placeOf } from '../coding.ts';
import { type Described, type View, viewOf } from '../concept-view.ts';
import { issue, type TxIssue } from '../issue.ts';
import { canonical } from '../json.ts';
import type { Question } from '../question.ts';
import { unknownSystemIssue } from '../unknown-system.ts';
import { fitsVersion, isPattern, isThere, versionFor } from '../versions.ts';
import type { Listed } from './components.ts';
import {
  covers,
  holds,
  isExcluded,
  type Part,
  type Prepared,
  passes,
  reopened,
} from './prepared.ts';

/** A concept that a coding means, in one version of its system. */
export type Hit = {
  readonly view: View;
  readonly concept: Described;
  readonly listed: Listed | undefined;
};

/** What a value set says of a coding. */
export type Verdict = {
  readonly isIn: boolean;
  /** The concept in the version that was asked; also when the value set does not have it. */
  readonly hit: Hit | undefined;
  /** The version that was asked, even when it does not know the code. */
  readonly view: View | undefined;
  /** What is wrong about versions and imports. */
  readonly issues: readonly TxIssue[];
  /** What could not be found, so that nothing can be said: `url` or `url|version`. */
  readonly unknown: readonly string[];
};

const nothing: Verdict = {
  ...{ isIn: false, hit: undefined, view: undefined },
  ...{ issues: [], unknown: [] },
};

/** Asks a value set for a coding that has a system. */
export function judge(question: Question, prepared: Prepared, coding: Coding): Verdict {
  const verdicts = prepared.includes.map((part) => judgePart(question, prepared, part, coding));
  return best(
    verdicts.filter((one) => one !== nothing),
    coding,
  );
}

/** Of several includes: one that has the code and no complaint, the newest; else any that has. */
function best(verdicts: readonly Verdict[], { display, version }: Coding): Verdict {
  const exact = verdicts.filter(({ view }) => view?.system.version === version);
  const asked = version !== undefined && exact.length > 0 ? exact : verdicts;
  const rank = ({ isIn, issues, unknown, hit }: Verdict) =>
    (isIn ? 8 : 0) +
    (issues.length === 0 && unknown.length === 0 ? 4 : 0) +
    (hit === undefined ? 0 : 2) +
    (hit !== undefined && hit.concept.display === display ? 1 : 0);
  const newest = (one: Verdict) => one.view?.system.version ?? '';
  const ranked = [...asked].sort(
    (left, right) =>
      rank(right) - rank(left) ||
      newest(right).localeCompare(newest(left), 'en', { numeric: true }),
  );
  return ranked[0] ?? nothing;
}

function judgePart(question: Question, whole: Prepared, part: Part, coding: Coding): Verdict {
  const { component } = part;
  if (part.missing.length > 0) return { ...nothing, issues: part.missing, unknown: [''] };
  if (component.system === undefined) return judgeImports(question, whole, part, coding);
  if (component.system !== coding.system) return nothing;
  const chosen = chooseVersion(question, part, coding);
  const { view } = chosen.part;
  const { issues, unknown } = chosen;
  if (view === undefined) return { ...nothing, issues, unknown, ...fallbackOf(question, coding) };
  const concept = view.describe(coding.code);
  if (concept === undefined) return { ...nothing, view, issues, unknown };
  const hit = { view, concept, listed: part.listed?.get(concept.code) };
  const isIn =
    passes(chosen.part, concept) &&
    part.imports.every((one) => holds(one, view.system, concept)) &&
    !isExcluded(whole, view.system, concept);
  return { isIn, hit, view, issues, unknown };
}

/** The best that can be said of a code whose version is unknown. */
function fallbackOf({ knowledge, rules }: Question, { system = '', version, code }: Coding) {
  const preferred = rules.preferred.get(system) ?? rules.required.get(system);
  const sought = version ?? preferred;
  const found = versionFor(knowledge, 'CodeSystem', system, sought ?? '');
  const reader = found === undefined ? undefined : knowledge.codeSystem(system, found);
  if (reader === undefined) return {};
  const view = viewOf(reader, []);
  const concept = view.describe(code);
  return { view, hit: concept && { view, concept, listed: undefined } };
}

function judgeImports(question: Question, whole: Prepared, part: Part, coding: Coding): Verdict {
  const verdicts = part.imports.map((one) => judge(question, one, coding));
  const failing = verdicts.find(({ isIn }) => !isIn);
  const verdict = failing ?? verdicts[0] ?? nothing;
  const { hit } = verdict;
  const isOut = hit !== undefined && isExcluded(whole, hit.view.system, hit.concept);
  return { ...verdict, isIn: failing === undefined && verdicts.length > 0 && !isOut };
}

type Chosen = Pick<Verdict, 'issues' | 'unknown'> & { readonly part: Part };

/** Which version of the system is asked: the value set's, or the coding's where both agree. */
function chooseVersion(question: Question, part: Part, coding: Coding): Chosen {
  const { opened } = part;
  if (opened === undefined) return { part, issues: [], unknown: [] };
  const issues: TxIssue[] = [];
  const unknown: string[] = [];
  const { url, sought, said } = opened;
  const given = coding.version;
  if (opened.system === undefined) {
    const at = placeOf(coding, 'system');
    issues.push(unknownSystemIssue(question, opened, 'validate', at));
    unknown.push(canonical(url, sought));
    if (given !== undefined && given !== sought && sought !== '')
      issues.push(mismatch(part, coding));
    return { part, issues, unknown };
  }
  const isKnown = given !== undefined && isThere(question.knowledge, 'CodeSystem', url, given);
  let chosen = part;
  if (given !== undefined && given !== opened.system.version) {
    const isFree = sought === '' || (isPattern(sought) && fitsVersion(sought, given));
    if (isFree && isKnown) chosen = reopened(question, part, given);
    else issues.push(mismatch(part, coding));
    if (!isKnown) {
      const lacking = { url, sought: given };
      issues.push(unknownSystemIssue(question, lacking, 'validate', placeOf(coding, 'system')));
      unknown.push(canonical(url, given));
    }
  }
  const required = question.rules.required.get(url);
  const version = chosen.opened?.system?.version ?? said;
  if (required !== undefined && !fitsVersion(required, version))
    issues.push(
      issue(
        {
          severity: 'error',
          type: 'exception',
          tx: 'version-error',
          at: placeOf(coding, 'version'),
        },
        'VALUESET_VERSION_CHECK',
        ...([url, version, required] as const),
      ),
    );
  return { part: chosen, issues, unknown };
}

function mismatch({ opened }: Part, coding: Coding): TxIssue {
  const { url = '', said = '', sought = '', isRuled = false, system } = opened ?? {};
  const given = coding.version ?? '';
  const at = placeOf(coding, 'version');
  const kind = { severity: 'error', type: 'invalid', tx: 'vs-invalid', at } as const;
  if (isRuled) return issue(kind, 'VALUESET_VALUE_MISMATCH_CHANGED', url, sought, said, given);
  if (said !== '') return issue(kind, 'VALUESET_VALUE_MISMATCH', url, said, given);
  return issue(
    { ...kind, severity: 'warning', isTold: false },
    'VALUESET_VALUE_MISMATCH_DEFAULT',
    ...([url, system?.version ?? '', given] as const),
  );
}

/** The systems under which a value set has a bare code. */
export function systemsOf(prepared: Prepared, code: string): readonly string[] {
  const systems = new Set<string>();
  const ask = (part: Part): void => {
    for (const one of part.imports) for (const each of one.includes) ask(each);
    const { view } = part;
    const concept = view?.describe(code);
    if (view === undefined || concept === undefined) return;
    if (covers(part, view.system, concept) && holds(prepared, view.system, concept))
      systems.add(view.system.url);
  };
  for (const part of prepared.includes) ask(part);
  return [...systems];
}
