import { z } from 'zod';
import { paths } from './key-part.ts';

/** What a sender does its own way: `dialect:` of a mapping. */
export const dialect = z.strictObject({
  timezone: z.string().optional().describe('IANA zone of timestamps that carry no offset.'),
  date_formats: z
    .array(z.string())
    .optional()
    .describe(
      'Formats beside HL7`s own: YYYY, YY, MM, M, DD, D, MON, HH, H, hh, h, mm, ss, SSS, A (AM ' +
        'or PM), Z (an offset), e.g. `MM/DD/YYYY hh:mm A`; `X` and `x` are seconds and ' +
        'milliseconds since 1970.',
    ),
  year_pivot: z
    .union([z.literal('message'), z.number().int().min(0).max(99)])
    .optional()
    .describe(
      'Years of two digits: up to this number they are of this century, above it of the last; ' +
        '`message`: the latest such year that is not after the message`s own.',
    ),
  charset: z.string().optional().describe('Used when MSH-18 says nothing or is contradicted.'),
  null_tokens: z.array(z.string()).optional().describe('Field values that mean "no value".'),
  explicit_null: z
    .enum(['remove', 'ignore'])
    .optional()
    .describe('What `""` does: empty the element (as the standard says), or nothing.'),
  repairs: z.array(z.string()).optional().describe('Named repairs of the parser.'),
  authorities: z
    .record(z.string(), z.string())
    .optional()
    .describe('Assigning authority (namespace, OID) to identifier system.'),
  default_authority: z
    .union([
      z.string(),
      z.strictObject({
        from: paths.describe('Fields of MSH; the first populated one names the authority.'),
      }),
    ])
    .optional()
    .describe(
      'Identifier system of a patient identifier that names no authority: a uri, or ' +
        '`{ from: [MSH-4, MSH-3] }`, the sender that the message names.',
    ),
  visit_number: z
    .array(z.enum(['PV1-19', 'PV1-50', 'PID-18']))
    .min(1)
    .optional()
    .describe('Fields of which the first populated one numbers the visit; default `[PV1-19]`.'),
  code_systems: z
    .record(z.string(), z.string())
    .optional()
    .describe('Name of a coding system (CWE.3) to its uri.'),
  default_code_systems: z
    .record(z.string(), z.string())
    .optional()
    .describe('HL7 field, e.g. `OBX-3`, to the uri of codes that name no system.'),
  units: z.record(z.string(), z.string()).optional().describe('Local unit to UCUM code.'),
});
export type DialectRow = z.infer<typeof dialect>;
