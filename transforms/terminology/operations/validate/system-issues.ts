import { type Coding, placeOf, wholeOf } from '../coding.ts';
import { viewOf } from '../concept-view.ts';
import { issue, type TxIssue } from '../issue.ts';
import { canonical } from '../json.ts';
import { openSupplements, type Question, supplementsOf } from '../question.ts';
import { unknownSystemIssue } from '../unknown-system.ts';
import type { Hit } from '../value-set/index.ts';
import { openSystem } from '../versions.ts';

/** What is wrong with the system of a coding, as a system. */
export function systemIssues({ knowledge }: Question, coding: Coding): readonly TxIssue[] {
  const { system } = coding;
  if (system === undefined)
    return [
      issue(
        { severity: 'warning', type: 'invalid', tx: 'invalid-data', at: wholeOf(coding) },
        'Coding_has_no_system__cannot_validate',
      ),
    ];
  const at = placeOf(coding, 'system');
  const kind = { severity: 'error', type: 'invalid', tx: 'invalid-data', at } as const;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(system)) return [issue(kind, 'Terminology_TX_System_Relative')];
  const isValueSet =
    knowledge.versions('CodeSystem', system).length === 0 &&
    knowledge.versions('ValueSet', system).length > 0;
  return isValueSet ? [issue(kind, 'Terminology_TX_System_ValueSet2', system)] : [];
}

/** What can be said of a coding without its value set. */
export type Unbound = {
  readonly issues: readonly TxIssue[];
  readonly hit: Hit | undefined;
  readonly version: string | undefined;
  /** The system, when nobody knows it. */
  readonly stranger: string | undefined;
  readonly isFragment: boolean;
};

/** Looks a coding up in its own code system. */
export function unknownCoding(question: Question, coding: Coding): Unbound {
  const issues: TxIssue[] = [...systemIssues(question, coding)];
  const none = {
    ...{ hit: undefined, version: undefined, stranger: undefined, isFragment: false },
  };
  const { system: url, version: given, code } = coding;
  if (url === undefined) return { ...none, issues };
  const { knowledge, rules } = question;
  const opened = openSystem(knowledge, rules, url, given);
  const reader = opened.system;
  if (reader === undefined) {
    if (issues.some(({ message }) => message === 'Terminology_TX_System_ValueSet2'))
      return { ...none, issues };
    issues.push(unknownSystemIssue(question, opened, 'validate', placeOf(coding, 'system')));
    return { ...none, issues, stranger: url };
  }
  if (reader.resource.content === 'supplement') {
    const kind = { severity: 'error', type: 'invalid', tx: 'invalid-data' } as const;
    const name = canonical(reader.url, reader.version);
    const place = { ...kind, at: placeOf(coding, 'system') };
    return { ...none, issues: [...issues, issue(place, 'CODESYSTEM_CS_NO_SUPPLEMENT', name)] };
  }
  const supplements = openSupplements(knowledge, question.supplements);
  const view = viewOf(reader, supplementsOf(supplements, reader));
  const concept = view.describe(code);
  const { version } = reader;
  if (concept !== undefined)
    return { ...none, issues, version, hit: { view, concept, listed: undefined } };
  const words = [code, reader.url, version] as const;
  const at = placeOf(coding, 'code');
  const isFragment = reader.resource.content === 'fragment';
  const kind = { type: 'code-invalid', tx: 'invalid-code', at } as const;
  issues.push(
    isFragment
      ? issue({ ...kind, severity: 'warning', isTold: false }, 'UNKNOWN_CODE_IN_FRAGMENT', ...words)
      : issue({ ...kind, severity: 'error' }, 'Unknown_Code_in_Version', ...words),
  );
  return { ...none, issues, version, isFragment };
}
