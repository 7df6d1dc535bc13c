import { createHash } from 'node:crypto';
import type { Issue, Landing, SourceContext } from '../../../engine/index.ts';
import {
  type FhirClient,
  type LandingWindow,
  landingWindow,
  notAhead,
  readWhole,
} from '../client/index.ts';
import { readPayload } from '../payload/index.ts';
import { earlier, instantUs, isLater, later, usOf } from './instant.ts';
import { type PageEntry, readPage } from './page.ts';
import { pageLinks } from './page-links.ts';

export type PassOptions = {
  readonly context: SourceContext;
  readonly client: FhirClient;
  readonly baseUrl: string;
  /** `Observation?category=laboratory`. */
  readonly query: string;
  readonly since?: string | undefined;
  readonly overlapMs: number;
  readonly pageCount: number;
  readonly closing: AbortSignal;
  /** What was landed of late, by duplicate key, with its time; lives as long as the source. */
  readonly seen: Map<string, number>;
  flag(code: string): void;
};

const pageBytesMax = 64 * 1024 * 1024;
const seenMax = 200_000;

/** How far a query has come; durable. */
type Mark = { readonly watermark: string };

/**
 * One pass over a query: everything that was updated since the watermark, less the overlap, oldest
 * first. The watermark moves when what lies before it is landed. Where the server sorts by
 * `_lastUpdated`, each page after the first is asked for by the time of the last resource: paging
 * by position would skip one whenever another moves to the end. Only what was updated in the same
 * instant, and a server that does not sort, is paged by its `next` links.
 */
export async function runPass(options: PassOptions): Promise<void> {
  const { context, client, query, closing, flag } = options;
  const key = `watermark|${query}`;
  const window = landingWindow(context);
  let watermark = (context.state.get(key) as Mark | undefined)?.watermark ?? options.since;
  let latest = watermark;
  let bound = watermark && earlier(watermark, options.overlapMs);
  let url = searchUrl(options, bound);
  let isOrdered = true;
  const links = pageLinks(client);

  function keep(reached: string | undefined): void {
    const mark = reached && notAhead(reached, context.clock.nowUs());
    if (mark !== reached) flag('last-updated-ahead');
    if (mark === undefined || mark === watermark) return;
    watermark = mark;
    context.state.put(key, { watermark: mark } satisfies Mark);
  }

  while (!closing.aborted) {
    links.visit(url);
    const response = await client.request(url);
    const page = readPage(await readWhole(response, pageBytesMax));
    await landPage(page.entries, options, window);
    if (page.unread > 0) flag('page-entry-unread');
    const times = page.entries
      .filter(({ mode }) => mode === 'match')
      .map((each) => each.lastUpdated);
    if (times.includes(undefined)) flag('last-updated-missing');
    isOrdered &&= page.isOrdered && ascend(times, bound);
    const last = times.reduce(later, undefined);
    latest = later(latest, last);
    if (isOrdered) keep(latest);
    if (page.next === undefined) break;
    if (isOrdered && isLater(last, bound)) {
      bound = last;
      url = searchUrl(options, bound);
      continue;
    }
    url = links.follow(page.next, url, page.entries.length);
  }
  if (closing.aborted) return;
  keep(latest);
  forget(options.seen, watermark && earlier(watermark, options.overlapMs));
}

function searchUrl({ baseUrl, query, pageCount }: PassOptions, bound: string | undefined): string {
  const [type, parameters = ''] = query.split('?', 2);
  const search = new URLSearchParams(parameters);
  search.set('_sort', '_lastUpdated');
  search.set('_count', String(pageCount));
  if (bound !== undefined) search.set('_lastUpdated', `ge${bound}`);
  return `${baseUrl}/${type}?${search}`;
}

/** Lands what is new of a page; it counts as seen once all of it is durable. */
async function landPage(
  entries: readonly PageEntry[],
  options: PassOptions,
  window: LandingWindow,
): Promise<void> {
  const fresh = new Map<string, number>();
  for (const entry of entries) {
    const hash = createHash('sha256').update(entry.raw).digest('base64');
    const landing = landingOf(entry, hash, options);
    const name = `${landing.dedupeKey}|${hash}`;
    if (options.seen.has(name)) continue;
    await window.add(landing);
    fresh.set(name, instantUs(entry.lastUpdated ?? '') ?? 0);
  }
  await window.drain();
  for (const [name, us] of fresh) if (options.seen.size < seenMax) options.seen.set(name, us);
}

/**
 * A version of a resource is known again by its id, version and time; what has neither of the two,
 * and what the server says of the search itself, by its bytes.
 */
function landingOf(entry: PageEntry, hash: string, { context, query }: PassOptions): Landing {
  const { raw, type, id, version, lastUpdated = '', mode } = entry;
  const receivedUs = context.clock.nowUs();
  const landing = { raw, receivedUs, orderingKeys: [] };
  if (mode === 'outcome') {
    const dedupeKey = `poll|outcome|${query}|${hash}`;
    const code = 'search-outcome';
    return isFailure(raw)
      ? { ...landing, dedupeKey, refused: [searchFailed] }
      : { ...landing, dedupeKey, filtered: code };
  }
  const isKnown = id !== '' && (version !== '' || lastUpdated !== '');
  const dedupeKey = `poll|${type}/${id}|${isKnown ? `${version}|${lastUpdated}` : hash}`;
  const read = readPayload(raw);
  const named = id === '' ? landing : { ...landing, controlId: `${type}/${id}` };
  if ('refused' in read) return { ...named, dedupeKey, refused: [read.refused] };
  return { ...named, dedupeKey, orderingKeys: read.payload.orderingKeys };
}

const searchFailed: Issue = {
  severity: 'error',
  code: 'search-failed-in-part',
  diagnostics:
    'The server put an OperationOutcome with an error into a page; something is missing.',
};

function isFailure(raw: Buffer): boolean {
  const { issue } = JSON.parse(raw.toString('utf8')) as { issue?: { severity?: unknown }[] };
  const severities = Array.isArray(issue) ? issue.map((each) => each?.severity) : [];
  return severities.some((severity) => severity === 'error' || severity === 'fatal');
}

/** Are these times there, in order, and none before what was asked for? */
function ascend(times: readonly (string | undefined)[], bound: string | undefined): boolean {
  let before = bound;
  for (const time of times) {
    if (time === undefined || isLater(before, time)) return false;
    before = time;
  }
  return true;
}

function forget(seen: Map<string, number>, bound: string | undefined): void {
  const boundUs = usOf(bound);
  for (const [name, us] of seen) if (us < boundUs) seen.delete(name);
}
