import { z } from 'zod';

export const path = z.string().describe('HL7 path such as `PID-5`, `PID-3.4.2`, `OBX-5[2]`.');
export const paths = z
  .union([path, z.array(path).min(1)])
  .describe('HL7 path, or several of which the first populated one is taken.');

/** What tells a resource from others of its source, in every message. */
export const keyPart: z.ZodType<KeyPart> = z.lazy(() =>
  z.union([
    z.string(),
    z.strictObject({
      identifier: paths.describe('CX or EI field: its authority and its value.'),
      authority: z
        .literal('required')
        .optional()
        .describe('Without an authority the dialect`s default is taken; without that, none.'),
      like: path
        .optional()
        .describe('Field whose one authority is meant where the number names none.'),
      every: z
        .boolean()
        .optional()
        .describe('Each further number of the same authority and type names one more.'),
      placeholders: z
        .array(z.string())
        .optional()
        .describe('Values that senders write where there is no number, such as `9999`.'),
    }),
    z.strictObject({
      visit: z
        .enum(['current', 'prior'])
        .describe('The number of the visit (`visit_number`), or the one that MRG replaces.'),
    }),
    z.strictObject({ place: path.describe('PL field: what tells this place from others.') }),
    z.strictObject({ code: path.describe('Coded field: code and code system.') }),
    z.strictObject({ text: z.string().describe('A word that tells two rows of one type apart.') }),
    z.strictObject({ first: z.array(z.union([keyPart, z.array(keyPart).min(1)])).min(1) }),
  ]),
);
export type KeyPart =
  | string
  | {
      identifier: string | string[];
      authority?: 'required' | undefined;
      like?: string | undefined;
      every?: boolean | undefined;
      placeholders?: string[] | undefined;
    }
  | { visit: 'current' | 'prior' }
  | { place: string }
  | { code: string }
  | { text: string }
  | { first: (KeyPart | KeyPart[])[] };
