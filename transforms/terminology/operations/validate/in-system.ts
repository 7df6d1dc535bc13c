import type { Json } from '../../knowledge.ts';
import { answerOf } from '../asked.ts';
import type { TxIssue } from '../issue.ts';
import type { Question } from '../question.ts';
import { askedCodings } from './asked-codings.ts';
import { checkDisplay } from './check-display.ts';
import { conceptIssues } from './concept-issues.ts';
import { type Finding, validationParts } from './finding.ts';
import { unknownCoding } from './system-issues.ts';

/**
 * CodeSystem/$validate-code (https://hl7.org/fhir/R4/codesystem-operation-validate-code.html).
 * Throws refusals for a question without a code.
 */
export function validateInSystem(question: Question): Json {
  const { asked, languages } = question;
  const concept = asked.value('codeableConcept');
  const isLenient = asked.flag('lenient-display-validation') === true;
  const findings = askedCodings(question, 'url').map((one): Finding => {
    const coding = { ...one, system: one.system ?? asked.text('url') };
    const { issues, hit, version, stranger, isFragment } = unknownCoding(question, coding);
    const said: TxIssue[] = [...issues];
    if (hit !== undefined) {
      const { view, concept: found, listed } = hit;
      const display = checkDisplay(coding, { view, concept: found, listed, languages, isLenient });
      said.push(...conceptIssues(coding, hit), ...(display === undefined ? [] : [display]));
    }
    const isIn = hit !== undefined || isFragment;
    const causes = stranger === undefined ? [] : [stranger];
    return { coding, isIn, hit, version, issues: said, causes, strangers: [] };
  });
  const shown = findings.find(({ isIn }) => isIn) ?? findings[0];
  const all = findings.flatMap(({ issues }) => issues);
  const causes = [...new Set(findings.flatMap((one) => one.causes))];
  return answerOf([
    ...validationParts(shown, all, languages),
    ...(concept === undefined ? [] : [{ name: 'codeableConcept', valueCodeableConcept: concept }]),
    ...causes.map((valueCanonical) => ({ name: 'x-caused-by-unknown-system', valueCanonical })),
  ]);
}
