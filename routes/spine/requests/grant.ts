import type { Granted, Issue } from '../../../engine/index.ts';
import { type Contribution, parseFaithfully, type Sent } from '../../../transforms/fhir/index.ts';
import { joinElements, type Placed } from '../fold/index.ts';
import type { State } from '../resource-cache.ts';
import { load, type Spine } from '../spine.ts';
import { patchedBy, refusal } from './patching.ts';
import { search } from './search.ts';

/** A request that was granted: what is written for it, and what its sender is told. */
export type Grant = {
  readonly sent: Sent;
  readonly type: string;
  /** The resource that was meant, as the spine knows it; the contribution is for it. */
  readonly target: string;
  /** The same as its sender knows it. */
  readonly id: string;
  /** What the references in the message say that mean it. */
  readonly provisional: string;
  /** Undefined where nothing is written: what was to be created was there. */
  readonly contribution: Contribution | undefined;
  /** The resource as it was, if it was. */
  readonly before: { readonly version: number; readonly isThere: boolean } | undefined;
};

export const isGrant = (decided: Grant | Issue): decided is Grant => 'target' in decided;

/** Grants a request or says why not. `granted`: what the same message was granted so far. */
export function grant(
  spine: Spine,
  contribution: Contribution,
  sent: Sent,
  granted: ReadonlyMap<string, Grant>,
): Grant | Issue {
  const { type } = contribution;
  const found = sent.search === undefined ? undefined : search(spine, sent, type, sent.search);
  if (found !== undefined && found.length > 1)
    return refusal('fhir-several-match', 'the condition of the request finds several resources');
  const match = found?.find(({ id }) => !granted.get(`${type}/${id}`)?.contribution?.deleted);
  const target = match?.id ?? contribution.id;
  const state = match ?? load(spine, type, target);
  const before = state && { version: state.version, isThere: state.text !== '' };
  const id = match === undefined ? sent.id : idOf(spine, match);
  const one = { sent, type, target, id, provisional: contribution.id, before };
  if (sent.verb === 'POST')
    return { ...one, contribution: match === undefined ? contribution : undefined };
  const refused = refusedBy(sent, match, before);
  if (refused !== undefined) return refused;
  if (sent.search !== undefined && match !== undefined && isSentAs(contribution, sent, match))
    return refusal('fhir-id-mismatch', 'the resource has another id than the one that is meant');
  if (sent.patch === undefined) return { ...one, contribution: { ...contribution, id: target } };
  const changed = patchedBy(sent.patch, state!, contribution);
  return 'code' in changed ? changed : { ...one, contribution: changed };
}

/** Was the whole resource sent under an id that is not that of the match? */
const isSentAs = ({ id }: Contribution, sent: Sent, match: State): boolean =>
  sent.verb === 'PUT' && sent.isNamed === true && id !== match.id;

function refusedBy(
  { verb, search: condition, match: version, absent }: Sent,
  found: State | undefined,
  before: Grant['before'],
): Issue | undefined {
  const isThere = condition === undefined ? before?.isThere === true : found !== undefined;
  if (absent && isThere)
    return refusal('fhir-exists', 'the resource is there already (If-None-Match)');
  if (version !== undefined && !(isThere && before?.version === version))
    return refusal('fhir-version-conflict', 'the resource is not at this version (If-Match)');
  if (verb === 'PATCH' && !isThere)
    return refusal('fhir-not-found', 'there is no resource that this patch could change');
  return undefined;
}

/** A later generation of a message: what was meant once is meant again. */
export function repeated(
  spine: Spine,
  contribution: Contribution,
  sent: Sent,
  { type, id, target, did }: Granted & { readonly target: string },
  said: ReadonlyMap<number, Placed>,
): Grant {
  const one = { sent, type, target, id, provisional: contribution.id, before: undefined };
  if (did === 'found') return { ...one, contribution: undefined };
  if (sent.patch === undefined) return { ...one, contribution: { ...contribution, id: target } };
  const state = load(spine, type, target);
  const placed = state && said.get(state.no);
  const set = placed === undefined ? {} : (parseFaithfully(joinElements(placed.set)) as Json);
  return {
    ...one,
    contribution: { ...contribution, id: target, set, remove: placed?.remove ?? [] },
  };
}

type Json = Record<string, unknown>;

/** As its sender addresses it; one that came without FHIR has no other name than its own. */
const idOf = ({ writing }: Spine, { no, id }: State): string => writing.sentId.get(no)?.id ?? id;
