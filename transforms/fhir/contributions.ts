import type { Issue } from '../../engine/index.ts';
import { identifiersOf, readCondition } from './condition.ts';
import type { Contribution } from './contribution.ts';
import type { Entry, Payload } from './entries.ts';
import { type Rewrite, readReference, rewriteLinks, rewriteReferences } from './references.ts';
import { resourceId } from './resource-id.ts';
import type { Sent } from './sent.ts';

type Identified = {
  readonly entry: Entry;
  readonly type: string;
  /** As the sender addresses it. */
  readonly sentId: string;
  readonly id: string;
};

/**
 * What the entries of a payload say, each of one resource, with their references to one another and
 * to the source rewritten. `unresolved`: references that name nothing, which hold a transaction.
 */
export function contributionsOf(
  source: string,
  sha256: string,
  { entries, isTransaction }: Pick<Payload, 'entries' | 'isTransaction'>,
): { readonly contributions: readonly Contribution[]; readonly unresolved: readonly Issue[] } {
  const unresolved: Issue[] = [];
  const identified = entries.map((entry) => identify(source, sha256, entry));
  const local = localRewrite(source, identified);
  const contributions = identified.map((one) => {
    const { resourceType: type, id: _id, meta, ...set } = one.entry.resource;
    const seeks = new Set<string>();
    const rewrite: Rewrite = (reference) => {
      const found = local(reference);
      if (found !== undefined || !isTransaction) return found;
      // What a Patient names by search is a matter of who is whom, and not of what is stored.
      if (type !== 'Patient' && isSearch(reference)) seeks.add(reference);
      else if (reference.startsWith('urn:uuid:')) unresolved.push(danglingIn(one.entry));
      return undefined;
    };
    rewriteReferences(set, rewrite);
    if (isTransaction)
      rewriteLinks(set, (link) => (link.startsWith('urn:') ? local(link) : undefined));
    for (const reference of seeks)
      if (conditionOf(reference) === undefined) unresolved.push(undecidableIn(one.entry));
    const kept = metaOf(meta);
    const said = kept === undefined ? set : { meta: kept, ...set };
    return contribution(source, one, said, [...seeks]);
  });
  return { contributions, unresolved };
}

function contribution(
  source: string,
  { entry, type, id, sentId }: Identified,
  set: Contribution['set'],
  seeks: readonly string[],
): Contribution {
  const { request, patch, index, path, resource } = entry;
  const { search, match, absent } = request ?? {};
  const sent: Sent = {
    source,
    id: sentId,
    entry: index,
    path,
    verb: request?.verb ?? 'POST',
    ...(typeof resource.id === 'string' ? { isNamed: true } : {}),
    ...(search === undefined ? {} : { search }),
    ...(match === undefined ? {} : { match }),
    ...(absent === undefined ? {} : { absent }),
    ...(patch === undefined ? {} : { patch }),
    ...(seeks.length === 0 ? {} : { seeks }),
  };
  if (patch !== undefined) return { type, id, set: {}, remove: [], sent };
  const whole = { type, id, set, remove: [], whole: true as const, sent };
  return request?.verb === 'DELETE' ? { ...whole, deleted: true } : whole;
}

function identify(source: string, sha256: string, entry: Entry): Identified {
  const { resourceType: type } = entry.resource;
  const sentId = sentIdOf(source, type, entry, `${sha256}:${entry.index}`);
  return { entry, type, sentId, id: resourceId(source, type, sentId) };
}

/**
 * What the source knows the resource by: its id, else one that is made of its first identifier, of
 * the Bundle's name for it, or of the payload itself; so that the same payload sent again gives the
 * same resources. A made id is as good as one of the source's own: it can be addressed by it.
 */
function sentIdOf(source: string, type: string, entry: Entry, fallback: string): string {
  const { resource, fullUrl, request } = entry;
  if (request?.id !== undefined) return request.id;
  if (typeof resource.id === 'string') return resource.id;
  const named = readReference(fullUrl);
  if (named?.type === type) return named.id;
  const [first] = identifiersOf(resource.identifier).filter((token) => !token.startsWith('|'));
  return resourceId(source, type, first ?? (fullUrl === '' ? fallback : fullUrl));
}

/** References inside a source: to entries of the same payload, and to what the source has sent. */
function localRewrite(source: string, identified: readonly Identified[]): Rewrite {
  const byUrl = new Map(
    identified.map(({ entry, type, id }) => [entry.fullUrl, `${type}/${id}`] as const),
  );
  byUrl.delete('');
  const bases = new Set(['', ...[...byUrl.keys()].map((url) => readReference(url)?.base ?? '')]);
  return (reference) => {
    const local = byUrl.get(reference);
    if (local !== undefined) return local;
    const found = readReference(reference);
    // A reference to another server is that server's; one without a base is to the source itself.
    if (found === undefined || !bases.has(found.base)) return undefined;
    return `${found.type}/${resourceId(source, found.type, found.id)}`;
  };
}

const isSearch = (reference: string): boolean => /^[A-Z][A-Za-z]+\?/.test(reference);

/** The condition of a reference by search, `Type?search`. */
export const conditionOf = (reference: string) =>
  readCondition(
    reference.slice(0, reference.indexOf('?')),
    reference.slice(reference.indexOf('?')),
  );

const danglingIn = ({ path }: Entry): Issue => ({
  severity: 'error',
  code: 'fhir-reference-unresolved',
  diagnostics: 'a reference names an entry (urn:uuid) that is not in the payload',
  path,
});

const undecidableIn = ({ path }: Entry): Issue => ({
  severity: 'error',
  code: 'fhir-condition-unsupported',
  diagnostics:
    'a reference by search is decided by identifiers (system|value) or `_id`, and nothing else',
  path,
});

/**
 * Versions and times of the source's own store are not ours; what says what the resource is, is.
 */
function metaOf(meta: unknown): Record<string, unknown> | undefined {
  const { profile, security, tag } = (meta ?? {}) as Record<string, unknown>;
  const kept = Object.entries({ profile, security, tag }).filter(
    ([, value]) => value !== undefined,
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
