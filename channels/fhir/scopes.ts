import { type Asked, type Denied, type Principal, permits } from '../../engine/http/index.ts';

/** An interaction that a request wants: a letter of `cruds` on a type, as `Patient.c`. */
type Need = { readonly type: string; readonly letter: string };

const letterOf: Readonly<Record<string, string>> = {
  POST: 'c',
  PUT: 'u',
  PATCH: 'u',
  DELETE: 'd',
};

/**
 * What a request needs by its method and address, before its body is read. Empty where the address
 * does not tell: the body of a Bundle does, and what is asked of a status or of `$validate` says
 * nothing of anybody's data but the asker's.
 */
function needOfRequest({ method, path }: Asked): Need | undefined {
  const [first = '', second] = path.split('/').slice(2);
  if (first === '' || first === 'metadata' || first === '_status') return undefined;
  if (first.startsWith('$')) return first === '$validate' ? undefined : { type: '*', letter: 'c' };
  if (second === '$validate') return undefined;
  const isSearch = second === undefined || second === '_search';
  if (method === 'GET' || method === 'HEAD') return { type: first, letter: isSearch ? 's' : 'r' };
  if (second === '_search') return { type: first, letter: 's' };
  return { type: first, letter: letterOf[method] ?? 'c' };
}

/** Refuses what the scopes of the sender do not allow, on the request line alone. */
export function authorizeRequest(principal: Principal, asked: Asked): Denied | undefined {
  const need = needOfRequest(asked);
  return need && !allows(principal, need) ? scopeMissing(principal) : undefined;
}

/**
 * Refuses a Bundle, an entry of one or a resource of which the scopes do not allow all: by its
 * request where it has one, else as something new. What no scope limits is looked at no further.
 */
export function authorizePayload(
  principal: Principal | undefined,
  payload: Readonly<Record<string, unknown>>,
): Denied | undefined {
  if (principal?.scopes === undefined) return undefined;
  const { scopes } = principal;
  if ([...'cruds'].every((letter) => permits(scopes, '*', letter))) return undefined;
  const needs = needsOf(payload);
  return needs.every((need) => allows(principal, need)) ? undefined : scopeMissing(principal);
}

function needsOf(payload: Readonly<Record<string, unknown>>): Need[] {
  const { resourceType, entry: listed } = payload;
  const isOne = resourceType === undefined;
  const bundled = Array.isArray(listed) ? (listed as unknown[]) : [];
  const entries = isOne ? [payload] : resourceType === 'Bundle' ? bundled : [{ resource: payload }];
  return (entries as EntryLike[]).map((entry) => {
    const method = entry?.request?.method;
    const type = String(entry?.resource?.resourceType);
    if (typeof method !== 'string') return { type, letter: 'c' };
    const path = `/fhir/${String(entry?.request?.url ?? '').replace(/\?.*$/s, '')}`;
    return needOfRequest({ method, path }) ?? { type: '*', letter: 'c' };
  });
}

type EntryLike = {
  readonly request?: { readonly method?: unknown; readonly url?: unknown };
  readonly resource?: { readonly resourceType?: unknown };
} | null;

const allows = ({ scopes }: Principal, { type, letter }: Need): boolean =>
  scopes === undefined || permits(scopes, type, letter);

const scopeMissing = ({ id }: Principal): Denied => ({
  denied: 'forbidden',
  reason: 'scope-missing',
  client: id.slice(id.indexOf('#') + 1),
});
