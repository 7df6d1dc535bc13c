import { meets, readTerm, type Term } from './search-terms.ts';

/**
 * What finds the one resource that a conditional request means: one or more of its identifiers as
 * `system|value` (`|value` in no system), or its id; and what it must meet beside.
 */
export type Condition = {
  readonly identifiers: readonly string[];
  readonly id?: string;
  readonly terms?: readonly Term[];
};

/** More than a sender needs to say which resource it means. */
const termsMax = 10;
const charactersMax = 2_048;

/**
 * Reads the search of a conditional request (https://hl7.org/fhir/R4/http.html#cond-update).
 * Undefined for what cannot be decided here: parameters that the type does not have here,
 * modifiers, alternatives, and a search by neither identifier nor id, for which there is
 * no index.
 */
export function readCondition(type: string, search: string): Condition | undefined {
  if (search.length > charactersMax) return undefined;
  const terms = [...new URLSearchParams(search.replace(/^\?/, ''))];
  if (terms.length === 0 || terms.length > termsMax) return undefined;
  const identifiers: string[] = [];
  const others: Term[] = [];
  let id: string | undefined;
  for (const [name, value] of terms) {
    if (value === '' || value.includes(',')) return undefined;
    if (name === 'identifier' && /\|./.test(value)) identifiers.push(value);
    else if (name === '_id' && id === undefined) id = value;
    else {
      const term = readTerm(type, name, value);
      if (term === undefined) return undefined;
      others.push(term);
    }
  }
  if (id === undefined && identifiers.length === 0) return undefined;
  return {
    identifiers,
    ...(id === undefined ? {} : { id }),
    ...(others.length === 0 ? {} : { terms: others }),
  };
}

/** Does the resource of this source carry all the identifiers of the condition, and the rest? */
export function carries(
  resource: Readonly<Record<string, unknown>>,
  { identifiers, terms = [] }: Condition,
  source: string,
): boolean {
  const tokens = identifiersOf(resource.identifier);
  return (
    identifiers.every((one) => tokens.includes(one)) &&
    terms.every((term) => meets(resource, term, source))
  );
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
