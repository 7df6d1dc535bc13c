import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  ConfigError,
  exitCodes,
  PlexusError,
  reasonOf,
  renderIssue,
} from '../../../engine/index.ts';
import type { Governance } from '../../../transforms/identity/index.ts';
import { type Invocation, type OptionSpec, UsageError } from '../../command.ts';
import { verbNamed } from '../../verbs.ts';
import { previewPolicy } from './policy-preview.ts';

/** What `identity policy` takes beside the options of the other verbs of `identity`. */
export const policyOptions = {
  policy: {
    type: 'string',
    value: 'FILE',
    about: 'policy: another file than identity/policy.yaml of --config.',
  },
  key: { type: 'string', value: 'FILE', about: 'policy sign: the private key.' },
  as: { type: 'string', value: 'NAME', about: 'policy sign: who signs, as in signers.yaml.' },
  out: { type: 'string', value: 'FILE', about: 'policy keygen: where the private key goes.' },
  days: { type: 'string', value: 'N', about: 'policy preview: how far back (default 30).' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

type Call = Invocation<typeof policyOptions>;

export const policyDetails = `policy show    what governs identity here, and who signed it
policy verify  checks the signatures; exit 1 when the policy would be refused
policy sign    adds the signature of --as NAME by --key FILE; signatures of another text go
policy keygen  a new key pair: the private key to --out FILE, the public one to stdout
policy preview what the policy --policy FILE would change of the last --days; writes nothing`;

const verbs: Readonly<Record<string, (call: Call) => Promise<number>>> = {
  show,
  verify,
  sign,
  keygen,
  preview: previewPolicy,
};

/** `identity policy VERB`. */
export async function identityPolicy(call: Call, [word = 'show', ...rest]: readonly string[]) {
  const verb = verbNamed(verbs, word);
  if (rest.length > 0) throw new UsageError(`\`policy ${word}\` takes no \`${rest[0]}\``);
  return verb(call);
}

const identity = () => import('../../../transforms/identity/index.ts');

async function show({ configDir, options, json, out }: Call): Promise<number> {
  const { loadCandidate, requireGoverned } = await identity();
  const file = options.policy;
  const candidate = file === undefined ? undefined : loadCandidate(file);
  if (candidate?.governance === undefined && candidate !== undefined)
    throw new ConfigError(candidate.issues);
  const governance = candidate?.governance ?? requireGoverned(configDir).governance;
  if (json) out.json(governance);
  else for (const line of describe(governance)) out.line(line);
  return exitCodes.ok;
}

function describe(governance: Governance): string[] {
  const { name, version, hash, origin, effective, rationale, model, signatures } = governance;
  const { rules, survivorship, auditShare } = governance;
  const { thresholds } = rules;
  const since = effective === undefined ? 'always' : effective;
  return [
    `policy      ${name} version ${version} (${origin}), in effect since ${since}`,
    `hash        ${hash}`,
    `model       ${model === undefined ? 'base, as shipped' : `${model.name} ${model.sha256}`}`,
    `thresholds  link from ${thresholds.high}, review from ${thresholds.low}, every member from ` +
      `${thresholds.member}, lead of ${thresholds.marginBits} bits`,
    `cluster     at most ${rules.clusterCap} records; audit sample ${auditShare}`,
    `survivors   ${Object.entries(survivorship.rules)
      .map(([attribute, rule]) => `${attribute} ${rule}`)
      .join(', ')}`,
    `rationale   ${rationale.trim().replaceAll(/\s+/g, ' ')}`,
    ...signatures.map(({ signer, role, date }) => `signed      ${signer}, ${role}, ${date}`),
  ];
}

async function verify({ configDir, options, json, out }: Call): Promise<number> {
  const { loadPolicy, todayUtc } = await identity();
  const { governance, issues } = loadPolicy(configDir, {
    today: todayUtc(),
    ...(options.policy === undefined ? {} : { file: options.policy }),
  });
  for (const issue of issues) {
    if (json) out.json(issue);
    else out.line(renderIssue(issue));
  }
  if (governance === undefined) return exitCodes.findings;
  const { name, version, origin, hash, signatures } = governance;
  const signed = signatures.map(({ signer }) => signer).join(' and ');
  if (json) out.json({ policy: name, version, origin, hash, signatures });
  else if (origin === 'built-in') out.line('there is no policy file: the built-in policy governs');
  else out.line(`${name} version ${version} is signed by ${signed}`);
  return exitCodes.ok;
}

async function sign({ configDir, options, json, out }: Call): Promise<number> {
  if (options.key === undefined) throw new UsageError('with which key? --key FILE');
  if (options.as === undefined) throw new UsageError('who signs? --as NAME');
  const { loadCandidate, loadSigners, policyFile, signPolicy, todayUtc } = await identity();
  const file = options.policy ?? policyFile(configDir);
  const { issues } = loadCandidate(file);
  const listed = loadSigners(configDir);
  if (issues.length + listed.issues.length > 0)
    throw new ConfigError([...issues, ...listed.issues]);
  const privatePem = readFileSync(options.key, 'utf8');
  const { signers } = listed;
  const signed = signPolicy({ file, privatePem, name: options.as, date: todayUtc(), signers });
  writeFileSync(`${file}.part`, signed.text);
  renameSync(`${file}.part`, file);
  for (const name of signed.removed)
    out.say(`the signature of ${name} was under another text and is taken off`);
  const names = signed.signatures.map(({ signer }) => signer);
  if (json) out.json({ file, hash: signed.hash, signed: names, removed: signed.removed });
  else out.line(`${file} is signed by ${names.join(' and ')}`);
  if (names.length < 2) out.say('a second person must sign it before it can govern');
  return exitCodes.ok;
}

async function keygen({ options, json, out }: Call): Promise<number> {
  const file = options.out;
  if (file === undefined) throw new UsageError('where does the private key go? --out FILE');
  const { keyIdOf, newKeyPair } = await identity();
  const { privatePem, publicKey } = newKeyPair();
  try {
    writeFileSync(file, privatePem, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const message = `cannot write ${file}: ${reasonOf(cause)}`;
    throw new PlexusError('key-unwritable', message, { exit: exitCodes.io, cause });
  }
  if (json) out.json({ file, key: keyIdOf(publicKey), public_key: publicKey });
  else out.line(`public_key: ${publicKey}`);
  out.say(`${file} holds the private key: it is its owner's alone, and never in --config`);
  return exitCodes.ok;
}
