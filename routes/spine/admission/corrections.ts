import type { Issue, Work } from '../../../engine/index.ts';
import type { Contribution, Conversion, Correction } from '../../../transforms/fhir/index.ts';
import { fold } from '../fold/index.ts';
import { readHistory } from '../history.ts';
import { load, type Spine } from '../spine.ts';

/**
 * Corrections of the message that do not mean exactly one resource that an earlier (or, after a
 * replay, another) message told of; each as what holds the message.
 */
export function unmatchedCorrections(spine: Spine, work: Work<Conversion>): readonly Issue[] {
  const issues: Issue[] = [];
  for (const { type, id, corrects } of work.body.contributions) {
    if (corrects === undefined) continue;
    const isKnown = toldByAnother(spine, work, type, id);
    if (!isKnown && corrects.mayBeFirst === undefined)
      issues.push(issueOf(corrects, 'correction-unmatched', type));
    else if (isKnown && toldByAnother(spine, work, type, corrects.rival))
      issues.push(issueOf(corrects, 'correction-ambiguous', type));
  }
  return issues;
}

const texts = {
  'correction-unmatched':
    'corrects a result of which nothing earlier is known; replay it when the original has come',
  'correction-ambiguous':
    'corrects a result that earlier messages told more than once, so which one is not clear',
};

function issueOf(
  { path, offset }: Correction,
  code: keyof typeof texts,
  type: Contribution['type'],
): Issue {
  const diagnostics = `${path} ${texts[code]} (${type}).`;
  const issue = { severity: 'error' as const, code, diagnostics, path };
  return offset === undefined ? issue : { ...issue, offset };
}

/** Does any other message say something of it that counts? */
function toldByAnother(spine: Spine, work: Work<Conversion>, type: string, id: string): boolean {
  const state = load(spine, type, id);
  if (state === undefined || state.text === '') return false;
  if (work.generation === 0) return true;
  spine.pack.flush();
  const others = [...readHistory(spine.reading, state.last)].filter(
    ({ message }) => message !== work.id,
  );
  return fold(others) !== undefined;
}
