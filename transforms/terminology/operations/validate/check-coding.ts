import { type Coding, nameOf, placeOf } from '../coding.ts';
import { issue, type TxIssue } from '../issue.ts';
import type { Languages } from '../languages.ts';
import type { Question } from '../question.ts';
import { type Hit, judge, type Prepared, systemsOf, type Verdict } from '../value-set/index.ts';
import { checkDisplay } from './check-display.ts';
import { conceptIssues, listingIssues } from './concept-issues.ts';
import type { Finding } from './finding.ts';
import { systemIssues, unknownCoding } from './system-issues.ts';

export type Check = {
  readonly question: Question;
  readonly prepared: Prepared;
  readonly languages: Languages | undefined;
  readonly isLenient: boolean;
  readonly isMembershipOnly: boolean;
  /** A code that is in no value set is less of a matter where another coding may be. */
  readonly isOneOfSeveral: boolean;
};

/** The coding with the system that the value set means by its code, where that is asked. */
export function infer(check: Check, coding: Coding): Finding | { readonly asked: Coding } {
  const isAsked = check.question.asked.flag('inferSystem') === true;
  if (!isAsked || coding.system !== undefined) return { asked: coding };
  const { prepared } = check;
  const systems = systemsOf(prepared, coding.code);
  if (systems.length === 1) return { asked: { ...coding, system: systems[0]! } };
  const at = placeOf(coding, 'code');
  const kind = { severity: 'error', type: 'not-found', tx: 'cannot-infer', at } as const;
  const why =
    systems.length === 0
      ? issue(kind, 'UNABLE_TO_INFER_CODESYSTEM', coding.code, prepared.name)
      : issue(
          kind,
          'Unable_to_resolve_system__value_set_has_multiple_matches',
          ...([coding.code, prepared.name, systems.toSorted()] as const),
        );
  return { ...lost(coding), issues: [notIn(check, coding), why] };
}

const lost = (coding: Coding): Omit<Finding, 'issues'> => ({
  ...{ coding, isIn: false, hit: undefined, version: undefined, causes: [], strangers: [] },
});

function notIn({ prepared, isOneOfSeveral }: Check, coding: Coding): TxIssue {
  const at = placeOf(coding, 'code');
  const words = [nameOf(coding), prepared.name] as const;
  return isOneOfSeveral
    ? issue(
        {
          ...({
            severity: 'information',
            type: 'code-invalid',
            tx: 'this-code-not-in-vs',
          } as const),
          ...{ at, isTold: false },
        },
        'None_of_the_provided_codes_are_in_the_value_set_one',
        ...words,
      )
    : issue(
        { severity: 'error', type: 'code-invalid', tx: 'not-in-vs', at },
        'None_of_the_provided_codes_are_in_the_value_set_one',
        ...words,
      );
}

export function validateCoding(check: Check, coding: Coding): Finding {
  const { question, prepared } = check;
  if (coding.system === undefined) {
    const issues = [notIn(check, coding), ...systemIssues(question, coding)];
    return { ...lost(coding), issues };
  }
  const verdict = judge(question, prepared, coding);
  const isBlocked = verdict.unknown.length > 0;
  if (verdict.hit === undefined && verdict.view === undefined && !isBlocked)
    return outside(check, coding);
  if (verdict.hit === undefined) return unknownCode(check, coding, verdict);
  return known(check, coding, verdict, verdict.hit);
}

/** A coding of a system that the value set does not speak of. */
function outside(check: Check, coding: Coding): Finding {
  const finding = { ...lost(coding), issues: [notIn(check, coding)] };
  if (check.isMembershipOnly) return finding;
  const { issues, hit, stranger, version } = unknownCoding(check.question, coding);
  const display =
    hit &&
    checkDisplay(coding, {
      ...{ view: hit.view, concept: hit.concept, listed: undefined },
      ...{ languages: check.languages, isLenient: check.isLenient },
    });
  return {
    ...finding,
    ...{ hit, version, strangers: stranger === undefined ? [] : [stranger] },
    issues: [...finding.issues, ...issues, ...(display === undefined ? [] : [display])],
  };
}

/** The value set speaks of the system, which does not know the code; or nobody knows the system. */
function unknownCode(check: Check, coding: Coding, verdict: Verdict): Finding {
  const { view, unknown } = verdict;
  const causes = unknown.filter((one) => one !== '');
  const finding = { ...lost(coding), issues: verdict.issues, causes };
  if (view === undefined) return finding;
  const { url, version, resource } = view.system;
  const at = placeOf(coding, 'code');
  const words = [coding.code, url, version] as const;
  if (resource.content === 'fragment') {
    const kind = { severity: 'warning', type: 'code-invalid', tx: 'invalid-code', at } as const;
    const note = issue({ ...kind, isTold: false }, 'UNKNOWN_CODE_IN_FRAGMENT', ...words);
    return { ...finding, version, isIn: true, issues: [...verdict.issues, note] };
  }
  const kind = { severity: 'error', type: 'code-invalid', tx: 'invalid-code', at } as const;
  const what = check.isMembershipOnly ? [] : [issue(kind, 'Unknown_Code_in_Version', ...words)];
  const issues = [...verdict.issues, notIn(check, coding), ...what];
  return { ...finding, version, issues };
}

/** The concept is known: is it in, and may it be used? */
function known(check: Check, coding: Coding, verdict: Verdict, hit: Hit): Finding {
  const { question, prepared, isMembershipOnly, languages, isLenient } = check;
  const { concept, view, listed } = hit;
  const { asked } = question;
  const at = placeOf(coding, 'code');
  const rule = { severity: 'error', type: 'business-rule', tx: 'code-rule', at } as const;
  const isActiveOnly = asked.flag('activeOnly') === true || prepared.inactive === false;
  const barred: TxIssue[] = [];
  if (verdict.isIn && isActiveOnly && concept.isInactive)
    barred.push(issue(rule, 'STATUS_CODE_WARNING_CODE', concept.code));
  if (verdict.isIn && asked.flag('abstract') === false && concept.isAbstract)
    barred.push(issue(rule, 'ABSTRACT_CODE_NOT_ALLOWED', `${view.system.url}#${concept.code}`));
  const isIn = verdict.isIn && barred.length === 0;
  const isSilent = isIn || verdict.unknown.length > 0;
  const display = isMembershipOnly
    ? undefined
    : checkDisplay(coding, { view, concept, listed, languages, isLenient });
  const issues = [
    ...verdict.issues,
    ...barred,
    ...(isSilent ? [] : [notIn(check, coding)]),
    ...conceptIssues(coding, hit),
    ...(isIn ? listingIssues(prepared, coding, hit) : []),
    ...(display === undefined ? [] : [display]),
  ];
  const causes = verdict.unknown.filter((one) => one !== '');
  const { version } = view.system;
  return { coding, isIn, hit, version, issues, causes, strangers: [] };
}
