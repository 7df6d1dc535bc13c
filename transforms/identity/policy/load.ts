import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfigIssue,
  checkYaml,
  errorAt,
  readYaml,
  suggestion,
  type YamlFile,
} from '../../../engine/index.ts';
import { pairVetoes } from '../decide/index.ts';
import { type PolicyFile, policySchema, snake } from './file-schema.ts';
import {
  builtInGovernance,
  type Governance,
  type Survivorship,
  survivingAttributes,
} from './governance.ts';
import { judgeModel } from './models.ts';
import type { IdentityPolicy } from './policy.ts';
import { judgeSignatures } from './signatures.ts';
import { splitSigned } from './signed-text.ts';
import { loadSigners } from './signers.ts';

export const policyFile = (configDir: string): string => join(configDir, 'identity', 'policy.yaml');

export type LoadedPolicy = {
  /** Undefined when a mistake stops it. */
  readonly governance: Governance | undefined;
  readonly issues: readonly ConfigIssue[];
};

export type LoadOptions = {
  /** `YYYY-MM-DD` in UTC: a policy that takes effect later is refused. Absent: not looked at. */
  readonly today?: string;
  /** Another file than `identity/policy.yaml`, under the same signers. */
  readonly file?: string;
};

/**
 * The policy that governs this configuration: `identity/policy.yaml` with two good signatures, or
 * the built-in one when there is no such file. Never throws for what the files hold.
 */
export function loadPolicy(configDir: string, options: LoadOptions = {}): LoadedPolicy {
  const { today, file = policyFile(configDir) } = options;
  const loaded = loadSigners(configDir);
  if (options.file === undefined && !existsSync(file))
    return loaded.issues.length > 0
      ? { governance: undefined, issues: loaded.issues }
      : { governance: builtInGovernance, issues: [] };
  const candidate = loadCandidate(file);
  const { governance, yaml, value } = candidate;
  const issues = [...loaded.issues, ...candidate.issues];
  if (governance === undefined) return { governance: undefined, issues };
  if (loaded.issues.length === 0) {
    const { signatures } = value;
    issues.push(...judgeSignatures(yaml, splitSigned(yaml), signatures, loaded.signers));
  }
  issues.push(...judgeModel(configDir, yaml, value.model));
  if (today !== undefined && value.effective > today) {
    const message = `this policy takes effect on ${value.effective}, not before`;
    issues.push(errorAt(yaml, ['effective'], 'policy-not-effective', message));
  }
  return { governance: issues.length > 0 ? undefined : governance, issues };
}

/** The day that lint and a start go by; a running stage never asks for it. */
export const todayUtc = (): string => new Date().toISOString().slice(0, 10);

export type LoadedCandidate =
  | {
      readonly governance: Governance;
      readonly yaml: YamlFile;
      readonly value: PolicyFile;
      readonly issues: readonly ConfigIssue[];
    }
  | {
      readonly governance: undefined;
      readonly yaml: YamlFile;
      readonly value: undefined;
      readonly issues: readonly ConfigIssue[];
    };

/** A policy as written, whoever has signed it: for a preview, shadow mode, and for signing. */
export function loadCandidate(file: string): LoadedCandidate {
  const yaml = readYaml(file);
  const none = { governance: undefined, value: undefined, yaml };
  if (yaml.issues.length > 0) return { ...none, issues: yaml.issues };
  const checked = checkYaml<PolicyFile>(policySchema, yaml);
  if (checked.value === undefined) return { ...none, issues: checked.issues };
  const { value } = checked;
  const issues = judgeVetoes(yaml, value.vetoes);
  if (issues.length > 0) return { ...none, issues };
  return { governance: governanceOf(value, splitSigned(yaml).hash), yaml, value, issues };
}

/** Each veto of the register must be named: a policy says in full what it holds to. */
function judgeVetoes(yaml: YamlFile, named: readonly string[]): ConfigIssue[] {
  const ids = pairVetoes.map(({ id }) => id);
  const unknown = named.flatMap((id, index) => {
    if (ids.includes(id)) return [];
    const message = `there is no veto \`${id}\`; ${suggestion(id, ids)}`;
    return [errorAt(yaml, ['vetoes', index], 'policy-veto-unknown', message)];
  });
  const dropped = pairVetoes.flatMap(({ id, text }) => {
    if (named.includes(id)) return [];
    const message = `the veto \`${id}\` is left out, and it must hold: ${text}`;
    return [{ ...yaml.keyAt(['vetoes']), ...error('policy-veto-dropped', message) }];
  });
  return unknown.length > 0 ? unknown : dropped;
}

function governanceOf(value: PolicyFile, hash: string): Governance {
  const rules = survivingAttributes.map((name) => [name, value.survivorship[snake(name)]!]);
  return {
    name: value.policy,
    version: value.version,
    hash,
    origin: 'file',
    rationale: value.rationale,
    effective: value.effective,
    model: value.model,
    rules: rulesOf(value),
    survivorship: {
      rules: Object.fromEntries(rules) as Survivorship['rules'],
      trust: value.trust,
    },
    auditShare: value.audit_share,
    signatures: value.signatures,
  };
}

function rulesOf(value: PolicyFile): IdentityPolicy {
  const { thresholds, veto_parameters: numbers, identifiers } = value;
  return {
    thresholds: {
      high: thresholds.high,
      low: thresholds.low,
      member: thresholds.member,
      marginBits: thresholds.margin_bits,
      evidenceGroups: thresholds.evidence_groups,
    },
    clusterCap: value.cluster_cap,
    identifiers: {
      strongTypes: identifiers.strong_types,
      familyTypes: identifiers.family_types,
      countedTypes: identifiers.counted_types,
      weakSystems: identifiers.weak_systems,
    },
    vetoes: {
      generationYears: numbers.generation_years,
      graceDaysAfterDeath: numbers.grace_days_after_death,
      stayOverlapHours: numbers.stay_overlap_hours,
    },
  };
}

const error = (code: string, message: string) => ({ severity: 'error', code, message }) as const;
