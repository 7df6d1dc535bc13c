import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { z } from 'zod';
import { type HttpEnv, requireToken } from '../../engine/http/index.ts';
import { type ChannelView, channelVerbs, type Operations } from '../../engine/index.ts';
import type { Engine } from '../snapshot/index.ts';
import { fail, failWith } from './answers.ts';
import * as requests from './requests.ts';

export type ApiOptions = {
  readonly engine: Engine;
  readonly version: string;
  readonly network: string;
  readonly signedIn: (principal: string) => void;
  readonly bug: (cause: unknown) => void;
};

/** Orders are short, but for one that brings a message; a sender of more is not one of ours. */
const bodyBytesMax = 64 * 1024;
const bodyBytesMaxOf = (path: string): number =>
  path.endsWith('/quarantine/edit') ? requests.editBodyBytesMax : bodyBytesMax;

type Env = HttpEnv & { Variables: { operations: Operations } };
type Handler = (c: Context<Env>, operations: Operations) => Promise<Response> | Response;

/**
 * The HTTP face of `Operations`: what the console shows and what the command line tells a running
 * engine. Answers are JSON in the shapes of `engine/operations.ts`; every error is
 * `{error: {code, message}}`; 503 `starting` until the engine is there.
 */
export function createApi(options: ApiOptions): Hono<Env> {
  const api = new Hono<Env>();
  const at = (handler: Handler) => async (c: Context<Env>) => {
    const operations = options.engine();
    if (!operations) return fail(c, 503, 'starting', 'the engine is starting');
    return handler(c, operations);
  };
  api.use(requireToken);
  api.use((c, next) => {
    const maxSize = bodyBytesMaxOf(c.req.path);
    const onError = (): Response => fail(c, 413, 'body-too-large', `at most ${maxSize} bytes`);
    return bodyLimit({ maxSize, onError })(c, next);
  });
  api.onError((cause, c) => failWith(c, cause, options.bug));
  api.get('/session', (c) => {
    const principal = c.env.principal?.id ?? '';
    options.signedIn(principal);
    return c.json({ principal, version: options.version, network: options.network });
  });
  addViews(api, at);
  addLifecycle(api, at);
  addQuarantine(api, at);
  addReconversion(api, at);
  api.all('*', (c) => fail(c, 404, 'unknown-path', 'there is no such path'));
  return api;
}

type At = (handler: Handler) => (c: Context<Env>) => Promise<Response>;

function addViews(api: Hono<Env>, at: At): void {
  const get = (path: string, handler: Handler) => api.get(path, at(handler));
  get('/channels', (c, engine) => c.json(engine.channels()));
  get('/listening', (c, engine) => c.json(engine.listening()));
  get('/conservation', (c, engine) => c.json(engine.conservation()));
  get('/messages', (c, engine) => {
    const query = requests.messagesQuery.safeParse(c.req.query());
    if (!query.success) return misread(c, query.error);
    return c.json(firstOf(engine.messages(requests.defined(query.data)), query.data.limit));
  });
  get('/trace/:id', (c, engine) => {
    const path = requests.tracePath.safeParse(c.req.param());
    if (!path.success) return misread(c, path.error);
    const view = engine.trace(path.data.id);
    return view
      ? c.json(view)
      : fail(c, 404, 'unknown-message', 'there is no message with this id');
  });
  get('/quarantine', (c, engine) => {
    const query = requests.quarantineQuery.safeParse(c.req.query());
    return query.success
      ? c.json(engine.quarantine(requests.defined(query.data)))
      : misread(c, query.error);
  });
  get('/held', (c, engine) => {
    const query = requests.heldQuery.safeParse(c.req.query());
    if (!query.success) return misread(c, query.error);
    const { fingerprint, limit, ...rest } = query.data;
    const isWanted = (row: { fingerprint: string }) =>
      fingerprint === undefined || row.fingerprint === fingerprint;
    return c.json(firstOf(engine.held(requests.defined(rest)), limit, isWanted));
  });
}

function addLifecycle(api: Hono<Env>, at: At): void {
  for (const verb of channelVerbs) {
    api.post(
      `/channels/:name/${verb}`,
      at(async (c, operations) => {
        const name = c.req.param('name') ?? '';
        // Only a deployment may name a channel that does not run yet.
        if (verb !== 'deploy' && !viewOf(operations, name))
          return fail(c, 404, 'unknown-channel', `no channel is called \`${name}\``);
        const revision = await operations[verb](name);
        const view = viewOf(operations, name);
        return c.json({
          channel: name,
          state: view?.state ?? 'stopped',
          revision: revision ?? view?.revision ?? '',
        });
      }),
    );
  }
  api.post(
    '/reload',
    at(async (c, engine) => c.json({ swapped: await engine.reload() })),
  );
}

function viewOf(engine: Operations, name: string): ChannelView | undefined {
  return engine.channels().find(({ channel }) => channel === name);
}

function addQuarantine(api: Hono<Env>, at: At): void {
  const post = <Body>(
    path: string,
    schema: z.ZodType<Body>,
    act: (operations: Operations, body: Body, caller: string) => Promise<number>,
  ) =>
    api.post(
      path,
      at(async (c, operations) => {
        const body = schema.safeParse(await c.req.json().catch(() => undefined));
        if (!body.success) return misread(c, body.error);
        return c.json({ count: await act(operations, body.data, c.env.principal?.id ?? '') });
      }),
    );
  post('/quarantine/assign', requests.assignBody, (engine, { selection, owner, by }, caller) =>
    engine.assign(selection, owner, by ?? caller),
  );
  post('/quarantine/replay', requests.replayBody, (engine, { selection, by }, caller) =>
    engine.replay(selection, by ?? caller),
  );
  post('/quarantine/edit', requests.editBody, (engine, { id, raw, reason, by }, caller) =>
    engine.edit(id, Buffer.from(raw, 'base64'), reason, by ?? caller),
  );
  post('/quarantine/move', requests.moveBody, (engine, { selection, to, reason, by }, caller) =>
    engine.move(selection, to, reason, by ?? caller),
  );
  post('/quarantine/waive', requests.waiveBody, (engine, { selection, reason, by }, caller) =>
    engine.waive(selection, reason, by ?? caller),
  );
}

/** For the command line, which compares and then orders in slices. */
function addReconversion(api: Hono<Env>, at: At): void {
  api.post(
    '/reconvert',
    at(async (c, engine) => {
      const body = requests.reconvertBody.safeParse(await c.req.json().catch(() => undefined));
      if (!body.success) return misread(c, body.error);
      const { messages, reason, by = c.env.principal?.id ?? '' } = body.data;
      return c.json({ count: await engine.reconvert(messages, reason, by) });
    }),
  );
  api.post(
    '/reconvert/waiting',
    at(async (c, engine) => {
      const body = requests.waitingBody.safeParse(await c.req.json().catch(() => undefined));
      if (!body.success) return misread(c, body.error);
      return c.json(engine.waiting(body.data.channel, body.data.ids));
    }),
  );
}

function misread(c: Context, error: z.ZodError): Response {
  return fail(c, 400, 'not-understood', requests.mistakeOf(error));
}

/** Leaves the iterator as soon as there is enough, so that its store is free again. */
function firstOf<T>(rows: Iterable<T>, limit: number, isWanted: (row: T) => boolean = () => true) {
  const first: T[] = [];
  for (const row of rows) {
    if (isWanted(row)) first.push(row);
    if (first.length >= limit) break;
  }
  return first;
}
