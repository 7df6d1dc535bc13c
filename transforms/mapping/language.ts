import { z } from 'zod';
import { type DialectRow, dialect } from './dialect-row.ts';
import { keyPart, path, paths } from './key-part.ts';
import { renderKeys } from './render/index.ts';
import { rowKeys, rowMessageType, testRow } from './rows/index.ts';

export type { KeyPart } from './key-part.ts';
export type { DialectRow };

/**
 * The mapping language: one YAML file for one source. What a message makes (`messages`), the things
 * it makes (`resources` and their repeating `parts`), and one row for each rule that fills an
 * element.
 */
const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'an id is lower-case words joined by hyphens')
  .describe('Stable id; a file that extends this one overrides the row by it.');

const literal = z.union([z.string(), z.number(), z.boolean()]);

const clauses = z
  .record(z.string(), z.union([literal, z.array(literal).min(1)]))
  .describe(
    'All must hold. Keys: `trigger`, `message`, or an HL7 path, and in a rule `made` with the id ' +
      'of a resource, or `visit` with the field that numbers it (`visit_number`); `not KEY` ' +
      'turns one round. Values: one value, a list of values, `present` or `absent`.',
  );
const condition = z
  .union([clauses, z.array(clauses).min(1)])
  .describe('What must hold; of a list of such, one.');

const ending = z
  .record(z.string(), z.unknown())
  .describe('Element to the constant that it becomes; null removes it.');

const resource = z.strictObject({
  id,
  type: z.string().optional().describe('FHIR resource type.'),
  each: z
    .string()
    .optional()
    .describe('Segment, each occurrence of which makes one; for a part also a repeating field.'),
  key: z
    .array(keyPart)
    .optional()
    .describe('Business key: what tells this one from others of its source, in every message.'),
  missing: z
    .string()
    .regex(/^[a-z-]+$/, 'write lower-case words joined by hyphens')
    .optional()
    .describe('Issue code when the key is missing.'),
  once: z
    .boolean()
    .optional()
    .describe('Left out where the message makes one of the same key already.'),
  update: z
    .enum(['snapshot', 'action', 'append'])
    .optional()
    .describe(
      'What a list of this segment says of those it leaves out. `snapshot`: they are `ended`; ' +
        '`action`: the segment`s action code says what becomes of each, absence nothing; ' +
        '`append`: absence ends nothing.',
    ),
  ended: ending.optional().describe('What a snapshot that leaves one out makes of it.'),
  deleted: ending.optional().describe('What the action code D makes of one.'),
  when: condition.optional(),
  authority: condition
    .optional()
    .describe(
      'Messages that say how it is; what all others say of it counts only where nothing is known.',
    ),
  shared: z
    .boolean()
    .optional()
    .describe('The same key twice in a message is one resource, as a patient; else two.'),
  replaces: z
    .record(z.string(), z.array(z.string()).min(1))
    .optional()
    .describe('Element to others that go when it is set anew and they are not: its reading.'),
  grows: z
    .array(z.string())
    .optional()
    .describe('List elements of which nothing goes: a message may name some of the items alone.'),
  corrects: condition
    .optional()
    .describe('It corrects or deletes an earlier one: held where not exactly one is known.'),
  cancels: condition
    .optional()
    .describe('As `corrects`, but it may also be the first that is heard of it.'),
  deletes: condition
    .optional()
    .describe('It is there no more, as after `message: specimen^delete` of a database row.'),
  disable: z.boolean().optional(),
  note: z.string().optional().describe('Why the row is as it is.'),
});

const part = z.strictObject({
  id,
  of: z.string().optional().describe('Resource (or part) that it belongs to.'),
  element: z.string().optional().describe('Repeating element that each occurrence adds to.'),
  each: z.string().optional().describe('Segment or repeating field.'),
  join: z
    .strictObject({
      by: path.describe('Segments with the same value here, or none, fill one item together.'),
      once: path.describe('A second segment with the same value here begins another item.'),
    })
    .optional()
    .describe('For segments that come in groups, such as OBX by OBX-4.'),
  needs: z
    .array(z.union([z.string(), z.array(z.string()).min(1)]))
    .optional()
    .describe(
      'Elements without which an item is left out, beside those that FHIR requires; of a list ' +
        'in it, one.',
    ),
  update: z
    .enum(['snapshot', 'append'])
    .optional()
    .describe('`snapshot`: a list that is sent replaces the one before; `append`: it adds to it.'),
  when: condition.optional(),
  disable: z.boolean().optional(),
  note: z.string().optional(),
});

const rule = z.strictObject({
  id,
  to: z.string().optional().describe('Resource or part id, then the element: `patient.birthDate`.'),
  from: paths.optional(),
  value: z.unknown().optional().describe('A constant, in place of `from`.'),
  reference: z.string().optional().describe('Id of a resource of this mapping to refer to.'),
  as: z.string().optional().describe('Conversion from the HL7 data type; default `string`.'),
  table: z.string().optional().describe('Code table of `tables`.'),
  with: z.record(z.string(), literal).optional().describe('Settings of the conversion.'),
  using: z
    .string()
    .optional()
    .describe('Function of `script` that is given the field: what it gives is converted in turn.'),
  mark: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'write lower-case words joined by hyphens')
    .optional()
    .describe('Use for which the translate stage looks this code up, e.g. `lab-code`.'),
  when: condition.optional(),
  strict: z
    .boolean()
    .optional()
    .describe('A value that cannot be read holds the message, instead of a warning.'),
  initial: z
    .boolean()
    .optional()
    .describe('Only where the record has no value yet: never changes one that is there.'),
  ends: z
    .boolean()
    .optional()
    .describe('The value is one of the element`s no longer: it is taken out, not put in.'),
  disable: z.boolean().optional(),
  note: z.string().optional().describe('Why the row is as it is.'),
});

const coded = z.strictObject({
  code: z.string(),
  system: z.string().optional(),
  display: z.string().optional(),
});

const table = z.strictObject({
  system: z.string().optional().describe('Code system of the targets.'),
  original: z
    .string()
    .optional()
    .describe('Code system of the sender`s codes, kept as the first coding.'),
  codes: z.record(z.string(), z.union([z.string(), coded])),
  words: z
    .record(z.string(), z.string())
    .optional()
    .describe('What senders write in place of a code, in capitals: that code.'),
  otherwise: z
    .union([z.string(), coded])
    .optional()
    .describe('For a code that is not listed; without it such a code is an issue.'),
});

const testCase = z.strictObject({
  name: z.string(),
  message: z.string().optional().describe('One segment a line.'),
  row: testRow.optional().describe('Table to the row that is there: column to value, or null.'),
  deleted_row: testRow.optional().describe('Table to what is told of a row that was deleted.'),
  expect: z
    .record(z.string(), z.unknown())
    .describe('Path such as `Patient.name[0].family` to its value; `null`: nothing there.'),
  outcome: z.enum(['converted', 'quarantined', 'filtered']).optional(),
  removed: z
    .array(z.string())
    .optional()
    .describe('Elements that must be emptied, such as `Patient.address`.'),
  issues: z.array(z.string()).optional().describe('Issue codes that must occur, and no others.'),
});

const messageType = new RegExp(`^[A-Z][A-Z0-9]{2}\\^[A-Z0-9]{3}$|${rowMessageType.source}`);

export const mappingSchema = z.strictObject({
  mapping: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case words joined by hyphens')
    .describe('Name; the same as the file`s.'),
  extends: z.string().optional().describe('Mapping whose rows this one starts from: `base`.'),
  include: z.array(z.string()).optional().describe('Base only: files that make it up.'),
  source: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'write lower-case words joined by hyphens')
    .optional()
    .describe('Slug of the sender; part of every id and of its identifier systems.'),
  description: z.string().optional(),
  script: z
    .string()
    .regex(/^functions\/[a-z0-9][a-z0-9/-]*\.ts$/, 'a file such as `functions/NAME.ts`')
    .optional()
    .describe('TypeScript file beside the mapping, whose functions rules name by `using`.'),
  dialect: dialect.optional(),
  tables: z.record(z.string(), table).optional(),
  messages: z
    .record(
      z.string().regex(messageType, 'a message type such as `ADT^A01`, or a table of `rows`'),
      z.union([z.literal('filter'), z.array(z.string())]),
    )
    .optional()
    .describe(
      'Message type to the resources it makes; `id?`: left out when its key is missing; `id{2}`: ' +
        'held with fewer than two.',
    ),
  also: z
    .array(z.string())
    .optional()
    .describe(
      'Resources that each message makes beside those of its type, where it has their segment, ' +
        'such as `participation?`; those of the mapping that this one extends stay.',
    ),
  ignore: z
    .array(path)
    .optional()
    .describe('Fields that carry nothing to map; the loss report leaves them out.'),
  resources: z.array(resource).optional(),
  parts: z.array(part).optional(),
  rules: z.array(rule).optional(),
  ...rowKeys,
  ...renderKeys,
  tests: z.array(testCase).optional(),
});

export type MappingFile = z.infer<typeof mappingSchema>;
export type ResourceRow = z.infer<typeof resource>;
export type PartRow = z.infer<typeof part>;
export type RuleRow = z.infer<typeof rule>;
export type TableRow = z.infer<typeof table>;
export type Clauses = z.infer<typeof clauses>;
export type Condition = z.infer<typeof condition>;
export type TestCase = z.infer<typeof testCase>;
