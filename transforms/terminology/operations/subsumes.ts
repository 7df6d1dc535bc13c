import type { CodeSystem, Json } from '../knowledge.ts';
import { answerOf } from './asked.ts';
import { declined, issue, refusedBy } from './issue.ts';
import { textOf } from './json.ts';
import type { Question } from './question.ts';
import { unknownSystemIssue } from './unknown-system.ts';
import { openSystem } from './versions.ts';

/** CodeSystem/$subsumes (https://hl7.org/fhir/R4/codesystem-operation-subsumes.html). */
export function subsumes(question: Question): Json {
  const { asked, knowledge, rules } = question;
  const [left, right] = [asked.value('codingA'), asked.value('codingB')];
  const codeA = textOf(left?.code) ?? asked.text('codeA');
  const codeB = textOf(right?.code) ?? asked.text('codeB');
  const url = textOf(left?.system) ?? asked.text('system');
  if (codeA === undefined || codeB === undefined || url === undefined)
    throw declined(400, 'required', 'subsumption needs system, codeA and codeB, or two codings');
  if (right !== undefined && textOf(right.system) !== url)
    throw declined(422, 'business-rule', 'the two codes are of different code systems');
  const version = textOf(left?.version) ?? asked.text('version');
  const opened = openSystem(knowledge, rules, url, version);
  const { system } = opened;
  if (system === undefined) throw refusedBy(404, unknownSystemIssue(question, opened, 'validate'));
  const valueCode = relationOf(system, knownIn(system, codeA), knownIn(system, codeB));
  return answerOf([{ name: 'outcome', valueCode }]);
}

/** How two codes of one system stand to each other. */
export function relationOf(system: CodeSystem, codeA: string, codeB: string): string {
  if (codeA === codeB) return 'equivalent';
  if (system.subsumes(codeA, codeB)) return 'subsumes';
  return system.subsumes(codeB, codeA) ? 'subsumed-by' : 'not-subsumed';
}

/** The code as its system writes it. Throws a refusal (404) for one that it does not have. */
export function knownIn(system: CodeSystem, code: string): string {
  const found = system.concept(code)?.code;
  if (found !== undefined) return found;
  throw refusedBy(
    404,
    issue(
      { severity: 'error', type: 'not-found', tx: 'invalid-code' },
      'Unknown_Code_in_Version',
      ...([code, system.url, system.version] as const),
    ),
  );
}
