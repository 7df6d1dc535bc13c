import { hash } from 'node:crypto';
import { valueIn, type YamlFile } from '../../../engine/index.ts';

/** One signature, as it stands in the file. */
export type PolicySignature = {
  readonly signer: string;
  readonly role: string;
  /** Key id: see `keyIdOf`. */
  readonly key: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly signature: string;
};

/**
 * A policy file in two halves. What is signed is the text itself, comments included, up to the line
 * `signatures:`: two readers of one text cannot read two policies.
 */
export type SignedText = {
  /** With LF for line ends, as a checkout with CRLF has it too. */
  readonly content: string;
  /** The rest, from the line `signatures:` on; empty when nobody has signed. */
  readonly tail: string;
  /** Lower-case hex of the SHA-256 of the content: the policy's name wherever it is told. */
  readonly hash: string;
};

export function splitSigned(yaml: YamlFile): SignedText {
  const text = withLf(yaml.text);
  const isSigned = valueIn(yaml.value, ['signatures']) !== undefined;
  const content = isSigned ? linesAbove(text, yaml.keyAt(['signatures']).line) : withEnd(text);
  const tail = isSigned ? text.slice(content.length) : '';
  return { content, tail, hash: hash('sha256', content, 'hex') };
}

function linesAbove(text: string, line: number): string {
  const lines = text.split('\n', line - 1);
  return lines.map((one) => `${one}\n`).join('');
}

const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

/** CR is a part of a line end only if every line ends so: a single one is an alteration. */
function withLf(text: string): string {
  const lines = text.split('\n');
  return lines.slice(0, -1).every((line) => line.endsWith('\r'))
    ? text.replaceAll('\r\n', '\n')
    : text;
}

/** The text that one person signs: the policy, and who says so when. */
export function signedStatement(
  policyHash: string,
  { signer, role, key, date }: Omit<PolicySignature, 'signature'>,
): string {
  return JSON.stringify(['plexus-identity-policy', 1, policyHash, signer, role, key, date]);
}

/** The one form in which signatures stand in the file, so that a changed blank shows. */
export function renderSignatures(signatures: readonly PolicySignature[]): string {
  const rows = signatures.flatMap(({ signer, role, key, date, signature }) => [
    `  - signer: ${JSON.stringify(signer)}`,
    `    role: ${JSON.stringify(role)}`,
    `    key: ${JSON.stringify(key)}`,
    `    date: ${JSON.stringify(date)}`,
    `    signature: ${JSON.stringify(signature)}`,
  ]);
  return rows.length === 0 ? '' : `${['signatures:', ...rows].join('\n')}\n`;
}
