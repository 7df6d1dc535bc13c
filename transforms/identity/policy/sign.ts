import { exitCodes, PlexusError, readYaml } from '../../../engine/index.ts';
import { readPrivateKey, signText } from './ed25519.ts';
import { loadCandidate } from './load.ts';
import { judgeSignature } from './signatures.ts';
import {
  type PolicySignature,
  renderSignatures,
  signedStatement,
  splitSigned,
} from './signed-text.ts';
import { personKey, type Signer } from './signers.ts';

export type SignOrder = {
  readonly file: string;
  readonly privatePem: string;
  /** As in `signers.yaml`. */
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly signers: readonly Signer[];
};

/** What a signature makes of a file. */
export type Signed = {
  readonly text: string;
  readonly hash: string;
  /** Whose signatures no longer matched the text and were taken off. */
  readonly removed: readonly string[];
  readonly signatures: readonly PolicySignature[];
};

/**
 * Adds one person's signature to a policy that has no mistake. Signatures under an earlier text are
 * taken off, and so is an earlier one of the same person. Throws PlexusError with a `policy-` code
 * when the key is not that of a signer of this name.
 */
export function signPolicy({ file, privatePem, name, date, signers }: SignOrder): Signed {
  const { key, publicKey } = readPrivateKey(privatePem);
  const known = signers.filter((one) => one.name === name);
  const signer = known.find((one) => one.publicKey === publicKey);
  if (signer === undefined) {
    const message =
      known.length === 0
        ? `${name} is not in signers.yaml`
        : `this is not the key that signers.yaml has for ${name}`;
    throw new PlexusError('policy-signer-unknown', message, { exit: exitCodes.config });
  }
  const { content, hash } = splitSigned(readYaml(file));
  const before = loadCandidate(file).value?.signatures ?? [];
  const others = before.filter((one) => personKey(one.signer) !== personKey(name));
  const kept = others.filter((one) => judgeSignature(hash, one, signers) === undefined);
  const said = { signer: name, role: signer.role, key: signer.key, date };
  const signature = signText(signedStatement(hash, said), key);
  const signatures = [...kept, { ...said, signature }];
  const removed = others.filter((one) => !kept.includes(one)).map((one) => one.signer);
  return { text: content + renderSignatures(signatures), hash, removed, signatures };
}
