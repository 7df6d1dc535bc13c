import { createHash } from 'node:crypto';
import { consoleToken, dataKey, exitCodes } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';

export const keys = defineCommand({
  name: 'keys',
  summary: 'Says where the data key and the console token are; `keys token` prints the token.',
  usage: '[token]',
  details: `Makes both when they are not there yet, as the first start does. The key itself is never
printed; its fingerprint (SHA-256, 16 digits) tells two keys apart.`,
  options: {},
  async run({ args, json, dataDir, env, out }) {
    const token = consoleToken(dataDir, env);
    if (args[0] === 'token') {
      out.line(token.value);
      return exitCodes.ok;
    }
    if (args.length > 0)
      throw new UsageError(`unknown word \`${args[0]}\`; did you mean \`token\`?`);
    const key = dataKey(dataDir, env);
    const fingerprint = createHash('sha256').update(key.value).digest('hex').slice(0, 16);
    const rows = [
      { secret: 'data key', from: key.file ?? 'env:PLEXUS_KEY', fingerprint },
      { secret: 'console token', from: token.file ?? 'env:PLEXUS_TOKEN', fingerprint: '' },
    ];
    for (const row of rows) {
      if (json) out.json(row);
      else out.line(`${row.secret}: ${row.from} ${row.fingerprint}`.trimEnd());
    }
    return exitCodes.ok;
  },
});
