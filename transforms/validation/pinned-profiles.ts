import { z } from 'zod';

const canonical = z
  .string()
  .regex(/^(?:https?:\/\/|urn:)[^\s|]+\|[^\s|]+$/, 'expected `url|version`: a profile is pinned');

const invalid = z.enum(['hold', 'flag']);

const pinned = z.strictObject({
  profile: canonical.describe('The profile, as `url|version`.'),
  when: z
    .string()
    .optional()
    .describe(
      'FHIRPath on the resource: which resources of its type must fit it. Absent: all of them.',
    ),
  invalid: invalid
    .optional()
    .describe('What becomes of a resource that does not fit this one; else as `invalid` says.'),
});

/** What a channel holds its resources to. */
export const validateSchema = z
  .strictObject({
    profiles: z
      .array(z.union([canonical.transform((profile) => ({ profile })), pinned]))
      .default([])
      .describe(
        'Profiles beside R4 itself, its vital signs, and those that a resource claims: of ' +
          '`profiles/` or of a package, each pinned to a version.',
      ),
    packages: z
      .array(z.string().regex(/^[a-z0-9.-]+#[A-Za-z0-9.+-]+$/, 'expected `name#version`'))
      .default([])
      .describe('FHIR packages that were imported with `profile import`, as `name#version`.'),
    invalid: invalid
      .default('hold')
      .describe(
        '`hold`: a message that would leave a resource invalid waits in quarantine. `flag`: it ' +
          'passes with its faults as warnings, for a feed that is being taken on.',
      ),
  })
  .describe('Validates resources, whole, before they are stored.');

export type ValidateConfig = z.output<typeof validateSchema>;
export type PinnedProfile = ValidateConfig['profiles'][number];
