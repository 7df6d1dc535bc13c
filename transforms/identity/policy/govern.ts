import { existsSync } from 'node:fs';
import { ConfigError, type ConfigIssue } from '../../../engine/index.ts';
import { type IdentityModel, scorerOf } from '../model/index.ts';
import type { Governance } from './governance.ts';
import { type LoadOptions, loadPolicy, policyFile } from './load.ts';
import { modelFile, requireModel } from './models.ts';
import type { Ruling } from './ruling.ts';
import { loadShadow, openShadow, type Shadow } from './shadow.ts';
import { signersFile } from './signers.ts';

/** Everything that a stage needs of the configuration to decide who is who. */
export type Governed = {
  readonly governance: Governance;
  readonly model: IdentityModel;
  readonly ruling: Ruling;
  readonly shadow?: Shadow;
};

/**
 * What governs identity in this configuration, ready to decide. Throws ConfigError with every
 * mistake of policy, signers, model and shadow.
 */
export function requireGoverned(configDir: string, options: LoadOptions = {}): Governed {
  const { governance, issues } = loadPolicy(configDir, options);
  const shadow = loadShadow(configDir);
  if (governance === undefined || shadow.issues.length > 0)
    throw new ConfigError([...issues, ...shadow.issues]);
  const { model, ruling } = rulingOf(configDir, governance);
  const { candidate } = shadow;
  if (candidate === undefined) return { governance, model, ruling };
  const other = rulingOf(configDir, candidate.governance).ruling;
  const { hash } = candidate.governance;
  return { governance, model, ruling, shadow: openShadow(other, hash, candidate.pairsMax) };
}

/** Throws what `requireModel` throws. */
export function rulingOf(configDir: string, governance: Governance) {
  const model = requireModel(configDir, governance);
  const ruling: Ruling = { policy: governance.rules, scorer: scorerOf(model) };
  return { model, ruling };
}

/** All mistakes, for lint and before a start. */
export function governanceIssues(configDir: string, options: LoadOptions): readonly ConfigIssue[] {
  return [...loadPolicy(configDir, options).issues, ...loadShadow(configDir).issues];
}

/** Files whose content decides who is linked, for the revision of a channel. */
export function governanceFiles(configDir: string): readonly string[] {
  const { governance } = loadPolicy(configDir);
  const own = [policyFile(configDir), signersFile(configDir)].filter(existsSync);
  const model = modelFile(configDir, governance?.model?.name ?? 'base');
  return [...own, model, ...loadShadow(configDir).files];
}
