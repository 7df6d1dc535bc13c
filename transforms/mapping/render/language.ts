import { z } from 'zod';

/**
 * The mapping language in the other direction: FHIR resources rendered as HL7 v2. What a segment
 * stands for, which segments a message has, and one row for each field.
 */
const row = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'an id is lower-case words joined by hyphens')
    .describe('Stable id; a file that extends this one overrides the row by it.'),
  to: z.string().optional().describe('Field, or a component of it: `PID-5`, `PV1-19.1`.'),
  from: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe(
      'FHIR path, or several of which the first that has a value is taken: ' +
        '`Patient.telecom(use=work)`, `Encounter.participant(type=ATND).individual`. ' +
        '`Message.event`, `Message.time`, `Message.answered` and `Segment.number` are facts of ' +
        'the message itself.',
    ),
  value: z.string().optional().describe('A constant, in place of `from`.'),
  as: z.string().optional().describe('Conversion to the HL7 data type; default `string`.'),
  table: z.string().optional().describe('Code table of `tables`, read from right to left.'),
  codes: z
    .record(z.string(), z.string())
    .optional()
    .describe('FHIR code to HL7 code, for codes that several of the table come to.'),
  disable: z.boolean().optional(),
  note: z.string().optional().describe('Why the row is as it is.'),
});

const segment = z.string().regex(/^[A-Z][A-Z0-9]{2}[?*]?$/, 'a segment such as `PID`, `OBX*`');

/** A segment, or a group: the segment that it is one for each of, then what stands below it. */
export type SegmentList = readonly (string | SegmentList)[];

const group: z.ZodType<SegmentList> = z.lazy(() => z.array(z.union([segment, group])).min(1));

const message = z.strictObject({
  structure: z
    .string()
    .regex(/^[A-Z0-9_]+$/, 'write it like `ADT_A01`')
    .describe('MSH-9.3, such as `ADT_A01`.'),
  segments: z
    .array(z.union([segment, group]))
    .min(1)
    .describe(
      'Segments after MSH, in order. `?`: left out where nothing makes it; `*`: one for each. A ' +
        'list in the list is a group: once for each of its first segment, with what that ' +
        'refers to or has; a group may have groups.',
    ),
});

/** Keys of a mapping file. */
export const renderKeys = {
  render_segments: z
    .record(z.string().regex(/^[A-Z][A-Z0-9]{2}$/, 'expected a segment such as `PID`'), z.string())
    .optional()
    .describe('Segment to what it stands for: `Patient`, `Patient.contact`, `Message`.'),
  render_messages: z
    .record(z.string().regex(/^[A-Z][A-Z0-9]{2}\^[A-Z0-9]{3}$/, 'such as `ADT^A08`'), message)
    .optional()
    .describe('Message type to what it is made of.'),
  renders: z.array(row).optional().describe('One row for each field that is written.'),
};

export type RenderRow = z.infer<typeof row>;
export type RenderMessageRow = z.infer<typeof message>;
