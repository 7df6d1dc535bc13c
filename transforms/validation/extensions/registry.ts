import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type ConfigIssue,
  checkYaml,
  errorAt,
  readYaml,
  suggestion,
  type YamlFile,
} from '../../../engine/index.ts';
import { r4Types } from '../../fhir/index.ts';

/** A date of the calendar: YYYY-MM-DD, and a day that there is. */
const day = z.string().refine((text) => {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}, 'expected a day such as 2027-06-30');

const list = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1)]).transform((one) => (Array.isArray(one) ? one : [one]));

/** What `value[x]` of an Extension may be (https://hl7.org/fhir/R4/datatypes.html#open). */
const types: ReadonlySet<string> = new Set(
  (
    'complex base64Binary boolean canonical code date dateTime decimal id instant integer ' +
    'markdown oid positiveInt string time unsignedInt uri url uuid Address Age Annotation ' +
    'Attachment CodeableConcept Coding ContactPoint Count Distance Duration HumanName ' +
    'Identifier Money Period Quantity Range Ratio Reference SampledData Signature Timing ' +
    'ContactDetail Contributor DataRequirement Expression ParameterDefinition ' +
    'RelatedArtifact TriggerDefinition UsageContext Dosage Meta'
  ).split(' '),
);

const isPlace = (type: string): boolean =>
  r4Types.has(type) || types.has(type) || abstractTypes.has(type);

const unknownPlace = (type: string): string =>
  `R4 has no type \`${type}\`; ${suggestion(type, [...r4Types, ...types, ...abstractTypes])}`;

const abstractTypes: ReadonlySet<string> = new Set(
  'Resource DomainResource Element BackboneElement Extension Narrative ElementDefinition'.split(
    ' ',
  ),
);

const entry = z.strictObject({
  url: z
    .string()
    .regex(/^(?:https?:\/\/|urn:)[^\s|]+$/, 'expected the uri of a StructureDefinition')
    .describe('Canonical url of the extension, without a version.'),
  context: list(
    z
      .string()
      .regex(/^[A-Z][A-Za-z]*(?:\.[a-z][A-Za-z]*)*$/, 'expected an element')
      .refine((path) => isPlace(path.split('.')[0]!), {
        error: ({ input }) => unknownPlace(`${input}`.split('.')[0]!),
      }),
  ).describe(
    'Where it may stand: `Patient`, `Patient.birthDate`, a data type such as `Reference`; ' +
      '`Resource` is every resource, `Element` every element.',
  ),
  type: list(
    z.string().refine((name) => types.has(name), {
      error: ({ input }) =>
        `R4 has no data type \`${input}\`; ${suggestion(`${input}`, [...types])}`,
    }),
  ).describe(
    'Data type of its value, as in `valueString`: `string`; `complex` for one of extensions.',
  ),
  owner: z.string().min(1).describe('Who answers for it.'),
  reviewer: z.string().min(1).describe('Who agreed to it: somebody else than the owner.'),
  reason: z.string().min(1).describe('Why FHIR itself does not serve.'),
  review_date: day.optional().describe('When it is to be looked at again; a warning from then on.'),
});

/** `extensions/*.yaml`: the extensions that resources of this network may carry. */
export const extensionsSchema = z.strictObject({
  extensions: z.array(entry).describe('One entry an extension.'),
});

export type Registered = {
  readonly url: string;
  readonly context: readonly string[];
  readonly type: readonly string[];
};

export type Extensions = {
  readonly issues: readonly ConfigIssue[];
  /** By url; those of Plexus's own base mappings are among them. */
  readonly registered: ReadonlyMap<string, Registered>;
};

const baseFile = join(import.meta.dirname, 'base.yaml');

/** The files of a configuration, by name. */
export function extensionFiles(configDir: string): readonly string[] {
  const folder = join(configDir, 'extensions');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** Reads the registry of a configuration. Never throws for what its files hold. */
export function readExtensions(configDir: string): Extensions {
  const registered = new Map<string, Registered>();
  const from = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  for (const file of [baseFile, ...extensionFiles(configDir)]) {
    const yaml = readYaml(file);
    issues.push(...yaml.issues);
    if (yaml.issues.length > 0) continue;
    const checked = checkYaml<z.output<typeof extensionsSchema>>(extensionsSchema, yaml);
    issues.push(...checked.issues);
    for (const [index, one] of (checked.value?.extensions ?? []).entries()) {
      issues.push(...mistakesIn(yaml, index, one, from.get(one.url)));
      // What a network says of an extension of the base stands.
      from.set(one.url, file);
      registered.set(one.url, one);
    }
  }
  return { issues, registered };
}

function mistakesIn(
  yaml: YamlFile,
  index: number,
  { url, owner, reviewer }: z.output<typeof entry>,
  before: string | undefined,
): readonly ConfigIssue[] {
  const found: ConfigIssue[] = [];
  const mistake = (key: string, code: string, message: string) =>
    found.push(errorAt(yaml, ['extensions', index, key], code, message));
  if (before !== undefined && before !== baseFile)
    mistake('url', 'extension-twice', `\`${url}\` is registered already`);
  if (owner === reviewer && yaml.file !== baseFile)
    mistake('reviewer', 'extension-not-reviewed', 'the reviewer is the owner: two people agree');
  return found;
}

/** Warnings for extensions whose day of review has come; `today` is YYYY-MM-DD. */
export function dueForReview(configDir: string, today: string): readonly ConfigIssue[] {
  return extensionFiles(configDir).flatMap((file) => {
    const yaml = readYaml(file);
    const checked = checkYaml<z.output<typeof extensionsSchema>>(extensionsSchema, yaml);
    return (checked.value?.extensions ?? []).flatMap(({ url, review_date }, index) => {
      if (review_date === undefined || review_date > today) return [];
      const place = yaml.valueAt(['extensions', index, 'review_date']);
      const message = `\`${url}\` was to be looked at again by ${review_date}`;
      return [{ ...place, severity: 'warning' as const, code: 'extension-review-due', message }];
    });
  });
}
