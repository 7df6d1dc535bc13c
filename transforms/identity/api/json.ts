import { type Context, Hono } from 'hono';
import type { HttpEnv } from '../../../engine/http/index.ts';
import { ConfigError, exitCodes, PlexusError } from '../../../engine/index.ts';
import type { DeskInput, DeskOutput, DeskVerb, Named } from '../desk/index.ts';
import { downstreamOf, type Unmerged } from '../registry/index.ts';
import { purposeOf, type Touched } from './access.ts';
import { limitBodies } from './body-limit.ts';
import type { Service } from './service.ts';
import { type WishVerb, wishes } from './wishes.ts';

/** Orders and questions are short. */
const bodyBytesMax = 64 * 1024;

/**
 * `/api/identity/VERB`: what stewards ask and order, for console and command line. POST with a JSON
 * body, so that no URL holds a number of anybody; errors are `{error: {code, message}}`.
 */
export function createJsonFace(service: Service): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    if (c.env?.principal !== undefined) return next();
    return fail(401, 'unauthorized', 'sign in with a bearer token');
  });
  app.use(
    limitBodies(bodyBytesMax, () => fail(413, 'body-too-large', `at most ${bodyBytesMax} bytes`)),
  );
  app.post('/:verb', async (c) => {
    const verb = c.req.param('verb');
    if (!Object.hasOwn(wishes, verb)) return fail(404, 'unknown-path', 'there is no such verb');
    return answer(c, service, verb as WishVerb);
  });
  app.all('*', () => fail(404, 'unknown-path', 'there is no such path'));
  return app;
}

async function answer(c: Context<HttpEnv>, service: Service, verb: WishVerb): Promise<Response> {
  const principal = c.env.principal?.id ?? '';
  const isChange = verb === 'merge' || verb === 'unmerge' || verb === 'decide';
  const access = {
    principal,
    action: verb,
    isChange,
    purpose: purposeOf(c.req.header('x-purpose-of-use')),
  };
  const parsed = wishes[verb].safeParse(await c.req.json().catch(() => undefined));
  if (!parsed.success) return fail(400, 'not-understood', mistakeOf(parsed.error));
  const by = 'by' in parsed.data && parsed.data.by !== undefined ? parsed.data.by : principal;
  try {
    const { out, touched } = await carryOut(service, verb, { ...parsed.data, by });
    service.audit({ ...access, by, persons: [], records: [], ...touched, outcome: 'ok' });
    return Response.json(out);
  } catch (cause) {
    const code = cause instanceof PlexusError ? cause.code : 'bug';
    const about = await whomItWasAbout(service, verb, parsed.data);
    service.audit({ ...access, by, persons: [], records: [], ...about, outcome: code });
    if (!(cause instanceof PlexusError)) service.bug(cause);
    return failWith(cause);
  }
}

type Done = { readonly out: unknown; readonly touched?: Touched };

async function carryOut(
  { desk, nowUs, downstream, republish }: Service,
  verb: WishVerb,
  given: { readonly by: string; readonly republish?: boolean | undefined },
): Promise<Done> {
  const { republish: isRepublished = false, ...wish } = defined(given);
  if (verb !== 'merge' && verb !== 'unmerge' && verb !== 'decide') {
    const { by: _asker, ...question } = wish;
    const out = await desk.ask(verb, question as DeskInput<typeof verb>);
    return { out, ...touchedBy(verb, out) };
  }
  const order = { ...wish, atUs: nowUs() } as unknown as DeskInput<typeof verb>;
  const out = await desk.ask(verb, order);
  const parted = partedBy(verb, out);
  const items = parted.flatMap((one) => [...downstreamOf(one, downstream)]);
  const messages = [...new Set(parted.flatMap((one) => one.messages))];
  const republished = isRepublished ? await republish(messages, given.by) : undefined;
  const more = verb === 'merge' ? {} : { messages, downstream: items, ...defined({ republished }) };
  return { out: { ...out, ...more }, touched: touchedByOrder(verb, out) };
}

/** Whom a refused order named, for the record; nothing of one that names nobody on file. */
async function whomItWasAbout(
  { desk }: Service,
  verb: WishVerb,
  wish: object,
): Promise<Touched | undefined> {
  const { survivor, absorbed, person, review } = wish as {
    readonly [name in 'survivor' | 'absorbed' | 'person']?: Named;
  } & { readonly review?: number };
  try {
    if (verb === 'merge' && survivor && absorbed) {
      const { persons } = await desk.ask('explain', { a: survivor, b: absorbed });
      return { persons: [...new Set(persons)] };
    }
    if (verb === 'unmerge' && person)
      return { persons: [(await desk.ask('history', { of: person })).person] };
    if (verb === 'decide' && review !== undefined)
      return touchedBy('reviewCase', await desk.ask('reviewCase', { review })).touched;
  } catch {
    // What refused the order refuses the question too; the order's own code is what is kept.
  }
  return undefined;
}

type Ordered = DeskOutput<'merge' | 'unmerge' | 'decide'>;

/** What an order took apart. */
function partedBy(verb: DeskVerb, out: Ordered): readonly Unmerged[] {
  if (verb === 'unmerge') return [out as Unmerged];
  return verb === 'decide' ? (out as DeskOutput<'decide'>).parted : [];
}

function touchedByOrder(verb: DeskVerb, out: Ordered): Touched {
  if (verb === 'merge') {
    const { survivor, absorbed, view } = out as DeskOutput<'merge'>;
    return { persons: [survivor, absorbed], records: view.records };
  }
  const parted = partedBy(verb, out);
  const own = verb === 'decide' ? [(out as DeskOutput<'decide'>).person] : [];
  const persons = parted.flatMap(({ survivor, restored }) => [survivor, restored]);
  return {
    persons: [...new Set([...own, ...persons])],
    records: parted.flatMap(({ moved }) => moved),
  };
}

/** Who was shown or changed. */
function touchedBy<Verb extends DeskVerb>(
  verb: Verb,
  out: DeskOutput<Verb>,
): { readonly touched?: Touched } {
  const said = out as unknown as Partial<{
    person: string;
    persons: readonly string[];
    records: readonly number[];
    view: { readonly person: string; readonly records: readonly number[] };
    sides: readonly { readonly record: number; readonly person: string }[];
  }>;
  if (verb === 'labels') {
    const pairs = out as DeskOutput<'labels'>;
    return { touched: { persons: [], records: pairs.flatMap(({ records }) => records) } };
  }
  const sides = said.sides ?? [];
  const persons = [
    ...(said.persons ?? []),
    ...[said.person, said.view?.person].filter((one) => one !== undefined),
    ...sides.map(({ person }) => person),
  ];
  const records = [
    ...(said.records ?? []),
    ...(said.view?.records ?? []),
    ...sides.map(({ record }) => record),
  ];
  return { touched: { persons: [...new Set(persons)], records } };
}

/** Leaves out what is undefined, as exact optional properties want it. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function mistakeOf({
  issues: [first],
}: {
  readonly issues: readonly { path: PropertyKey[]; message: string }[];
}) {
  const where = first?.path.join('.') ?? '';
  return `${where ? `${where}: ` : ''}${first?.message ?? 'not understood'}`;
}

function fail(status: number, code: string, message: string, more: object = {}): Response {
  const headers = status === 503 ? { 'Retry-After': '2' } : undefined;
  const init = headers === undefined ? { status } : { status, headers };
  return Response.json({ error: { code, message, ...more } }, init);
}

function failWith(cause: unknown): Response {
  if (cause instanceof ConfigError)
    return fail(422, cause.code, cause.message, { issues: cause.issues });
  if (!(cause instanceof PlexusError))
    return fail(500, 'bug', 'an error inside Plexus; its log says where');
  const { code, message, exit } = cause;
  if (exit === exitCodes.config) return fail(422, code, message);
  if (exit !== exitCodes.usage) return fail(503, code, message);
  return fail(code.startsWith('identity-unknown-') ? 404 : 400, code, message);
}
