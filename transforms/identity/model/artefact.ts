import { createHash } from 'node:crypto';
import { z } from 'zod';
import { exitCodes, PlexusError, reasonOf } from '../../../engine/index.ts';
import { type ComparisonName, comparisonNames } from '../assessment.ts';
import { comparisonLevels, comparisonVersion } from '../compare/index.ts';
import { normalisationVersion } from '../record.ts';

const probability = z.number().gt(0).lt(1);
const level = z.strictObject({
  level: z.string(),
  /** Probability of this level between two records of one person. */
  m: probability,
  /** Probability of this level between records of two persons. */
  u: probability,
  /** Probability of this level between records of two persons of one household. */
  h: probability,
});
const frequencies = z.record(z.string(), probability);

const schema = z.strictObject({
  format: z.literal('plexus-identity-model'),
  normalisation: z.number().int(),
  comparison: z.number().int(),
  /** What it was fitted on. */
  window: z.strictObject({
    source: z.string(),
    records: z.number().int().nonnegative(),
    pairs: z.number().int().nonnegative(),
    from: z.string().optional(),
    to: z.string().optional(),
    /** What stewards had said until then, and when; absent where nobody was asked. */
    labels: z
      .strictObject({
        same: z.number().int().nonnegative(),
        different: z.number().int().nonnegative(),
        from: z.string(),
        to: z.string(),
      })
      .optional(),
  }),
  seed: z.number().int(),
  /** Probability that two records taken at random are one person. */
  prior: probability,
  /** Probability that they are two persons of one household. */
  householdPrior: probability,
  levels: z.record(z.enum(comparisonNames), z.array(level)),
  /** Relative frequency of the common values; a value that is not listed is rarer than these. */
  frequencies: z.strictObject({
    given: frequencies,
    family: frequencies,
    birthDate: frequencies,
    place: frequencies,
  }),
  /** p = 1 / (1 + exp(-(intercept + slope * weight * ln 2))), the weight in bits with the prior. */
  calibration: z.strictObject({ slope: z.number().gt(0), intercept: z.number() }),
  /** SHA-256 of everything else, in hexadecimal. */
  hash: z.string(),
});

/**
 * A fitted Fellegi-Sunter model (Fellegi and Sunter 1969). Immutable: its hash names it, and a
 * policy refers to it by that hash.
 */
export type IdentityModel = Readonly<z.infer<typeof schema>>;
export type ModelContent = Omit<IdentityModel, 'hash'>;
export type ModelLevels = IdentityModel['levels'];
export type LabelWindow = NonNullable<IdentityModel['window']['labels']>;
export type Frequencies = IdentityModel['frequencies'];

/** The artefact of a fit. */
export function sealModel(content: ModelContent): IdentityModel {
  const { hash: _old, ...rest } = content as IdentityModel;
  return { ...rest, hash: hashOf(rest) };
}

/**
 * Reads an artefact. Throws PlexusError `identity-model-corrupt` when it cannot be read or its hash
 * does not fit, `identity-model-outdated` when it was fitted for other levels.
 */
export function parseModel(text: string): IdentityModel {
  const before = parsed.get(text);
  if (before !== undefined) return before;
  const model = parseText(text);
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(text, model);
  return model;
}

/** Every channel of a network asks for the same model, at a start 40 ms each. */
const parsed = new Map<string, IdentityModel>();
const parsedMax = 4;

function parseText(text: string): IdentityModel {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(`is no JSON: ${reasonOf(cause)}`);
  }
  return checkModel(value);
}

/** As `parseModel`, of a value. */
export function checkModel(value: unknown): IdentityModel {
  const found = schema.safeParse(value);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw corrupt(`is no model: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'wrong'}`);
  }
  const { hash, ...content } = found.data;
  if (hash !== hashOf(content)) throw corrupt('was changed: its content does not give its hash');
  const isCurrent =
    content.normalisation === normalisationVersion &&
    content.comparison === comparisonVersion &&
    comparisonNames.every((name) => hasLevels(content.levels, name));
  if (!isCurrent) {
    const message = 'the identity model was fitted for other comparison levels; fit it again';
    throw new PlexusError('identity-model-outdated', message, { exit: exitCodes.config });
  }
  return found.data;
}

function hasLevels(levels: ModelLevels, name: ComparisonName): boolean {
  const expected: readonly string[] = comparisonLevels[name];
  const given = levels[name];
  return given.length === expected.length && given.every((one, at) => one.level === expected[at]);
}

function corrupt(what: string): PlexusError {
  return new PlexusError('identity-model-corrupt', `the identity model ${what}`, {
    exit: exitCodes.config,
  });
}

function hashOf(content: ModelContent): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

/** JSON with its keys in order, so that the hash does not depend on how a file was written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}
