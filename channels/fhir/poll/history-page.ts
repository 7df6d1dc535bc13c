import { isUtf8 } from 'node:buffer';
import { FhirRequestError } from '../client/index.ts';
import { instantUs } from './instant.ts';

/** One version of a resource, as a history tells of it; `isDeleted`: that it is there no more. */
export type HistoryEntry = {
  readonly type: string;
  readonly id: string;
  /** '' where the server gives none. */
  readonly version: string;
  /** As the server wrote it; undefined where it is missing or no instant. */
  readonly changed: string | undefined;
  readonly isDeleted: boolean;
};

export type HistoryPage = {
  readonly entries: readonly HistoryEntry[];
  /** Entries of which nobody can say what they are about. */
  readonly unread: number;
  readonly next: string | undefined;
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a Bundle of type `history` (https://hl7.org/fhir/R4/http.html#history). Throws
 * FhirRequestError `page-invalid` for anything else.
 */
export function readHistoryPage(raw: Buffer): HistoryPage {
  const bundle = parse(raw);
  if (bundle?.resourceType !== 'Bundle' || bundle.type !== 'history')
    throw new FhirRequestError('page-invalid', 200);
  const next = listOf(bundle.link).find(({ relation }) => relation === 'next')?.url;
  const entries = listOf(bundle.entry).flatMap((each) => entryOf(each) ?? []);
  const unread = listOf(bundle.entry).length - entries.length;
  return { entries, unread, next: typeof next === 'string' ? next : undefined };
}

function entryOf({ request, response, resource, fullUrl }: Json): HistoryEntry | undefined {
  const { method, url } = objectOf(request);
  const { lastModified, etag } = objectOf(response);
  const { meta, resourceType, id } = objectOf(resource);
  const { lastUpdated, versionId } = objectOf(meta);
  const named =
    typeof resourceType === 'string' && typeof id === 'string'
      ? ([resourceType, id] as const)
      : (namedBy(url) ?? namedBy(fullUrl));
  if (named === undefined) return undefined;
  const [type, own] = named;
  const changed = [lastModified, lastUpdated].find(
    (time): time is string => typeof time === 'string' && instantUs(time) !== undefined,
  );
  const version = typeof etag === 'string' ? etag : versionId;
  return {
    ...{ type, id: own, changed, isDeleted: method === 'DELETE' },
    version: typeof version === 'string' ? version : '',
  };
}

const address = /(?:^|\/)([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;

function namedBy(url: unknown): readonly [type: string, id: string] | undefined {
  const [, type, id] = (typeof url === 'string' && address.exec(url)) || [];
  return type === undefined || id === undefined ? undefined : [type, id];
}

export function parse(raw: Buffer): Json | undefined {
  if (!isUtf8(raw)) return undefined;
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    return objectOf(value);
  } catch {
    return undefined;
  }
}

export const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const listOf = (value: unknown): Json[] =>
  Array.isArray(value) ? value.map((each) => objectOf(each)) : [];
