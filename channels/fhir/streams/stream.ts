import type { Principal } from '../../../engine/http/index.ts';
import {
  type Issue,
  type Landing,
  limits,
  PlexusError,
  type SourceContext,
} from '../../../engine/index.ts';
import { outcomeOf, resultOf } from '../answers/index.ts';
import { type Bad, scopeMissing, tooManyIn, untaken } from '../checks.ts';
import { type Payload, readPayload } from '../payload/index.ts';
import { authorizePayload } from '../scopes.ts';
import { type Line, readLines } from './lines.ts';
import { createOutcomeStream, type LineOutcome, ndjson, outcomeLine } from './outcome-stream.ts';

export type StreamOptions = {
  readonly context: SourceContext;
  /** Of a line. */
  readonly bodyBytesMax: number;
  readonly entriesMax: number;
  readonly transactionEntriesMax: number;
  readonly types: ReadonlySet<string> | undefined;
};

/** Lines that may wait for one commit, or for the chain: what a commit holds, and a few more. */
const linesMax = 512;
const bytesMax = 4 * 1024 * 1024;

/** Where a line comes from, and how it is known again. */
export type Origin = {
  readonly principal: Principal | undefined;
  /** The duplicate key of a line, by its number from 1 on. */
  keyOf?(line: number): string;
};

/**
 * Lands each line of a stream as a message of its own, many to a commit, and tells of each what
 * became of it, in order. Memory does not grow with the stream. Resolves with the number of lines
 * when all have been told; rejects when the stream breaks off.
 */
export async function landLines(
  { context, bodyBytesMax, entriesMax, transactionEntriesMax, types }: StreamOptions,
  chunks: AsyncIterable<Uint8Array>,
  { principal, keyOf }: Origin,
  tell: (outcome: LineOutcome) => void,
): Promise<number> {
  const waiting: { readonly bytes: number; readonly outcome: Promise<LineOutcome> }[] = [];
  let bytes = 0;
  let lines = 0;

  async function tellNext(): Promise<void> {
    const next = waiting.shift()!;
    bytes -= next.bytes;
    tell(await next.outcome);
  }

  for await (const line of readLines(chunks, bodyBytesMax, limits.evidenceBytes)) {
    lines += 1;
    const outcome = landLine(line, lines);
    // Whoever waits for it hears of a failure; until then nobody does.
    outcome.catch(() => {});
    waiting.push({ bytes: line.raw.length, outcome });
    bytes += line.raw.length;
    while (waiting.length >= linesMax || bytes > bytesMax) await tellNext();
  }
  while (waiting.length > 0) await tellNext();
  return lines;

  async function landLine(line: Line, number: number): Promise<LineOutcome> {
    const receivedUs = context.clock.nowUs();
    const key = keyOf?.(number);
    const landing = { raw: line.raw, receivedUs, ...(key === undefined ? {} : { dedupeKey: key }) };
    const read = line.isTooLong ? { refused: tooLong } : readPayload(line.raw, entriesMax);
    if ('refused' in read)
      return landed({ ...landing, orderingKeys: [], refused: [read.refused] }, true);
    const { orderingKeys } = read.payload;
    const bad = notTaken(read.payload);
    if (bad !== undefined) return refused(bad, line.raw.length);
    return landed({ ...landing, orderingKeys }, context.ack === 'settled');
  }

  async function landed(landing: Landing, isAwaited: boolean): Promise<LineOutcome> {
    const { id } = await context.land(landing);
    if (!isAwaited) return id;
    const { type, issues } = resultOf(await context.settled(id));
    return outcomeLine(id, outcomeOf(type, issues));
  }

  function notTaken(payload: Payload): Pick<Bad, 'type' | 'code' | 'diagnostics'> | undefined {
    const denied = authorizePayload(principal, payload.value);
    if (denied === undefined) {
      const tooMany = tooManyIn(payload, transactionEntriesMax);
      if (tooMany !== undefined) return tooMany;
      const issue = untaken(payload, types);
      return issue && { ...issue, type: 'not-supported' };
    }
    const { client = '', reason } = denied;
    context.events.emit({ type: 'access-refused', channel: context.channel, client, reason });
    return scopeMissing;
  }

  function refused(
    { type, code, diagnostics }: Pick<Bad, 'type' | 'code' | 'diagnostics'>,
    size: number,
  ) {
    context.events.emit({
      type: 'input-refused',
      channel: context.channel,
      reason: code,
      bytes: size,
    });
    const issue = { severity: 'error', code, diagnostics } as const;
    return outcomeLine(undefined, outcomeOf(type, [issue]));
  }
}

const tooLong: Issue = {
  severity: 'fatal',
  code: 'message-too-large',
  diagnostics: 'The line is over the limit; its beginning is kept.',
};

/** NDJSON as it comes: the outcomes go back while lines still come in. */
export function receiveStream(
  options: StreamOptions,
  request: Request,
  principal: Principal | undefined,
): Response {
  const outcomes = createOutcomeStream();
  const requestId = request.headers.get('x-request-id')?.slice(0, 200);
  const origin: Origin = requestId
    ? { principal, keyOf: (line) => `line|${requestId}|${line}` }
    : { principal };
  const body = request.body ?? new Blob([]).stream();
  landLines(options, body, origin, outcomes.add)
    .catch((cause: unknown) => outcomes.add(brokenOff(cause)))
    .finally(() => outcomes.end());
  return new Response(outcomes.body, { headers: { 'Content-Type': ndjson } });
}

/** What was told before it has landed; the rest may have, and is known again by its name. */
function brokenOff(cause: unknown): string {
  const code = cause instanceof PlexusError ? cause.code : 'stream-broken';
  const diagnostics = 'The stream ends here: send what follows again.';
  return outcomeLine(undefined, outcomeOf('transient', [{ severity: 'fatal', code, diagnostics }]));
}
