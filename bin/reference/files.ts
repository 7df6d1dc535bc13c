import { z } from 'zod';
import { channelSchema, networkJsonSchema } from '../../engine/index.ts';
import { policySchema, shadowSchema, signersSchema } from '../../transforms/identity/index.ts';
import { authoritiesSchema, mappingSchema } from '../../transforms/mapping/index.ts';
import { extensionsSchema } from '../../transforms/validation/index.ts';
import { head } from './page.ts';
import { schemaTable } from './schema-table.ts';

/** The files of a configuration folder. */
export function filesPage(): string {
  return `${[
    head(
      'Configuration files',
      [
        'A configuration is a folder: `plexus.yaml`, `channels/NAME.yaml`, `mappings/NAME.yaml`,',
        '`terminology/maps/FACILITY/NAME@VERSION.csv`, `extensions/*.yaml`,',
        '`identity/policy.yaml` and `identity/signers.yaml`. `./plexus lint` checks it, and',
        '`./plexus schema` gives editors its JSON Schema.',
      ].join('\n'),
    ),
    '## plexus.yaml',
    schemaTable(networkJsonSchema()),
    '## channels/NAME.yaml',
    'Sources, stages and routes are a name, or a map of one key whose value configures the\n' +
      'component: see [components](components.md).',
    schemaTable(z.toJSONSchema(channelSchema, { io: 'input', unrepresentable: 'any' })),
    '## mappings/NAME.yaml',
    'How the messages of one sender become FHIR: what is different from the mapping `base`. See\n' +
      '[a facility with habits of its own](../tutorial/first-facility.md). The rules and tables\n' +
      'of base, which are changed by their `id`, stand in `transforms/mapping/base/`. What may\n' +
      'stand behind `when`, `table` and `as`: [the words of a mapping](mapping-language.md).',
    schemaTable(z.toJSONSchema(mappingSchema, { io: 'input', unrepresentable: 'any' })),
    '## authorities.yaml',
    'Who gives numbers in the network. All names of one authority are one identifier system,\n' +
      'for every mapping and for the identity policy. The file may be absent.',
    schemaTable(z.toJSONSchema(authoritiesSchema, { io: 'input', unrepresentable: 'any' })),
    '## extensions/*.yaml',
    'The extensions that resources of the network may carry. Those that the base mappings emit\n' +
      'are registered with Plexus; a mapping that emits another one is refused by `lint`, and a\n' +
      'message that brings one is held where the channel validates.',
    schemaTable(z.toJSONSchema(extensionsSchema, { io: 'input', unrepresentable: 'any' })),
    '## identity/policy.yaml',
    'What governs the linking of patients. Without this file the built-in policy does. Two\n' +
      'persons sign it: see [change the identity policy](../how-to/change-the-identity-policy.md).',
    schemaTable(z.toJSONSchema(policySchema, { io: 'input', unrepresentable: 'any' })),
    '## identity/signers.yaml',
    schemaTable(z.toJSONSchema(signersSchema, { io: 'input', unrepresentable: 'any' })),
    '## identity/shadow.yaml',
    'A candidate policy that is asked beside the one that governs, and never obeyed.',
    schemaTable(z.toJSONSchema(shadowSchema, { io: 'input', unrepresentable: 'any' })),
  ].join('\n\n')}\n`;
}
