import type { Context } from 'hono';
import type { HttpEnv } from '../../engine/http/index.ts';
import { type Gate, PlexusError, type SourceContext } from '../../engine/index.ts';
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

type Json = Readonly<Record<string, unknown>>;

/**
 * https://hl7.org/fhir/R4/resource-operation-validate.html by the gate that the channel's messages
 * pass: a resource, or Parameters with `resource` and `profile`. Nothing is stored, and the answer
 * is 200 whatever is found.
 */
export async function validate(
  c: Context<HttpEnv>,
  { context, bodyBytesMax, budget, receiver }: ValidateOptions,
  openGate: () => Gate,
): Promise<Response> {
  const wrongMedia = checkMedia(c.req.raw, { method: 'POST' });
  if (wrongMedia !== undefined) return receiver.refuse(wrongMedia, 0);
  const body = await readBody(c.req.raw, budget, bodyBytesMax, context.clock);
  if ('refused' in body) return receiver.refuse(bad(body.refused), 0);
  try {
    const asked = askedIn(body.raw, c.req.param('type'), c.req.query('profile'));
    if ('code' in asked) return receiver.refuse(asked, body.raw.length);
    const { issues, unchecked } = openGate().judge(asked.resource, { profiles: asked.profiles });
    const found = [...issues, ...unchecked];
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

type Asked = { readonly resource: Json; readonly profiles: readonly string[] };

function askedIn(raw: Buffer, type: string | undefined, profile: string | undefined): Asked | Bad {
  const read = readPayload(raw);
  if ('refused' in read) return { status: 400, type: 'invalid', ...read.refused };
  const { value } = read.payload;
  const isWrapped = value.resourceType === 'Parameters';
  const { resource, profiles } = isWrapped
    ? parametersIn(value)
    : { resource: value, profiles: [] };
  if (resource === undefined || (type !== undefined && resource.resourceType !== type)) {
    const diagnostics = 'Expected the resource of this address, or Parameters that hold it.';
    return { status: 400, type: 'invalid', code: 'fhir-type-mismatch', diagnostics };
  }
  return { resource, profiles: profile === undefined ? profiles : [...profiles, profile] };
}

function parametersIn({ parameter }: Json): {
  readonly resource: Json | undefined;
  readonly profiles: readonly string[];
} {
  const listed = (Array.isArray(parameter) ? parameter : []) as (Json | null)[];
  const named = (name: string) => listed.filter((one) => one?.name === name);
  const [first] = named('resource');
  const profiles = named('profile').flatMap((one) => {
    const url = one?.valueUri ?? one?.valueCanonical ?? one?.valueUrl;
    return typeof url === 'string' ? [url] : [];
  });
  const resource = first?.resource;
  const isResource = typeof resource === 'object' && resource !== null;
  return { resource: isResource ? (resource as Json) : undefined, profiles };
}
