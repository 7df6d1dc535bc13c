import type { Landing } from '../../../engine/index.ts';
import {
  type FhirClient,
  FhirRequestError,
  isPassing,
  landingWindow,
  notAhead,
  readWhole,
} from '../client/index.ts';
import { envelope } from '../envelope.ts';
import { readPayload } from '../payload/index.ts';
import { type HistoryEntry, listOf, objectOf, parse, readHistoryPage } from './history-page.ts';
import { earlier, instantUs, later } from './instant.ts';
import { pageLinks } from './page-links.ts';
import type { PassOptions } from './pass.ts';

export type DeletionOptions = Omit<PassOptions, 'query' | 'since'> & {
  /** Resource types that are polled. */
  readonly types: readonly string[];
};

/** Where the server tells of deletions: a path below its base, and the types that it is for. */
export type History = { readonly path: string; readonly types: ReadonlySet<string> };

export type Offer = {
  readonly histories: readonly History[];
  /** Types of which no history tells. */
  readonly untold: readonly string[];
  /** The server's time, or ours where it gives none: of what was before there is nothing here. */
  readonly at: string;
};

const pageBytesMax = 64 * 1024 * 1024;
const statementBytesMax = 16 * 1024 * 1024;
/** Resources of one look, of which the newest version must be known: some 100 MB of them. */
const idsMax = 1_000_000;

/**
 * What the CapabilityStatement offers: the history of a type, or the whole server's. A server that
 * has none of it, or no statement, tells of no deletions.
 */
export async function historiesOf(options: DeletionOptions): Promise<Offer> {
  const { client, baseUrl, types, context } = options;
  const at = new Date(context.clock.nowUs() / 1000).toISOString();
  const nothing: Offer = { histories: [], untold: types, at };
  const response = await unlessRefused(client, `${baseUrl}/metadata`);
  if (response === undefined) return nothing;
  const statement = parse(await readWhole(response, statementBytesMax));
  const date = Date.parse(response.headers.get('date') ?? '');
  const rest = listOf(statement?.rest).find(({ mode }) => mode !== 'client');
  if (rest === undefined) return nothing;
  const has = (holder: unknown, code: string): boolean =>
    listOf(objectOf(holder).interaction).some((one) => one.code === code);
  const resources = new Map(listOf(rest.resource).map((one) => [one.type, one]));
  const ofType = types.filter((type) => has(resources.get(type), 'history-type'));
  const others = types.filter((type) => !ofType.includes(type));
  const ofSystem = others.length > 0 && has(rest, 'history-system');
  const histories = ofType.map((type) => ({ path: `${type}/_history`, types: new Set([type]) }));
  if (ofSystem) histories.push({ path: '_history', types: new Set(others) });
  const isDated = !Number.isNaN(date);
  return {
    histories,
    untold: ofSystem ? [] : others,
    at: isDated ? new Date(date).toISOString() : at,
  };
}

type Mark = { readonly watermark: string };

/**
 * Lands, as the DELETE that a sender would have sent, what a history says is there no more: the
 * newest word on a resource counts, so that one which was made anew stays. Reads what is newer than
 * the last look, less the overlap. False where the server refuses what it had offered.
 */
export async function runDeletions(
  options: DeletionOptions,
  history: History,
  begin: string,
): Promise<boolean> {
  const { context, client, baseUrl, closing, seen } = options;
  const key = `deletions|${history.path}`;
  const known = (context.state.get(key) as Mark | undefined)?.watermark;
  const from = known ?? begin;
  const newest = new Map<string, HistoryEntry>();
  const links = pageLinks(client);
  const search = new URLSearchParams({
    _since: earlier(from, options.overlapMs),
    _count: String(options.pageCount),
  });
  let mark = from;
  for (let url: string | undefined = `${baseUrl}/${history.path}?${search}`; url !== undefined; ) {
    if (closing.aborted) return true;
    links.visit(url);
    const response = await unlessRefused(client, url);
    if (response === undefined) return false;
    const { entries, unread, next } = readHistoryPage(await readWhole(response, pageBytesMax));
    if (unread > 0) options.flag('page-entry-unread');
    for (const entry of entries) {
      mark = later(mark, entry.changed) ?? mark;
      if (history.types.has(entry.type)) keepNewest(newest, entry);
    }
    if (newest.size > idsMax) throw new FhirRequestError('history-too-large', 200);
    url = next === undefined ? undefined : links.follow(next, url, entries.length);
  }
  const window = landingWindow(context);
  for (const entry of newest.values()) {
    const name = nameOf(entry);
    if (!entry.isDeleted || seen.has(name)) continue;
    await window.add(landingOf(entry, name, context.clock.nowUs()));
    window.mark(() => seen.set(name, instantUs(entry.changed ?? '') ?? 0));
  }
  await window.drain();
  mark = notAhead(mark, context.clock.nowUs());
  if (mark !== known) context.state.put(key, { watermark: mark } satisfies Mark);
  return true;
}

/** A history is told newest first, unless it says when each version was made. */
function keepNewest(newest: Map<string, HistoryEntry>, entry: HistoryEntry): void {
  const name = `${entry.type}/${entry.id}`;
  const before = newest.get(name);
  const isNewer =
    before?.changed !== undefined &&
    entry.changed !== undefined &&
    (instantUs(entry.changed) ?? 0) > (instantUs(before.changed) ?? 0);
  if (before === undefined || isNewer) newest.set(name, entry);
}

const nameOf = ({ type, id, version, changed = '' }: HistoryEntry): string =>
  `poll|${type}/${id}|deleted|${version}|${changed}`;

function landingOf({ type, id }: HistoryEntry, dedupeKey: string, receivedUs: number): Landing {
  const raw = envelope({ method: 'DELETE', url: `${type}/${id}` }, undefined);
  const read = readPayload(raw);
  const orderingKeys = 'refused' in read ? [] : read.payload.orderingKeys;
  return { raw, receivedUs, dedupeKey, orderingKeys, controlId: `${type}/${id}` };
}

/** Undefined where the server says that it will not, now or later. */
async function unlessRefused(client: FhirClient, url: string): Promise<Response | undefined> {
  try {
    return await client.request(url);
  } catch (cause) {
    const isFinal =
      cause instanceof FhirRequestError && (!isPassing(cause) || cause.status === 501);
    if (isFinal && cause.status > 0 && cause.status !== 401) return undefined;
    throw cause;
  }
}
