import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConfigIssue,
  errorAt,
  exitCodes,
  PlexusError,
  type YamlFile,
} from '../../../engine/index.ts';
import { baseModel, type IdentityModel, parseModel } from '../model/index.ts';
import type { Governance, ModelPin } from './governance.ts';

/** The model that Plexus ships; a configuration's own models have other names. */
const shippedName = 'base';
const shippedFile = join(import.meta.dirname, '../model/base-model.json');

/** Where a model lies. */
export function modelFile(configDir: string, name: string): string {
  return name === shippedName ? shippedFile : join(configDir, 'identity', 'models', `${name}.json`);
}

/**
 * The very model that a policy pins; the shipped one where it pins none. Throws PlexusError
 * `policy-model-missing`, `policy-model-other` when its hash is not the pinned one, and what
 * `parseModel` throws.
 */
export function requireModel(configDir: string, { model }: Pick<Governance, 'model'>) {
  return model === undefined ? baseModel() : pinnedModel(configDir, model);
}

function pinnedModel(configDir: string, { name, sha256 }: ModelPin): IdentityModel {
  const refuse = (code: string, message: string) =>
    new PlexusError(code, message, { exit: exitCodes.config });
  const file = modelFile(configDir, name);
  if (name !== shippedName && !existsSync(file))
    throw refuse('policy-model-missing', `there is no identity/models/${name}.json`);
  const model = name === shippedName ? baseModel() : parseModel(readFileSync(file, 'utf8'));
  if (model.hash === sha256) return model;
  throw refuse('policy-model-other', `the model ${name} has the hash ${model.hash}`);
}

/** What is wrong with the model that a policy pins, at the pin. */
export function judgeModel(configDir: string, yaml: YamlFile, pin: ModelPin): ConfigIssue[] {
  try {
    pinnedModel(configDir, pin);
    return [];
  } catch (cause) {
    if (!(cause instanceof PlexusError)) throw cause;
    const { code, message } = cause;
    const key = code === 'policy-model-other' ? 'sha256' : 'name';
    return [errorAt(yaml, ['model', key], code, message)];
  }
}
