/** Where a request may go, below the base `/fhir`. */
export type Place = 'system' | 'type' | 'instance';

/** What the listener takes in; the routes and the CapabilityStatement are made of this one list. */
export type Interaction = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly at: Place;
  /** https://hl7.org/fhir/R4/valueset-type-restful-interaction.html, system or type level. */
  readonly codes: readonly string[];
  /** What a resource of the statement says beside the code. */
  readonly conditional?: Readonly<Record<string, unknown>>;
  /** Of a type, and not of a resource: only with a search. */
  readonly bySearch?: true;
};

export const interactions: readonly Interaction[] = [
  { method: 'POST', at: 'system', codes: ['transaction', 'batch'] },
  { method: 'POST', at: 'type', codes: ['create'], conditional: { conditionalCreate: true } },
  { method: 'PUT', at: 'instance', codes: ['update'] },
  {
    method: 'PUT',
    at: 'type',
    codes: [],
    conditional: { conditionalUpdate: true },
    bySearch: true,
  },
  { method: 'PATCH', at: 'instance', codes: ['patch'] },
  { method: 'PATCH', at: 'type', codes: [], bySearch: true },
  { method: 'DELETE', at: 'instance', codes: ['delete'] },
  {
    method: 'DELETE',
    at: 'type',
    codes: [],
    conditional: { conditionalDelete: 'single' },
    bySearch: true,
  },
];

/** The methods that a place takes, for `Allow`. */
export const allowedAt = (place: Place): string =>
  [...new Set(interactions.filter((one) => one.at === place))]
    .map(({ method }) => method)
    .join(', ');
