import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { baseOf, type CheckContext, type ConfigIssue } from '../../../engine/index.ts';
import { isSafeUrl } from '../auth.ts';

/** An address to which secrets and patients' data may travel. */
export const safeUrl = z
  .url({ protocol: /^https?$/ })
  .refine(isSafeUrl, 'wants https, but for this machine itself')
  .transform((url) => url.replace(/\/+$/, ''));

/** How Plexus signs in where it fetches: the two ways that EMRs have for programs. */
export const clientAuth = z
  .union([
    z.strictObject({
      client_id: z.string().min(1).describe('The name under which the EMR knows this program.'),
      key_file: z
        .string()
        .describe('Private key as a JWK with `kid` and `alg` (RS384 or ES384); a file of its own.'),
      scope: z.string().min(1).default('system/*.rs').describe('Scopes to ask for.'),
      token_url: safeUrl
        .optional()
        .describe('Token endpoint; without it the one that smart-configuration names.'),
    }),
    z.strictObject({
      token_file: z.string().describe('File that holds a bearer token and nothing else.'),
    }),
  ])
  .transform((auth) =>
    'token_file' in auth
      ? { kind: 'bearer' as const, file: auth.token_file }
      : {
          kind: 'smart' as const,
          clientId: auth.client_id,
          file: auth.key_file,
          scope: auth.scope,
          tokenUrl: auth.token_url,
        },
  );

export type ClientAuth = z.output<typeof clientAuth>;

const privateJwk = z.looseObject({
  kid: z.string().min(1),
  alg: z.enum(['RS384', 'ES384']),
  d: z.string().min(1),
});

export type PrivateJwk = z.output<typeof privateJwk>;

/** The key as the file has it; undefined when it is none that can sign. */
export function parsePrivateJwk(text: string): PrivateJwk | undefined {
  try {
    return privateJwk.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What is wrong with the file that `auth` names. */
export function checkClientAuth(auth: ClientAuth | undefined, context: CheckContext) {
  if (auth === undefined) return [];
  const key = auth.kind === 'bearer' ? 'token_file' : 'key_file';
  const issue = (code: string, message: string): ConfigIssue[] => [
    { ...context.at(['auth', key]), severity: 'error', code, message },
  ];
  const file = resolve(baseOf(context), auth.file);
  if (!existsSync(file)) return issue('file-missing', `the file ${auth.file} is not there`);
  const text = readFileSync(file, 'utf8');
  if (auth.kind === 'smart' && parsePrivateJwk(text) === undefined)
    return issue('client-key-invalid', `${auth.file} is no private JWK with \`kid\` and \`alg\``);
  return [];
}
