import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { consoleToken, dataKey, exitCodes, PlexusError, reasonOf } from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';

export const keys = defineCommand({
  name: 'keys',
  summary: 'Says where the data key and the console token are; `keys token` prints the token.',
  usage: '[token | client FILE]',
  details: `Makes both when they are not there yet, as the first start does. The key itself is never
printed; its fingerprint (SHA-256, 16 digits) tells two keys apart. \`keys client FILE\` makes the
private key with which a source signs in to an EMR (a JWK, ES384), and prints the public key set
(JWKS) that the EMR is to be given.`,
  options: {},
  async run({ args, json, dataDir, env, out }) {
    const token = consoleToken(dataDir, env);
    if (args[0] === 'token') {
      out.line(token.value);
      return exitCodes.ok;
    }
    if (args[0] === 'client' && args.length === 2) {
      out.line(JSON.stringify(await makeClientKey(args[1] as string), null, 2));
      return exitCodes.ok;
    }
    if (args.length > 0)
      throw new UsageError(
        `unknown words \`${args.join(' ')}\`; \`keys token\` or \`keys client FILE\``,
      );
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

/** Writes the private key, for its owner alone and over nothing; gives the public key set. */
async function makeClientKey(file: string): Promise<object> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const named = { kid: randomUUID(), alg: 'ES384', use: 'sig' };
  const text = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...named });
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const message = `cannot write ${file}: ${reasonOf(cause)}`;
    throw new PlexusError('key-unwritable', message, { exit: exitCodes.io, cause });
  }
  return { keys: [{ ...publicKey.export({ format: 'jwk' }), ...named }] };
}
