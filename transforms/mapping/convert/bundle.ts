import type { Contribution } from '../../fhir/index.ts';

/** Where relative references of a bundle are resolved; `.invalid` is nobody`s host (RFC 2606). */
const base = 'https://plexus.invalid/fhir/';
const slash = '/';

/** A resource from one contribution alone, as it would be if nothing were known of it before. */
export function resourceOf(contribution: Contribution): fhir4.FhirResource {
  const { type, id, initial, set } = contribution;
  return Object.assign({ resourceType: type, id }, initial, set) as unknown as fhir4.FhirResource;
}

/** What a message made as a transaction Bundle of PUT entries. */
export function bundleOf(contributions: readonly Contribution[]): fhir4.Bundle {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: contributions.map((contribution) => {
      const { type, id } = contribution;
      const url = type + slash + id;
      return {
        fullUrl: base + url,
        resource: resourceOf(contribution),
        request: { method: 'PUT', url },
      };
    }),
  };
}
