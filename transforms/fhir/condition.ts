/**
 * What finds the one resource that a conditional request means: one or more of its identifiers as
 * `system|value` (`|value` in no system), or its id.
 */
export type Condition = {
  readonly identifiers: readonly string[];
  readonly id?: string;
};

/** More than a sender needs to say which resource it means. */
const termsMax = 10;
const charactersMax = 2_048;

/**
 * Reads the search of a conditional request (https://hl7.org/fhir/R4/http.html#cond-update).
 * Undefined for what cannot be decided here: other parameters, modifiers, prefixes, alternatives.
 */
export function readCondition(search: string): Condition | undefined {
  if (search.length > charactersMax) return undefined;
  const terms = [...new URLSearchParams(search.replace(/^\?/, ''))];
  if (terms.length === 0 || terms.length > termsMax) return undefined;
  const identifiers: string[] = [];
  let id: string | undefined;
  for (const [name, value] of terms) {
    if (value === '' || value.includes(',')) return undefined;
    if (name === 'identifier' && /\|./.test(value)) identifiers.push(value);
    else if (name === '_id' && id === undefined) id = value;
    else return undefined;
  }
  return id === undefined ? { identifiers } : { identifiers, id };
}

/** Does the resource carry all the identifiers of the condition? */
export function carries(resource: { readonly identifier?: unknown }, wanted: Condition): boolean {
  const tokens = identifiersOf(resource.identifier);
  return wanted.identifiers.every((one) => tokens.includes(one));
}

/** Each identifier as `system|value`, of a list or of the one that some types have. */
export function identifiersOf(identifier: unknown): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(identifier) ? identifier : [identifier];
  return listed.flatMap((one) => {
    const { system, value } = (one ?? {}) as { system?: unknown; value?: unknown };
    if (typeof value !== 'string' || value === '') return [];
    return [`${typeof system === 'string' ? system : ''}|${value}`];
  });
}
