import { isUtf8 } from 'node:buffer';
import { FhirRequestError } from '../client/index.ts';
import { instantUs } from './instant.ts';
import { itemsOf, membersOf } from './slices.ts';

/** One entry of a page: its resource as it was written, and what polling needs to know of it. */
export type PageEntry = {
  readonly raw: Buffer;
  readonly mode: 'match' | 'include' | 'outcome';
  readonly type: string;
  /** '' where the server gives none. */
  readonly id: string;
  readonly version: string;
  /** As the server wrote it; undefined where it is missing or no instant. */
  readonly lastUpdated: string | undefined;
};

export type Page = {
  readonly entries: readonly PageEntry[];
  /** Entries that hold no resource: nothing of them can land. */
  readonly unread: number;
  readonly next: string | undefined;
  /**
   * The server says that it searched by `_lastUpdated` in this order; `self` tells what a server
   * used of a search.
   */
  readonly isOrdered: boolean;
};

type Json = Readonly<Record<string, unknown>>;

/** Reads a searchset Bundle. Throws FhirRequestError `page-invalid` for anything else. */
export function readPage(raw: Buffer): Page {
  const bundle = parse(raw);
  if (bundle?.resourceType !== 'Bundle') throw new FhirRequestError('page-invalid', 200);
  const links = new Map(
    listOf(bundle.link).map(({ relation, url }) => [String(relation), String(url)]),
  );
  const start = raw.indexOf(0x7b);
  const entry = membersOf(raw, start).get('entry');
  const slices = entry === undefined ? [] : itemsOf(raw, entry.from);
  const entries = listOf(bundle.entry).flatMap((each, n): PageEntry[] => {
    const slice = slices[n] && membersOf(raw, slices[n].from).get('resource');
    const resource = each.resource as Json | undefined;
    if (slice === undefined || typeof resource !== 'object' || resource === null) return [];
    return [entryOf(resource, each.search as Json | undefined, raw.subarray(slice.from, slice.to))];
  });
  const unread = listOf(bundle.entry).length - entries.length;
  return { entries, unread, next: links.get('next'), isOrdered: isOrderedBy(links.get('self')) };
}

function entryOf(resource: Json, search: Json | undefined, raw: Buffer): PageEntry {
  const meta = resource.meta as Json | undefined;
  const type = textOf(resource.resourceType);
  const lastUpdated = textOf(meta?.lastUpdated);
  const mode = search?.mode;
  return {
    raw,
    mode:
      mode === 'include' || mode === 'outcome'
        ? mode
        : type === 'OperationOutcome'
          ? 'outcome'
          : 'match',
    type,
    id: textOf(resource.id),
    version: textOf(meta?.versionId),
    lastUpdated: instantUs(lastUpdated) === undefined ? undefined : lastUpdated,
  };
}

function isOrderedBy(self: string | undefined): boolean {
  if (self === undefined || !URL.canParse(self, 'http://relative')) return false;
  return new URL(self, 'http://relative').searchParams.get('_sort') === '_lastUpdated';
}

function parse(raw: Buffer): Json | undefined {
  if (!isUtf8(raw)) return undefined;
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

const listOf = (value: unknown): Json[] =>
  Array.isArray(value) ? value.map((each) => (each ?? {}) as Json) : [];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
