import type { Granted, Work } from '../../../engine/index.ts';
import {
  type Contribution,
  type Conversion,
  identifiersOf,
} from '../../../transforms/fhir/index.ts';
import { type Answer, readAnswer, writeAnswer } from '../rows/index.ts';
import { load, type Spine } from '../spine.ts';
import { saidBefore } from '../writing/index.ts';
import { type Grant, grant, isGrant, repeated } from './grant.ts';
import { resolveReferences } from './reference-search.ts';

export type Decision =
  /** None of the requests is granted. */
  | { readonly refused: Answer['refused'] }
  | {
      readonly work: Work<Conversion>;
      /** MUST be called once the work is written. */
      answer(): void;
    };

/**
 * Decides what a FHIR sender asked for against what the spine holds in this transaction: does it
 * exist, is it that version, which one is meant. Decided once for each message: a later generation
 * is written to what the first was written to, and a refused one stays refused.
 */
export function decideRequests(spine: Spine, work: Work<Conversion>): Decision {
  const { contributions } = work.body;
  if (!contributions.some(({ sent }) => sent !== undefined)) return { work, answer: nothing };
  const row = spine.writing.answered.get(work.id);
  if (row !== undefined) return decidedBefore(spine, work, readAnswer(row.answer));
  const { grants, refused } = grantAll(spine, work.body);
  if (refused.length === 0) refused.push(...resolveReferences(spine, grants));
  if (refused.length > 0) {
    spine.writing.addAnswer.run(work.id, writeAnswer({ granted: [], refused }));
    return { refused };
  }
  return { work: withGrants(work, grants), answer: () => answer(spine, work.id, grants) };
}

const nothing = (): void => {};

function withGrants(work: Work<Conversion>, grants: readonly Grant[]): Work<Conversion> {
  const written = grants.flatMap(({ contribution }) => contribution ?? []);
  return { ...work, body: { ...work.body, contributions: written } };
}

function grantAll(
  spine: Spine,
  { contributions, isTransaction }: Conversion,
): { readonly grants: Grant[]; readonly refused: Answer['refused'][number][] } {
  const grants: Grant[] = [];
  const refused: Answer['refused'][number][] = [];
  const byTarget = new Map<string, Grant>();
  for (const contribution of contributions) {
    const { sent } = contribution;
    // All contributions of a message are of the stage that reads FHIR, or none is.
    if (sent === undefined) throw new Error('a contribution without a request among requests');
    const decided = grant(spine, contribution, sent, byTarget);
    if (!isGrant(decided)) {
      refused.push({ entry: sent.entry, issue: { ...decided, path: sent.path } });
      continue;
    }
    grants.push(decided);
    const name = `${decided.type}/${decided.target}`;
    const other = byTarget.get(name);
    if (other !== undefined && isTransaction && !mayMeet(other, decided)) {
      const diagnostics = 'two entries of the transaction are about the same resource';
      const issue = { severity: 'error', code: 'fhir-entry-duplicate', diagnostics } as const;
      refused.push({ entry: sent.entry, issue: { ...issue, path: sent.path } });
    }
    byTarget.set(name, decided);
  }
  return { grants, refused };
}

/**
 * Of two that only bring the resource, without an address of their own, the later counts; two that
 * found it leave it as it is. One that writes to what the other found as it was is neither.
 */
const mayMeet = (one: Grant, other: Grant): boolean =>
  one.sent.verb === 'POST' &&
  other.sent.verb === 'POST' &&
  (one.contribution === undefined) === (other.contribution === undefined);

function decidedBefore(spine: Spine, work: Work<Conversion>, known: Answer): Decision {
  if (known.refused.length > 0) return { refused: known.refused };
  const generations = spine.writing.generations.all(work.id).map(({ generation }) => generation);
  const before = saidBefore(spine, work.id, generations);
  const byEntry = new Map(known.granted.map((granted) => [granted.entry, granted]));
  const grants = work.body.contributions.flatMap((contribution): Grant[] => {
    const granted = contribution.sent && byEntry.get(contribution.sent.entry);
    if (contribution.sent === undefined || granted === undefined) return [];
    return [repeated(spine, contribution, contribution.sent, granted, before)];
  });
  resolveReferences(spine, grants);
  return { work: withGrants(work, grants), answer: nothing };
}

/** Keeps what the sender is told, and by what the resources will be found. */
function answer(spine: Spine, message: number, grants: readonly Grant[]): void {
  const granted = grants.map((one) => {
    if (one.contribution !== undefined && !one.contribution.deleted) remember(spine, one);
    const { type, target, id, sent } = one;
    const state = load(spine, type, target);
    const { version = 0, changedMs = 0 } = state ?? {};
    return { entry: sent.entry, did: didOf(one, version), type, id, version, changedMs, target };
  });
  spine.writing.addAnswer.run(message, writeAnswer({ granted, refused: [] }));
}

function didOf({ contribution, before }: Grant, version: number): Granted['did'] {
  if (contribution === undefined) return 'found';
  if (contribution.deleted) return before?.isThere ? 'deleted' : 'absent';
  if (!before?.isThere) return 'created';
  return version === before.version ? 'unchanged' : 'updated';
}

function remember(spine: Spine, { type, target, id, contribution, sent }: Grant): void {
  const { writing, words } = spine;
  const { no } = load(spine, type, target)!;
  writing.addSent.run(no, id);
  const { identifier } = (contribution as Contribution).set;
  if (identifier === undefined) return;
  const [source, typeNo] = [words.no(sent.source), words.no(type)];
  for (const token of identifiersOf(identifier)) writing.addToken.run(source, typeNo, token, no);
}
