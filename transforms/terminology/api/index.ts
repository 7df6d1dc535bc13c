import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HttpEnv } from '../../../engine/http/index.ts';
import { type ResourceType, resourceTypes } from '../knowledge.ts';
import {
  capabilityStatement,
  operations,
  refused,
  terminologyCapabilities,
} from '../operations/index.ts';
import { failed, fhirResponse, refusal } from './outcome.ts';
import { isR5, toR4 } from './r4.ts';
import { readParameters } from './read-body.ts';
import type { TerminologyServiceOptions } from './service.ts';

export type { TerminologyServiceOptions } from './service.ts';

/** A value set with its code systems in the question; more is a release, to be imported. */
const bodyBytesMax = 16 * 1024 * 1024;

type Face = Hono<HttpEnv>;

/**
 * `/fhir` of terminology: operations, reads and searches of the three types. It answers in R4, and
 * in R5 who asks with `fhirVersion=5.0`. Every error is an OperationOutcome.
 */
export function createTerminologyFace(options: TerminologyServiceOptions): Face {
  const app: Face = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    if (c.env?.principal === undefined)
      return refusal(401, 'invalid', 'sign in with a bearer token');
    return next();
  });
  app.use(limitBodies());
  app.onError((cause) => failed(cause, options.bug));
  app.get('/metadata', (c) => metadata(c, options));
  for (const [name, operation] of Object.entries(operations)) {
    const [type, verb] = name.split('/');
    const answer = async (c: Context<HttpEnv>) => {
      const parameters = await readParameters(c.req.raw);
      const header = c.req.header('accept-language');
      const around = {
        knowledge: options.knowledge(),
        nowMs: Math.floor(options.nowUs() / 1_000),
        ...(header === undefined ? {} : { acceptLanguage: header }),
      };
      const resource = operation(parameters, around);
      return fhirResponse(isR5(c.req.raw) ? resource : toR4(resource));
    };
    app.on(['GET', 'POST'], `/${type}/$${verb}`, answer);
  }
  app.all('*', () => refusal(404, 'not-found', 'there is nothing at this address'));
  return app;
}

/** The types whose paths under `/fhir` are terminology's. */
export const terminologyTypes: readonly ResourceType[] = resourceTypes;

function limitBodies() {
  return bodyLimit({
    maxSize: bodyBytesMax,
    async onError(c: Context) {
      const { body } = c.req.raw;
      // A connection that is closed while its sender still sends takes the refusal with it.
      if (body !== null && !body.locked) for await (const _ of body);
      return refusal(413, 'too-costly', `a body holds at most ${bodyBytesMax} bytes`);
    },
  });
}

function metadata(c: Context<HttpEnv>, { about }: TerminologyServiceOptions): Response {
  const mode = c.req.query('mode') ?? 'full';
  if (mode === 'terminology') return fhirResponse(terminologyCapabilities(about, []));
  if (mode === 'full' || mode === 'normative') return fhirResponse(capabilityStatement(about));
  throw refused(400, 'invalid', `there is no mode ${mode}`);
}
