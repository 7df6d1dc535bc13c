import {
  type Condition,
  type Contribution,
  carries,
  conditionOf,
  rewriteLinks,
  rewriteReferences,
} from '../../../transforms/fhir/index.ts';
import type { Answer } from '../rows/index.ts';
import type { Spine } from '../spine.ts';
import type { Grant } from './grant.ts';
import { search } from './search.ts';

/**
 * Rewrites, in place, what the message's references say: those to entries that were granted for
 * another resource than the one thought of, and those by search, which are decided after all
 * entries (https://hl7.org/fhir/R4/http.html#trules). Answers with what none or several were found
 * for.
 */
export function resolveReferences(spine: Spine, grants: readonly Grant[]): Answer['refused'] {
  const moved = new Map<string, string>();
  for (const { type, provisional, target } of grants)
    if (provisional !== target) moved.set(`${type}/${provisional}`, `${type}/${target}`);
  const refused: Answer['refused'][number][] = [];
  for (const { contribution, sent } of grants) {
    if (contribution === undefined) continue;
    const { seeks = [] } = sent;
    if (moved.size === 0 && seeks.length === 0) continue;
    const found = new Map(moved);
    for (const reference of seeks) {
      const target = sought(spine, grants, sent, reference);
      if (target !== undefined) found.set(reference, target);
      else refused.push({ entry: sent.entry, issue: unmatchedAt(sent.path) });
    }
    rewriteReferences(contribution.set, (reference) => found.get(reference));
    if (moved.size > 0) rewriteLinks(contribution.set, (link) => moved.get(link));
  }
  return refused;
}

/** The one resource that a reference by search means: one of the message's own, or of the spine. */
function sought(
  spine: Spine,
  grants: readonly Grant[],
  sent: Grant['sent'],
  reference: string,
): string | undefined {
  const condition = conditionOf(reference) as Condition;
  const type = reference.slice(0, reference.indexOf('?'));
  const ids = new Set(search(spine, sent, type, condition).map(({ id }) => id));
  for (const grant of grants) {
    if (grant.type !== type || grant.contribution === undefined) continue;
    if (isMeant(grant, grant.contribution, condition, sent.source)) ids.add(grant.target);
    else if (grant.contribution.whole) ids.delete(grant.target);
  }
  const [only] = ids;
  return ids.size === 1 ? `${type}/${only}` : undefined;
}

const isMeant = (
  { id }: Grant,
  { set, deleted }: Contribution,
  condition: Condition,
  source: string,
): boolean =>
  deleted === undefined &&
  (condition.id === undefined || condition.id === id) &&
  carries(set, condition, source);

const unmatchedAt = (path: string) => ({
  severity: 'error' as const,
  code: 'fhir-reference-unmatched',
  diagnostics: 'a reference by search finds no resource, or several',
  path,
});
