import { z } from 'zod';
import { nameSchema } from '../../../engine/index.ts';
import { isSignature } from './ed25519.ts';
import { survivingAttributes, survivorshipRules } from './governance.ts';
import { dateSchema } from './signers.ts';

const probability = () => z.number().min(0).max(1);

/** Under it nothing may link by itself: a policy cannot make over-merges ordinary. */
const highMin = 0.9;

const thresholds = z
  .strictObject({
    high: probability().min(highMin).describe('Probability from which records may link, 0.9..1.'),
    low: probability().describe('Below it two records are distinct; from it on, a review.'),
    member: probability().min(0.5).describe('What every member of a cluster must reach, 0.5..1.'),
    margin_bits: z
      .number()
      .min(1)
      .max(64)
      .describe('By how many bits of weight the best person must lead the second, 1..64.'),
    evidence_groups: z
      .number()
      .int()
      .min(2)
      .max(5)
      .describe('Independent groups of evidence that must agree, 2..5.'),
  })
  .refine(({ low, high }) => low < high, {
    message: '`low` is not below `high`: nothing would be reviewed',
    path: ['low'],
  });

/** Bounds beyond which a veto would never fire: that would be dropping it. */
const vetoParameters = z.strictObject({
  generation_years: z
    .number()
    .int()
    .min(1)
    .max(20)
    .describe('Years between two birth dates from which a shared name is inherited, 1..20.'),
  grace_days_after_death: z
    .number()
    .int()
    .min(0)
    .max(90)
    .describe('Days after a death in which late results still arrive, 0..90.'),
  stay_overlap_hours: z
    .number()
    .min(0)
    .max(72)
    .describe('Hours for which two inpatient stays may overlap, 0..72.'),
});

const codes = () => z.array(z.string().min(1));

const identifiers = z.strictObject({
  strong_types: codes()
    .min(1)
    .describe('Codes of HL7 table 0203 of which a person has one value an authority.'),
  family_types: z
    .array(z.string())
    .describe('Strong types that families use together; an empty text: those without a type.'),
  counted_types: codes().describe('Strong types that are counted up: neighbours are strangers.'),
  weak_systems: codes().describe(
    'Authorities whose identifiers are never strong: visits, accounts.',
  ),
});

const survivorship = z.strictObject(
  Object.fromEntries(
    survivingAttributes.map((attribute) => [
      snake(attribute),
      z.enum(survivorshipRules).describe(`Whose ${snake(attribute)} a golden record shows.`),
    ]),
  ) as Record<string, z.ZodEnum<{ [rule in (typeof survivorshipRules)[number]]: rule }>>,
);

export function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const signature = z.strictObject({
  signer: z.string().describe('Who signed; a name of `signers.yaml`.'),
  role: z.string().describe('As what.'),
  key: z.string().describe('The id of the key.'),
  date: dateSchema.describe('When.'),
  signature: z
    .string()
    .refine(isSignature, 'this is no Ed25519 signature in base64')
    .describe('Ed25519 over the text above and the four keys before.'),
});

/**
 * `config/identity/policy.yaml`. It has no defaults for what decides: two people signed what stands
 * there, and an update of Plexus cannot change it.
 */
export const policySchema = z.strictObject({
  policy: nameSchema.describe('The name of the policy.'),
  version: z.number().int().min(1).describe('Raised with every change.'),
  effective: dateSchema.describe('The first day on which it may govern, UTC.'),
  rationale: z
    .string()
    .min(20)
    .describe('Why it is as it is: evidence, trade-offs, who was asked.'),
  model: z
    .strictObject({
      name: nameSchema.describe('A file of `config/identity/models`, or `base`: the shipped one.'),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'write 64 hexadecimal digits in lower case')
        .describe('The hash of the model; one that differs is refused.'),
    })
    .describe('The fitted model that scores.'),
  thresholds: thresholds.describe('What the score must reach.'),
  vetoes: z.array(z.string()).describe('Every veto that holds, by id; none may be left out.'),
  veto_parameters: vetoParameters.describe('The numbers that vetoes go by.'),
  cluster_cap: z
    .number()
    .int()
    .min(2)
    .max(200)
    .describe('Records that a person may have by automatic links, 2..200.'),
  identifiers: identifiers.describe('Which identifiers are strong.'),
  survivorship: survivorship.describe('Which value a golden record shows.'),
  trust: z.array(z.string()).default([]).describe('Assigning authorities, the most trusted first.'),
  audit_share: probability().describe('Share of automatic links that a steward checks blindly.'),
  signatures: z
    .array(signature)
    .default([])
    .describe('Two different persons’ signatures; `identity policy sign` writes them.'),
});
export type PolicyFile = z.output<typeof policySchema>;
