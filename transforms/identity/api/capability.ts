/** https://hl7.org/fhir/R4/capabilitystatement.html of the identity service. */
const operation = (name: string, definition: string) => ({ name, definition });
const own = 'urn:plexus:operation';

export const capabilityStatement = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: '2026-11-22',
  kind: 'instance',
  implementation: { description: 'The identity service of a Plexus network' },
  fhirVersion: '4.0.1',
  format: ['json'],
  instantiates: [
    'https://profiles.ihe.net/ITI/PDQm/CapabilityStatement/IHE.PDQm.PatientDemographicsSupplier',
    'https://profiles.ihe.net/ITI/PIXm/CapabilityStatement/IHE.PIXm.Manager',
  ],
  rest: [
    {
      mode: 'server',
      resource: [
        {
          type: 'Patient',
          documentation:
            'A search gives persons: golden records with the numbers of all facilities; ' +
            '`link` names the Patients of the sources.',
          interaction: ['read', 'search-type'].map((code) => ({ code })),
          searchParam: [
            ...['_id', 'active', 'identifier', 'telecom', 'gender'].map((name) => ({
              name,
              type: 'token',
            })),
            ...['family', 'given', 'name', 'address', 'mothersMaidenName'].map((name) => ({
              name,
              type: 'string',
            })),
            ...['city', 'state', 'postalcode', 'country'].map((part) => ({
              name: `address-${part}`,
              type: 'string',
            })),
            { name: 'birthdate', type: 'date' },
          ],
          operation: [
            operation('match', 'https://profiles.ihe.net/ITI/PDQm/OperationDefinition/PDQmMatch'),
            operation(
              'ihe-pix',
              'https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix',
            ),
            operation('merge', 'http://hl7.org/fhir/OperationDefinition/Patient-merge'),
            operation('explain', `${own}:explain`),
          ],
        },
        {
          type: 'Person',
          interaction: [{ code: 'read' }],
          operation: [
            operation('unmerge', `${own}:unmerge`),
            operation('identity-history', `${own}:identity-history`),
          ],
        },
        {
          type: 'Linkage',
          interaction: ['read', 'search-type'].map((code) => ({ code })),
          searchParam: [
            { name: 'item', type: 'reference' },
            { name: 'source', type: 'reference' },
          ],
        },
      ],
    },
  ],
};
