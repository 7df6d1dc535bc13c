/**
 * https://hl7.org/fhir/R4/capabilitystatement.html of a listener that takes in and gives nothing.
 */
export const capabilityStatement = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: '2026-01-01',
  kind: 'instance',
  implementation: { description: 'A Plexus FHIR listener' },
  fhirVersion: '4.0.1',
  format: ['json'],
  rest: [
    {
      mode: 'server',
      documentation:
        'POST of any resource type to [base]/[type] and of a Bundle to [base]; PUT of a Patient ' +
        'to [base]/Patient?identifier=system|value (IHE ITI-104). Each payload is stored durably ' +
        'before it is answered. Nothing can be read here.',
      interaction: [{ code: 'transaction' }, { code: 'batch' }],
    },
  ],
};
