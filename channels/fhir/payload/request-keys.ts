type Json = Readonly<Record<string, unknown>>;

/**
 * Whose order must hold because of what is asked for: the resource that is patched or deleted, and
 * the identifiers of a condition, so that two who create one thing on condition are decided one
 * after the other. Of an entry, or of all entries of a Bundle. The address of a PUT is none: it
 * has its patient's order, and a second key would make each a barrier; what is stored follows the
 * order of the messages in any case.
 */
export function requestKeys(value: Json): string[] {
  if (value.resourceType === 'Bundle') {
    const entries: readonly unknown[] = Array.isArray(value.entry) ? value.entry : [];
    return entries.flatMap((entry) => (isObject(entry) ? requestKeys(entry) : []));
  }
  if (!isObject(value.request)) return [];
  const { method, url, ifNoneExist } = value.request;
  if (typeof url !== 'string') return [];
  const query = url.indexOf('?');
  const search = typeof ifNoneExist === 'string' ? ifNoneExist : query < 0 ? '' : url.slice(query);
  const address = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(url)?.[1];
  const isOwn = address !== undefined && (method === 'PATCH' || method === 'DELETE');
  const own = isOwn ? [address] : [];
  return [...own, ...conditionKeys(search)];
}

/** The identifiers of a search, as `system|value`. */
export function conditionKeys(search: string): string[] {
  return new URLSearchParams(search.replace(/^\?/, '')).getAll('identifier');
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
