import type { Json } from '../knowledge.ts';

const definition = (type: string, name: string) => ({
  name,
  definition: `http://hl7.org/fhir/OperationDefinition/${type}-${name}`,
});

const interactions = ['read', 'search-type'].map((code) => ({ code }));

const searches = [
  { name: '_id', type: 'token' },
  { name: 'url', type: 'uri' },
  { name: 'version', type: 'token' },
  { name: 'status', type: 'token' },
  { name: 'name', type: 'string' },
  { name: 'title', type: 'string' },
];

/** What terminology serves, as `CapabilityStatement.rest.resource`. */
export const terminologyResources: readonly Json[] = [
  {
    type: 'CodeSystem',
    interaction: interactions,
    searchParam: searches,
    operation: ['lookup', 'validate-code', 'subsumes'].map((one) => definition('CodeSystem', one)),
  },
  {
    type: 'ValueSet',
    interaction: interactions,
    searchParam: [...searches, { name: 'reference', type: 'uri' }],
    operation: [
      ...['expand', 'validate-code', 'batch-validate-code'].map((one) =>
        definition('ValueSet', one),
      ),
      definition('ValueSet', 'related'),
    ],
  },
  {
    type: 'ConceptMap',
    interaction: interactions,
    searchParam: [...searches, { name: 'source-system', type: 'uri' }],
    operation: ['translate', 'closure'].map((one) => definition('ConceptMap', one)),
  },
];

export type About = {
  /** Version of the program. */
  readonly version: string;
};

/** Day on which these statements were last changed. */
const released = '2026-11-23';

const feature = 'http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature';

/** Release of HL7's terminology tests that the operations are measured against. */
const testVersion = '1.9.0';

/** GET /metadata of terminology alone. */
export const capabilityStatement = ({ version }: About): Json => ({
  resourceType: 'CapabilityStatement',
  extension: [
    {
      url: feature,
      extension: [
        {
          url: 'definition',
          valueCanonical: 'http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version',
        },
        { url: 'value', valueCode: testVersion },
      ],
    },
    {
      url: feature,
      extension: [
        {
          url: 'definition',
          valueCanonical:
            'http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter',
        },
        { url: 'value', valueBoolean: true },
      ],
    },
  ],
  url: 'http://plexus.example/CapabilityStatement/terminology',
  version,
  name: 'PlexusTerminology',
  title: 'The terminology of a Plexus network',
  status: 'active',
  date: released,
  kind: 'instance',
  instantiates: ['http://hl7.org/fhir/CapabilityStatement/terminology-server'],
  software: { name: 'Plexus', version, releaseDate: released },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'json'],
  rest: [{ mode: 'server', resource: terminologyResources, operation: [versionsOperation] }],
});

export const versionsOperation = {
  name: 'versions',
  definition: 'http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions',
};

/** Parameters of an expansion that are heeded. */
const expansionParameters = [
  'activeOnly',
  'check-system-version',
  'count',
  'default-valueset-version',
  'designation',
  'displayLanguage',
  'excludeNested',
  'filter',
  'force-system-version',
  'includeDefinition',
  'includeDesignations',
  'offset',
  'property',
  'system-version',
  'tx-resource',
  'useSupplement',
];

/** GET /metadata?mode=terminology. */
export const terminologyCapabilities = (
  { version }: About,
  codeSystems: readonly Json[],
): Json => ({
  resourceType: 'TerminologyCapabilities',
  url: 'http://plexus.example/TerminologyCapabilities/terminology',
  version,
  name: 'PlexusTerminologyCapabilities',
  title: 'What the terminology of a Plexus network can do',
  status: 'active',
  date: released,
  kind: 'instance',
  software: { name: 'Plexus', version },
  ...(codeSystems.length === 0 ? {} : { codeSystem: codeSystems }),
  expansion: {
    hierarchical: true,
    paging: true,
    parameter: expansionParameters.map((name) => ({ name })),
  },
  validateCode: { translations: true },
  translation: { needsMap: false },
  closure: { translation: false },
});
