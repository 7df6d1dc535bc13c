import type { PersonId } from '../events.ts';
import {
  answer,
  type Disagreement,
  disagreements,
  type Question,
  type Ruling,
} from '../policy/index.ts';

/** A question of the past, and which source asked it. */
export type PastQuestion = Question & { readonly source: string };

/** One change that a candidate policy would make. */
export type PreviewChange = Disagreement & { readonly source: string };

/** `auto->review`, `distinct->review` and their like. */
export type Turn = `${Disagreement['from']}->${Disagreement['to']}`;

export type PreviewSummary = {
  readonly questions: number;
  /** Of changes, by turn; those that do not occur are absent. */
  readonly changes: Readonly<Partial<Record<Turn, number>>>;
  /** The same by the source that asked. */
  readonly bySource: Readonly<Record<string, Readonly<Partial<Record<Turn, number>>>>>;
  /** Different persons in whom something changes. */
  readonly persons: number;
};

/**
 * Answers every question twice, by the policy that governs and by a candidate, and tells where they
 * differ; writes nothing. Memory grows with the persons in whom something changes, not with the
 * questions.
 */
export function preview(
  live: Ruling,
  candidate: Ruling,
  questions: Iterable<PastQuestion>,
  onChange: (change: PreviewChange) => void,
): PreviewSummary {
  let asked = 0;
  const changes: Partial<Record<Turn, number>> = {};
  const bySource: Record<string, Partial<Record<Turn, number>>> = {};
  const persons = new Set<PersonId>();
  for (const question of questions) {
    asked += 1;
    const [before, after] = [answer(live, question), answer(candidate, question)];
    for (const found of disagreements(question, before, after)) {
      const { source } = question;
      const turn: Turn = `${found.from}->${found.to}`;
      changes[turn] = (changes[turn] ?? 0) + 1;
      bySource[source] ??= {};
      bySource[source][turn] = (bySource[source][turn] ?? 0) + 1;
      persons.add(found.person);
      onChange({ ...found, source });
    }
  }
  return { questions: asked, changes, bySource, persons: persons.size };
}
