import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ConfigIssue, checkYaml, readYaml } from '../../../engine/index.ts';
import { isPublicKey, keyIdOf } from './ed25519.ts';

export const dateSchema = z.string().refine(isDate, 'write a date as YYYY-MM-DD');

/** Is it a day of the calendar? 2026-02-30 is none. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** `config/identity/signers.yaml`. */
export const signersSchema = z.strictObject({
  signers: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('The person, as their signatures name them.'),
        role: z.string().min(1).describe('As what they sign, e.g. `medical director`.'),
        public_key: z
          .string()
          .refine(isPublicKey, 'write the 32 bytes of an Ed25519 public key as base64')
          .describe('The Ed25519 public key that `identity policy keygen` printed.'),
        until: dateSchema
          .optional()
          .describe('The last day on which this key may sign; earlier signatures stay good.'),
      }),
    )
    .describe('Who may sign an identity policy; two different persons must.'),
});

/** Somebody who may sign. */
export type Signer = {
  readonly name: string;
  readonly role: string;
  readonly publicKey: string;
  /** Key id: see `keyIdOf`. */
  readonly key: string;
  readonly until?: string;
};

export type LoadedSigners = {
  readonly signers: readonly Signer[];
  readonly issues: readonly ConfigIssue[];
};

export const signersFile = (configDir: string): string =>
  join(configDir, 'identity', 'signers.yaml');

/** A missing file is nobody. Never throws for what the file holds. */
export function loadSigners(configDir: string): LoadedSigners {
  const file = signersFile(configDir);
  if (!existsSync(file)) return { signers: [], issues: [] };
  const yaml = readYaml(file);
  if (yaml.issues.length > 0) return { signers: [], issues: yaml.issues };
  const { value, issues } = checkYaml(signersSchema, yaml);
  if (value === undefined) return { signers: [], issues };
  const signers = value.signers.map(({ name, role, public_key: publicKey, until }) => ({
    ...{ name, role, publicKey, key: keyIdOf(publicKey) },
    ...(until === undefined ? {} : { until }),
  }));
  const shared = signers.flatMap(({ key, name }, index): ConfigIssue[] => {
    const other = signers.findIndex((one) => one.key === key);
    if (other === index) return [];
    const message = `${name} and ${signers[other]!.name} have one key: each person needs their own`;
    const at = yaml.valueAt(['signers', index, 'public_key']);
    return [{ ...at, severity: 'error', code: 'policy-key-shared', message }];
  });
  return shared.length > 0 ? { signers: [], issues: shared } : { signers, issues: [] };
}

/** Two ways to write one person's name are one person. */
export function personKey(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
