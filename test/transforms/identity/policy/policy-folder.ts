import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  baseModel,
  loadSigners,
  newKeyPair,
  pairVetoes,
  policyFile,
  signersFile,
  signPolicy,
} from '../../../../transforms/identity/index.ts';

/** Three who may sign: two women, and one of them under a second spelling and key. */
export const people = ['Ana Diaz', 'Bo Lind', 'ana  diaz'] as const;
export type PersonName = (typeof people)[number];

const keys = Object.fromEntries(people.map((name) => [name, newKeyPair()])) as Record<
  PersonName,
  ReturnType<typeof newKeyPair>
>;

export const signersText = `signers:\n${people
  .map(
    (name) =>
      `  - name: ${name}\n    role: data steward\n    public_key: ${keys[name].publicKey}\n`,
  )
  .join('')}`;

/** A policy without signatures; `changed` replaces one text by another. */
export function policyText(changed: Readonly<Record<string, string>> = {}): string {
  const text = `# Agreed by the identity board.
policy: test-network
version: 3
effective: 2026-01-31
rationale: >
  The trap suite showed no wrong link at this threshold; the stewards can
  work 60 reviews a day.
model: { name: base, sha256: ${baseModel().hash} }
thresholds: { high: 0.995, low: 0.4, member: 0.9, margin_bits: 8, evidence_groups: 2 }
vetoes:
${pairVetoes.map(({ id }) => `  - ${id}`).join('\n')}
veto_parameters: {generation_years: 12, grace_days_after_death: 30, stay_overlap_hours: 24}
cluster_cap: 25
identifiers:
  strong_types: [SS, MR]
  family_types: [SS]
  counted_types: [MR]
  weak_systems: [urn:visits]
survivorship:
  names: most-trusted
  birth_date: most-agreed
  sex: most-agreed
  addresses: most-recent
  phones: most-recent
  emails: most-recent
  deceased: most-trusted
trust: [urn:oid:2.999.1]
audit_share: 0.02
`;
  return Object.entries(changed).reduce((so, [from, to]) => so.replace(from, to), text);
}

export type PolicyFolder = ReturnType<typeof policyFolder>;

/** A configuration folder of its own, with signers and whatever policy is written into it. */
export function policyFolder() {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-policy-'));
  const file = policyFile(dir);
  mkdirSync(dirname(file));
  writeFileSync(signersFile(dir), signersText);
  return {
    dir,
    file,
    read: () => readFileSync(file),
    write: (content: string | Buffer) => writeFileSync(file, content),
    sign(name: PersonName, date = '2026-01-15') {
      const { signers } = loadSigners(dir);
      const { privatePem } = keys[name];
      const signed = signPolicy({ file, privatePem, name, date, signers });
      writeFileSync(file, signed.text);
      return signed;
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}
