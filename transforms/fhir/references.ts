/** Gives the new text of a reference, or undefined to leave it as it is. */
export type Rewrite = (reference: string) => string | undefined;

/**
 * Rewrites every `Reference.reference` inside, in place. In FHIR no other element of that name is a
 * string, so no schema is needed. The value must not be deeper than `limits.jsonDepthMax`.
 */
export function rewriteReferences(value: unknown, rewrite: Rewrite): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) {
    const inner = holder[name];
    if (name === 'reference' && typeof inner === 'string') holder[name] = rewrite(inner) ?? inner;
    else rewriteReferences(inner, rewrite);
  }
}

/** Elements of type uri, url, oid and uuid that may lead to a resource. */
const links = new Set([
  'uri',
  'url',
  'instantiatesUri',
  'valueUri',
  'valueUrl',
  'valueOid',
  'valueUuid',
]);
const linkInNarrative = /(\s(?:href|src)\s*=\s*)(["'])([^"'<]{1,2048})\2/g;

/**
 * Rewrites the other links of a transaction to its own entries, in place: of elements that hold a
 * URI, and of `<a href>` and `<img src>` in narratives
 * (https://hl7.org/fhir/R4/http.html#transaction). Canonicals and texts are left as they are.
 */
export function rewriteLinks(value: unknown, rewrite: Rewrite): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) {
    const inner = holder[name];
    if (typeof inner !== 'string') rewriteLinks(inner, rewrite);
    else if (links.has(name)) holder[name] = rewrite(inner) ?? inner;
    else if (name === 'div')
      holder[name] = inner.replace(linkInNarrative, (all, before, quote, link) => {
        const found = rewrite(link);
        return found === undefined ? all : `${before}${quote}${found}${quote}`;
      });
  }
}

/** Longer than any URL that a server takes. */
const referenceCharactersMax = 2_048;

/** `Type/id`, with or without the base of a server and a version. */
const restful =
  /^(?:(https?:\/\/.+)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;

export type RestfulReference = {
  readonly base: string;
  readonly type: string;
  readonly id: string;
};

/**
 * Reads a RESTful reference; `base` is '' for a relative one. Undefined for `#x`, `urn:` and
 * queries.
 */
export function readReference(reference: string): RestfulReference | undefined {
  const found = reference.length > referenceCharactersMax ? null : restful.exec(reference);
  return found === null ? undefined : { base: found[1] ?? '', type: found[2]!, id: found[3]! };
}
