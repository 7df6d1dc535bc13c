import type { Context } from 'hono';
import type { HttpEnv } from '../../engine/http/index.ts';
import { type Gate, type Issue, PlexusError, type SourceContext } from '../../engine/index.ts';
import { answer, refusal, said } from './answers/index.ts';
import { type BodyBudget, readBody } from './body.ts';
import { type Bad, bad, checkMedia } from './checks.ts';
import { readPayload } from './payload/index.ts';
import type { Receiver } from './receiver.ts';

export type ValidateOptions = {
  readonly context: SourceContext;
  readonly bodyBytesMax: number;
  readonly budget: BodyBudget;
  readonly receiver: Receiver;
};

/**
 * All other senders wait while one resource is judged: some tenths of a second for so much.
 * What is larger is judged on its way through the channel, by a worker.
 */
const judgedBytesMax = 2 * 1024 * 1024;

const tooLargeToJudge: Bad = {
  ...bad('body-too-large'),
  diagnostics:
    'A resource of over 2 MB is not judged here, as all other senders would wait for it; ' +
    '`./plexus validate` takes any, and so does the channel.',
};

type Json = Readonly<Record<string, unknown>>;

/**
 * https://hl7.org/fhir/R4/resource-operation-validate.html by the gate that the channel's messages
 * pass: a resource, or Parameters with `resource`, `profile` and `mode`. Nothing is stored, and the
 * answer is 200 whatever is found. Of a mode the content alone is judged, and that is said.
 */
export async function validate(
  c: Context<HttpEnv>,
  { context, bodyBytesMax, budget, receiver }: ValidateOptions,
  openGate: () => Gate,
): Promise<Response> {
  const wrongMedia = checkMedia(c.req.raw, { method: 'POST' });
  if (wrongMedia !== undefined) return receiver.refuse(wrongMedia, 0);
  const bytesMax = Math.min(bodyBytesMax, judgedBytesMax);
  const body = await readBody(c.req.raw, budget, bytesMax, context.clock);
  if ('refused' in body) {
    const isTooLarge = body.refused === 'body-too-large' && bytesMax < bodyBytesMax;
    return receiver.refuse(isTooLarge ? tooLargeToJudge : bad(body.refused), 0);
  }
  try {
    const asked = askedIn(body.raw, c.req.param('type'), {
      profiles: c.req.queries('profile') ?? [],
      modes: c.req.queries('mode') ?? [],
    });
    if ('code' in asked) return receiver.refuse(asked, body.raw.length);
    const { issues, unchecked } = openGate().judge(asked.resource, { profiles: asked.profiles });
    const found = [...issues, ...unchecked, ...asked.unchecked];
    const none = said('valid', 'Nothing is wrong with the resource.');
    return found.length === 0
      ? answer(200, 'informational', none)
      : answer(200, 'processing', found);
  } catch (cause) {
    if (!(cause instanceof PlexusError)) throw cause;
    return refusal(503, 'transient', cause.code, 'The gate of the channel could not be opened.');
  } finally {
    body.release();
  }
}

type Asked = {
  readonly resource: Json;
  readonly profiles: readonly string[];
  readonly unchecked: readonly Issue[];
};

/** What Parameters, or the address, name beside the resource. */
type Named = { readonly profiles: readonly string[]; readonly modes: readonly string[] };

const modes = new Set(['create', 'update', 'delete', 'profile']);

function askedIn(raw: Buffer, type: string | undefined, query: Named): Asked | Bad {
  const read = readPayload(raw);
  if ('refused' in read) return { status: 400, type: 'invalid', ...read.refused };
  const { value } = read.payload;
  const isWrapped = value.resourceType === 'Parameters';
  const { resource, ...named } = isWrapped
    ? parametersIn(value)
    : { resource: value, profiles: [], modes: [] };
  if (resource === undefined || (type !== undefined && resource.resourceType !== type)) {
    const diagnostics = 'Expected the resource of this address, or Parameters that hold it once.';
    return { status: 400, type: 'invalid', code: 'fhir-type-mismatch', diagnostics };
  }
  const [mode, ...more] = [...named.modes, ...query.modes];
  if (more.length > 0 || (mode !== undefined && !modes.has(mode))) {
    const diagnostics = 'The mode is one of create, update, delete and profile.';
    return { status: 400, type: 'invalid', code: 'fhir-request-invalid', diagnostics };
  }
  const unchecked = mode === undefined || mode === 'profile' ? [] : [uncheckedMode(mode)];
  return { resource, profiles: [...named.profiles, ...query.profiles], unchecked };
}

const uncheckedMode = (mode: string): Issue => ({
  severity: 'information',
  code: 'unchecked',
  diagnostics: `the content was judged; whether a ${mode} would be taken is not said here`,
});

function parametersIn({ parameter }: Json): Named & { readonly resource: Json | undefined } {
  const listed = (Array.isArray(parameter) ? parameter : []) as (Json | null)[];
  const named = (name: string) => listed.filter((one) => one?.name === name);
  const texts = (name: string) =>
    named(name).flatMap((one) => {
      const text = one?.valueUri ?? one?.valueCanonical ?? one?.valueUrl ?? one?.valueCode;
      return typeof text === 'string' ? [text] : [];
    });
  const [first, ...more] = named('resource');
  const resource = first?.resource;
  const isOne = typeof resource === 'object' && resource !== null && more.length === 0;
  return {
    resource: isOne ? (resource as Json) : undefined,
    profiles: texts('profile'),
    modes: texts('mode'),
  };
}
