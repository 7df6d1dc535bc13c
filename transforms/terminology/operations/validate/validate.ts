import type { Json } from '../../knowledge.ts';
import { answerOf } from '../asked.ts';
import { languagesFor } from '../display.ts';
import { issue, type TxIssue } from '../issue.ts';
import { textOf } from '../json.ts';
import { askedValueSet, type Question } from '../question.ts';
import { cautionsOf, type Prepared, prepare, type Used, usedBy } from '../value-set/index.ts';
import { askedCodings } from './asked-codings.ts';
import { type Check, infer, validateCoding } from './check-coding.ts';
import { type Finding, validationParts } from './finding.ts';

/**
 * ValueSet/$validate-code (https://hl7.org/fhir/R4/valueset-operation-validate-code.html). What is
 * wrong with the code is in the answer; throws refusals for a question that has none.
 */
export function validateInValueSet(question: Question): Json {
  const { asked } = question;
  const codings = askedCodings(question, 'system');
  const prepared = prepare(question, askedValueSet(question));
  const concept = asked.value('codeableConcept');
  const check: Check = {
    ...{ question, prepared, languages: languagesFor(question, prepared) },
    isLenient: asked.flag('lenient-display-validation') === true,
    isMembershipOnly: asked.flag('valueset-membership-only') === true,
    isOneOfSeveral: concept !== undefined,
  };
  const inferred = codings.map((one) => infer(check, one));
  const findings = inferred.map((one) =>
    'coding' in one ? one : validateCoding(check, one.asked),
  );
  const general = concept === undefined ? [] : generalIssues(check, findings);
  const cautions = statusIssues(prepared, findings);
  return answer(check, concept, findings, [...general, ...cautions]);
}

function generalIssues(check: Check, findings: readonly Finding[]): readonly TxIssue[] {
  const isUndecided = findings.some(
    ({ isIn, causes, issues }) =>
      isIn || causes.length > 0 || issues.some(({ message }) => message === missingImport),
  );
  if (isUndecided) return [];
  return [
    issue(
      { severity: 'error', type: 'code-invalid', tx: 'not-in-vs' },
      'TX_GENERAL_CC_ERROR_MESSAGE',
      check.prepared.name,
    ),
  ];
}

const missingImport = 'Unable_to_resolve_value_Set_';

const messageOfCaution = {
  deprecated: 'MSG_DEPRECATED',
  withdrawn: 'MSG_WITHDRAWN',
  retired: 'MSG_RETIRED',
  experimental: 'MSG_EXPERIMENTAL',
  draft: 'MSG_DRAFT',
} as const;

/** Notes on the standing of what a valid answer rests on. */
function statusIssues(prepared: Prepared, findings: readonly Finding[]): readonly TxIssue[] {
  const systems = new Set(
    findings.filter(({ isIn }) => isIn).map(({ hit }) => hit?.view.system.url),
  );
  const used: Used = usedBy(prepared);
  const codeSystems = new Map(
    [...used.codeSystems].filter(([, { url }]) => systems.has(textOf(url))),
  );
  if (systems.size === 0) return [];
  return cautionsOf(prepared, { ...used, codeSystems }).map(({ caution, type, release }) =>
    issue(
      {
        ...({ severity: 'information', type: 'business-rule', tx: 'status-check' } as const),
        isTold: false,
      },
      messageOfCaution[caution],
      ...([type, release] as const),
    ),
  );
}

function answer(
  { languages }: Check,
  concept: Json | undefined,
  findings: readonly Finding[],
  general: readonly TxIssue[],
): Json {
  const shown = concept === undefined ? findings[0] : findings.find(({ isIn }) => isIn);
  const issues = [...general, ...findings.flatMap((one) => one.issues)];
  return answerOf([
    ...validationParts(shown, issues, languages),
    ...(concept === undefined ? [] : [{ name: 'codeableConcept', valueCodeableConcept: concept }]),
    ...unknownParts(findings),
  ]);
}

const unknownParts = (findings: readonly Finding[]): readonly Json[] => [
  ...[...new Set(findings.flatMap(({ causes }) => causes))].map((valueCanonical) => ({
    ...{ name: 'x-caused-by-unknown-system', valueCanonical },
  })),
  ...[...new Set(findings.flatMap(({ strangers }) => strangers))].map((valueCanonical) => ({
    ...{ name: 'x-unknown-system', valueCanonical },
  })),
];
