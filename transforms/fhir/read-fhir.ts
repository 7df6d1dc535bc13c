import { z } from 'zod';
import {
  hold,
  type Issue,
  isTooDeep,
  limits,
  pass,
  type Stage,
  type StageComponent,
} from '../../engine/index.ts';
import type { Conversion } from './contribution.ts';
import { contributionsOf } from './contributions.ts';
import { readPayload } from './entries.ts';
import { parseFaithfully } from './json.ts';
import { statementsOf } from './patient-links.ts';

const schema = z
  .strictObject({
    source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected small letters, digits and dashes')
      .describe('Whose ids these are: the same id from another source is another resource.'),
  })
  .describe('Reads FHIR R4 as it was sent.');

type Config = z.output<typeof schema>;

/** The first stage of a channel whose source speaks FHIR: a resource, or a Bundle of them. */
export const readFhirStage: StageComponent<Config> = {
  role: 'stage',
  name: 'read-fhir',
  flow: { takes: 'message', gives: 'resources' },
  summary: 'Takes FHIR R4 JSON (a resource, a Bundle, or one entry of it) apart into resources.',
  guarantees:
    'The same resource sent again gets the same id; references inside a source stay whole; what ' +
    'is not FHIR R4 is held with every mistake that was found.',
  example: 'read-fhir: { source: north-general }',
  schema,
  create({ source }) {
    const stage: Stage<undefined, Conversion> = {
      name: 'read-fhir',
      run({ raw, sha256 }) {
        const payload = parseJson(raw);
        if ('issue' in payload) return hold([payload.issue]);
        const read = readPayload(payload.value);
        const { messageType, controlId, issues } = read;
        if (issues.length > 0) return hold(issues.slice(0, issuesMax));
        const { contributions, unresolved } = contributionsOf(source, sha256, read);
        if (unresolved.length > 0) return hold(unresolved.slice(0, issuesMax));
        const said = statementsOf(contributions);
        const conversion: Conversion = {
          messageType,
          controlId,
          contributions,
          ...(read.isTransaction ? { isTransaction: true } : {}),
          unvisited: [],
          issues: said.issues,
          marks: [],
          ...(said.statements.length === 0 ? {} : { statements: said.statements }),
          provenance: { mapping: `read-fhir:${source}`, maps: [] },
        };
        return pass(conversion, said.issues);
      },
    };
    return stage as Stage;
  },
};

/** More mistakes than a person reads; the rest is of the same kind. */
const issuesMax = 100;

function parseJson(raw: Buffer): { readonly value: unknown } | { readonly issue: Issue } {
  const refuse = (code: string, diagnostics: string) => ({
    issue: { severity: 'fatal', code, diagnostics } as const,
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return refuse('fhir-encoding-invalid', 'the payload is not valid UTF-8');
  }
  try {
    const value = parseFaithfully(text);
    if (!isTooDeep(value)) return { value };
    return refuse(
      'fhir-too-deep',
      `the payload is nested deeper than ${limits.jsonDepthMax} levels`,
    );
  } catch {
    return refuse('fhir-json-invalid', 'the payload is not valid JSON');
  }
}
