// The engine as `./plexus run` wires it, but with a journal that does not fsync its commits: what
// the durability test must see fail. Takes the arguments of `run --ports any --json`.
import { parseArgs } from 'node:util';
import { registry } from '../../bin/registry.ts';
import { serve } from '../../bin/serve.ts';
import { requireNetwork } from '../../engine/index.ts';

const { values } = parseArgs({
  options: {
    ports: { type: 'string' },
    json: { type: 'boolean' },
    config: { type: 'string', default: 'config' },
    data: { type: 'string', default: 'data' },
  },
});
const { engine } = await serve({
  network: requireNetwork(values.config, registry),
  dataDir: values.data,
  env: process.env,
  anyPort: true,
  synchronous: 'NORMAL',
});
for (const listening of engine.operations.listening()) console.log(JSON.stringify({ listening }));
console.log(JSON.stringify({ ready: true }));
