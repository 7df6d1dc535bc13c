import { z } from 'zod';
import { channelJsonSchema, exitCodes, networkJsonSchema } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';

const kinds = [
  'authorities',
  'channel',
  'extensions',
  'mapping',
  'network',
  'policy',
  'signers',
  'shadow',
] as const;

export const schema = defineCommand({
  name: 'schema',
  summary: 'Prints the JSON Schema of a configuration file, for editors.',
  usage: `[${kinds.join('|')}]`,
  details: `Put it beside the configuration and name it in the first line of a file:
# yaml-language-server: $schema=../channel.schema.json`,
  options: {},
  async run({ args, json, out }) {
    const kind = args[0] ?? 'channel';
    const made = await make(kind);
    if (json) out.json(made);
    else out.line(JSON.stringify(made, null, 2));
    return exitCodes.ok;
  },
});

async function make(kind: string): Promise<object> {
  if (kind === 'network') return networkJsonSchema();
  if (kind === 'channel') {
    const { registry } = await import('../registry.ts');
    return channelJsonSchema(registry);
  }
  if (kind === 'mapping') {
    const { mappingSchema } = await import('../../transforms/mapping/index.ts');
    return z.toJSONSchema(mappingSchema, { io: 'input', unrepresentable: 'any' });
  }
  if (kind === 'extensions') {
    const { extensionsSchema } = await import('../../transforms/validation/index.ts');
    return z.toJSONSchema(extensionsSchema, { io: 'input', unrepresentable: 'any' });
  }
  if (kind === 'authorities') {
    const { authoritiesSchema } = await import('../../transforms/mapping/index.ts');
    return z.toJSONSchema(authoritiesSchema, { io: 'input', unrepresentable: 'any' });
  }
  if (kind === 'policy' || kind === 'signers' || kind === 'shadow') {
    const { policySchema, shadowSchema, signersSchema } = await import(
      '../../transforms/identity/index.ts'
    );
    const schema = { policy: policySchema, signers: signersSchema, shadow: shadowSchema }[kind];
    return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  }
  throw new UsageError(`there is a schema of ${kinds.join(', ')}; not of \`${kind}\``);
}
