import { type Interaction, interactions } from './interactions.ts';

export type Capabilities = {
  readonly channel: string;
  /** When the listener was opened, microseconds since the epoch. */
  readonly openedUs: number;
  /** Resource types that are taken; undefined: all of R4, which is then said in words. */
  readonly types: ReadonlySet<string> | undefined;
  readonly formats: readonly string[];
  readonly operations: readonly { readonly name: string; readonly definition: string }[];
};

/**
 * https://hl7.org/fhir/R4/capabilitystatement.html of a listener that takes in and gives nothing,
 * made of what its routes are made of.
 */
export function capabilityStatement(capabilities: Capabilities): object {
  const { channel, openedUs, types, formats, operations } = capabilities;
  const at = (place: Interaction['at']) => interactions.filter((one) => one.at === place);
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: new Date(openedUs / 1000).toISOString(),
    kind: 'instance',
    implementation: { description: `The channel ${channel} of Plexus` },
    fhirVersion: '4.0.1',
    format: formats,
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Each payload is stored durably before it is answered. Nothing can be read here. ' +
          (types === undefined ? 'All resource types of R4 are taken. ' : '') +
          'Conditions are decided by `identifier` (system|value) or `_id`, with the common ' +
          'parameters of the type beside.',
        ...(types === undefined ? {} : { resource: [...types].sort().map(resourceOf) }),
        interaction: at('system').flatMap(({ codes }) => codes.map((code) => ({ code }))),
        ...(operations.length === 0 ? {} : { operation: operations }),
      },
    ],
  };
}

function resourceOf(type: string): object {
  const own = interactions.filter((one) => one.at !== 'system');
  return {
    type,
    interaction: own.flatMap(({ codes }) => codes.map((code) => ({ code }))),
    versioning: 'versioned-update',
    updateCreate: true,
    ...Object.assign({}, ...own.map(({ conditional = {} }) => conditional)),
    searchParam: [
      { name: 'identifier', type: 'token' },
      { name: '_id', type: 'token' },
    ],
  };
}
