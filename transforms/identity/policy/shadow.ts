import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type ConfigIssue, checkYaml, readYaml } from '../../../engine/index.ts';
import type { Decision } from '../decide/index.ts';
import type { Governance } from './governance.ts';
import { loadCandidate } from './load.ts';
import { judgeModel, modelFile } from './models.ts';
import {
  answer,
  type Disagreement,
  disagreements,
  pairsOf,
  type Question,
  type Ruling,
} from './ruling.ts';

/** `config/identity/shadow.yaml`. */
export const shadowSchema = z.strictObject({
  policy: z
    .string()
    .regex(/^[\w-][\w.-]*\.yaml$/, 'name a .yaml file beside this one')
    .describe('A candidate policy in `config/identity`; nobody needs to have signed it.'),
  pairs_max: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(64)
    .describe('A decision that has more pairs of records than this is not shadowed, and counted.'),
});

/** A candidate that is asked beside the policy that governs, and never obeyed. */
export type ShadowCandidate = { readonly governance: Governance; readonly pairsMax: number };

export type LoadedShadow = {
  /** Undefined: there is no shadow, or a mistake stops it. */
  readonly candidate: ShadowCandidate | undefined;
  readonly issues: readonly ConfigIssue[];
  /** Files whose content decides what the shadow says. */
  readonly files: readonly string[];
};

export const shadowFile = (configDir: string): string => join(configDir, 'identity', 'shadow.yaml');

/** Never throws for what the files hold. */
export function loadShadow(configDir: string): LoadedShadow {
  const file = shadowFile(configDir);
  if (!existsSync(file)) return { candidate: undefined, issues: [], files: [] };
  const yaml = readYaml(file);
  const refused = (issues: readonly ConfigIssue[], files = [file]): LoadedShadow => ({
    ...{ candidate: undefined, issues, files },
  });
  if (yaml.issues.length > 0) return refused(yaml.issues);
  const { value, issues } = checkYaml(shadowSchema, yaml);
  if (value === undefined) return refused(issues);
  const candidateFile = join(configDir, 'identity', value.policy);
  if (!existsSync(candidateFile)) {
    const message = `there is no identity/${value.policy}`;
    return refused([
      { ...yaml.valueAt(['policy']), severity: 'error', code: 'file-missing', message },
    ]);
  }
  const found = loadCandidate(candidateFile);
  if (found.governance === undefined) return refused(found.issues, [file, candidateFile]);
  const { model } = found.value;
  const files = [file, candidateFile, modelFile(configDir, model.name)];
  const wrongModel = judgeModel(configDir, found.yaml, model);
  if (wrongModel.length > 0) return refused(wrongModel, files);
  const candidate = { governance: found.governance, pairsMax: value.pairs_max };
  return { candidate, issues: [], files };
}

/** What a shadow says of one decision. */
export type Observed =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'disagrees'; readonly found: readonly Disagreement[] }
  /** Too many pairs of records: not asked. */
  | { readonly kind: 'skipped' };

export type Shadow = {
  /** Hash of the candidate policy. */
  readonly policy: string;
  /**
   * Asks the candidate the same question and compares. Costs as much as the decision itself, at
   * most `pairsMax` scored pairs; a known record that did not change asks and costs nothing.
   */
  observe(question: Question, decision: Decision): Observed;
};

/** Pure: it has no store and nothing to link with. */
export function openShadow(ruling: Ruling, policy: string, pairsMax: number): Shadow {
  return {
    policy,
    observe(question, decision) {
      if (pairsOf(question) > pairsMax) return { kind: 'skipped' };
      const found = disagreements(question, decision, answer(ruling, question));
      return found.length === 0 ? { kind: 'agrees' } : { kind: 'disagrees', found };
    },
  };
}
