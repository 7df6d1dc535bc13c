import { type ConfigIssue, errorAt, type YamlFile } from '../../../engine/index.ts';
import { isSignedBy } from './ed25519.ts';
import {
  type PolicySignature,
  renderSignatures,
  type SignedText,
  signedStatement,
} from './signed-text.ts';
import { personKey, type Signer } from './signers.ts';

/** How many different persons must have signed. */
export const signersNeeded = 2;

type Mistake = readonly [code: string, message: string, key?: keyof PolicySignature];

/**
 * What is wrong with the signatures of a policy, each at its place; empty: two different persons,
 * both known, have signed exactly this text. One wrong signature is enough to refuse the policy,
 * however many right ones stand beside it.
 */
export function judgeSignatures(
  yaml: YamlFile,
  text: SignedText,
  signatures: readonly PolicySignature[],
  signers: readonly Signer[],
): readonly ConfigIssue[] {
  if (signatures.length === 0) {
    const message = 'nobody has signed this policy: `./plexus identity policy sign`';
    return [{ ...errorAt(yaml, [], 'policy-unsigned', message), line: 1, column: 1 }];
  }
  const wrong = signatures.flatMap((signature, index): ConfigIssue[] => {
    const found = judgeSignature(text.hash, signature, signers);
    if (found === undefined) return [];
    const [code, message, key = 'signature'] = found;
    return [errorAt(yaml, ['signatures', index, key], code, message)];
  });
  if (wrong.length > 0) return wrong;
  if (text.tail !== renderSignatures(signatures)) {
    const message = 'this part is not as `identity policy sign` wrote it; it must be the last';
    return [errorAt(yaml, ['signatures'], 'policy-altered', message)];
  }
  const persons = signatures.map(({ signer }) => personKey(signer));
  const again = persons.findIndex((person, index) => persons.indexOf(person) < index);
  if (again >= 0) {
    const message = `${signatures[again]!.signer} has signed already: the second must be another`;
    return [errorAt(yaml, ['signatures', again, 'signer'], 'policy-signed-twice', message)];
  }
  if (persons.length >= signersNeeded) return [];
  const message = 'one person has signed this policy; a second must';
  return [errorAt(yaml, ['signatures', 0, 'signer'], 'policy-signed-once', message)];
}

/** What is wrong with one signature; undefined: a listed person signed this very policy. */
export function judgeSignature(
  policyHash: string,
  signature: PolicySignature,
  signers: readonly Signer[],
): Mistake | undefined {
  const { signer: name, role, key, date } = signature;
  const known = signers.filter((one) => one.name === name);
  if (known.length === 0)
    return ['policy-signer-unknown', `${name} is not in signers.yaml`, 'signer'];
  const signer = known.find((one) => one.key === key);
  if (signer === undefined)
    return ['policy-signer-unknown', `signers.yaml has another key for ${name}`, 'key'];
  if (signer.role !== role)
    return ['policy-signer-unknown', `signers.yaml has ${name} as ${signer.role}`, 'role'];
  if (signer.until !== undefined && date > signer.until)
    return ['policy-signer-expired', `the key of ${name} could sign until ${signer.until}`, 'date'];
  if (isSignedBy(signedStatement(policyHash, signature), signature.signature, signer.publicKey))
    return undefined;
  const message = `the policy was changed after ${name} signed it, or the signature was`;
  return ['policy-altered', message];
}
