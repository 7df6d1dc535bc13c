import { setImmediate } from 'node:timers/promises';
import type { Issue, Landed, Landing, Settlement } from '../../engine/index.ts';
import { bundleAnswer, type Result, resultOf } from './answers/index.ts';
import { type Payload, type Range, readScanned } from './payload/index.ts';

/** How the entries of the sender lie among the messages that were made of them. */
export type BatchLayout = {
  /** The entry that each message was; absent where they are worked off as they came. */
  readonly order?: readonly number[];
  /** Those messages that asked to read, by their place. */
  readonly reads?: readonly number[];
};

/** A batch, taken apart into messages of their own that land with it. */
export type Batch = {
  /** In the order in which they are worked off. */
  readonly parts: readonly Landing[];
  readonly isConditional: boolean;
  readonly layout: BatchLayout;
};

/** Entries that are read before others get a turn. */
const entriesAtOnce = 500;
/** https://hl7.org/fhir/R4/http.html#trules; reads come last, and are not answered here. */
const turns = ['DELETE', 'POST', 'PUT', 'PATCH'];
const readCode = 'fhir-read-unsupported';

type Part = { readonly landing: Landing; readonly index: number; readonly turn: number };

/**
 * The entries of a batch know nothing of each other: each is a message, a slice of the Bundle's
 * bytes, which is settled, held, replayed and answered by itself. `raw` has been looked through;
 * what `check` says stands against an entry.
 */
export async function readBatch(
  raw: Buffer,
  entries: readonly Range[],
  receivedUs: number,
  check: (payload: Payload) => Issue | undefined,
): Promise<Batch> {
  const parts: Part[] = [];
  let isConditional = false;
  for (const [index, [start, end]] of entries.entries()) {
    if (index % entriesAtOnce === entriesAtOnce - 1) await setImmediate();
    const bytes = raw.subarray(start, end);
    const read = readChecked(bytes, check);
    const landing = { raw: bytes, receivedUs };
    if ('refused' in read) {
      const refused = [{ ...read.refused, path: `Bundle.entry[${index}]` }];
      parts.push({ landing: { ...landing, orderingKeys: [], refused }, index, turn: turns.length });
      continue;
    }
    const { orderingKeys } = read.payload;
    isConditional ||= read.payload.isConditional;
    const method = methodOf(read.payload);
    const turn = turns.indexOf(method);
    const isRead = method === 'GET' || method === 'HEAD';
    const unwanted = isRead ? { filtered: readCode } : {};
    const last = turn < 0 ? turns.length : turn;
    parts.push({ landing: { ...landing, orderingKeys, ...unwanted }, index, turn: last });
  }
  parts.sort((left, right) => left.turn - right.turn);
  return {
    parts: parts.map(({ landing }) => landing),
    isConditional,
    layout: layoutOf(parts),
  };
}

function layoutOf(parts: readonly Part[]): BatchLayout {
  const isMoved = parts.some(({ index }, at) => index !== at);
  const reads = parts.flatMap(({ landing }, at) => (landing.filtered === readCode ? [at] : []));
  return {
    ...(isMoved ? { order: parts.map(({ index }) => index) } : {}),
    ...(reads.length > 0 ? { reads } : {}),
  };
}

/** What became of each entry, in the sender's order. */
export function batchResponse(
  landed: Pick<Landed, 'id'>,
  { parts = [] }: Settlement,
  { order, reads = [] }: BatchLayout,
): Response {
  const read = new Set(reads);
  const results: Result[] = new Array(parts.length);
  for (const [at, settlement] of parts.entries()) {
    const index = order?.[at] ?? at;
    results[index] = read.has(at) ? notRead : inEntry(resultOf(settlement), index);
  }
  return bundleAnswer(landed, 'batch-response', results);
}

/** An entry is settled by itself, and knows nothing of its place in the Bundle. */
function inEntry(result: Result, index: number): Result {
  const place = `Bundle.entry[${index}]`;
  const issues = result.issues.map((issue) => {
    const { path = '' } = issue;
    if (path.startsWith('Bundle.')) return issue;
    // The gate names the resource by its type.
    const within = path.replace(/^[A-Z][A-Za-z]*/, 'resource');
    const isWithin = within === '' || /^(?:request|resource)(?:\.|$)/.test(within);
    return isWithin ? { ...issue, path: within === '' ? place : `${place}.${within}` } : issue;
  });
  return { ...result, issues };
}

function readChecked(bytes: Buffer, check: (payload: Payload) => Issue | undefined) {
  const read = readScanned(bytes);
  const wrong = 'refused' in read ? undefined : check(read.payload);
  return wrong === undefined ? read : { refused: wrong };
}

function methodOf({ value }: Payload): string {
  const { method } = (value.request ?? {}) as { method?: unknown };
  return typeof method === 'string' ? method : 'PUT';
}

const notRead: Result = {
  status: 405,
  type: 'not-supported',
  issues: [{ severity: 'error', code: readCode, diagnostics: 'Nothing can be read here.' }],
};
