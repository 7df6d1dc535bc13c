import { z } from 'zod';
import { limits } from '../../engine/index.ts';
import {
  clientAuth,
  duration,
  resourceQuery,
  resourceType,
  safeUrl,
} from '../fhir/client/index.ts';

/** What a channel says of a bulk export. */
export const bulkSchema = z
  .strictObject({
    base_url: safeUrl.describe('The FHIR server, e.g. https://emr.example.org/fhir.'),
    level: z
      .enum(['system', 'patient', 'group'])
      .default('system')
      .describe('What to export: everything, all patients, or the patients of a group.'),
    group: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,64}$/, 'is no FHIR id')
      .optional()
      .describe('The id of the Group, with `level: group`.'),
    types: z.array(resourceType).default([]).describe('Resource types (`_type`); without it all.'),
    type_filters: z
      .array(
        resourceQuery.regex(/^[A-Z][A-Za-z]{1,63}\?\S+$/, 'write a search like Observation?code=x'),
      )
      .default([])
      .describe('Searches that resources must meet (`_typeFilter`).'),
    output_format: z
      .enum(['application/fhir+ndjson', 'application/ndjson', 'ndjson'])
      .default('application/fhir+ndjson')
      .describe('What to ask for as `_outputFormat`; all three mean NDJSON.'),
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('`_since` of the first export; later ones ask since the last.'),
    every: duration.prefault('24h').describe('Time from one kick-off to the next.'),
    job_time_max: duration
      .prefault('48h')
      .describe('A job that is not ready by then is given up, and the export asked for again.'),
    auth: clientAuth.optional().describe('How to sign in; without it, not at all.'),
    file_origins: z
      .array(safeUrl.transform((url) => new URL(url).origin))
      .default([])
      .describe('Origins beside that of base_url where files may lie; they get no token.'),
    check_counts: z
      .boolean()
      .default(true)
      .describe('Fetch a file again that has other lines than the manifest counts.'),
    line_bytes_max: z
      .int()
      .min(1_024)
      .max(256 * 1024 * 1024)
      .default(limits.frameBytesMax)
      .describe('Longest line in bytes. Of a longer one the beginning lands in quarantine.'),
  })
  .refine(({ level, group }) => (level === 'group') === (group !== undefined), {
    path: ['group'],
    message: 'belongs to `level: group`, which needs it',
  })
  .transform(({ base_url, every, job_time_max, line_bytes_max, ...rest }) => ({
    baseUrl: base_url,
    level: rest.level,
    group: rest.group,
    types: rest.types,
    typeFilters: rest.type_filters,
    outputFormat: rest.output_format,
    since: rest.since,
    everyMs: every,
    jobMsMax: job_time_max,
    auth: rest.auth,
    fileOrigins: rest.file_origins,
    checksCount: rest.check_counts,
    lineBytesMax: line_bytes_max,
  }));

export type BulkConfig = z.output<typeof bulkSchema>;
