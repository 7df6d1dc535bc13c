import type { MessageId } from '../../../engine/index.ts';
import { fhirJson, outcomeOf, said } from '../answers/index.ts';

/** What became of a line: the message that it is, or the text of an outcome. */
export type LineOutcome = MessageId | string;

/** Of lines in a row that landed as messages in a row, which most do: they weigh as much as one. */
type Run = { readonly first: MessageId; count: number };

export type OutcomeStream = {
  readonly body: ReadableStream<Uint8Array>;
  add(outcome: LineOutcome): void;
  end(): void;
};

/** Outcomes that are written at once. */
const linesAtOnce = 200;

/**
 * Outcomes on their way to a sender that may read them only when it has sent all it has: what
 * waits is kept in runs, so that a million lines that landed wait in a few bytes.
 */
export function createOutcomeStream(): OutcomeStream {
  const waiting: (Run | string)[] = [];
  let head = 0;
  let isEnded = false;
  let wake = () => {};
  const encoder = new TextEncoder();

  function next(): string | undefined {
    const one = waiting[head];
    if (one === undefined) return undefined;
    if (typeof one === 'string') {
      drop();
      return one;
    }
    const text = landedLine(one.first);
    if (one.count === 1) drop();
    else waiting[head] = { first: (one.first + 1) as MessageId, count: one.count - 1 };
    return text;
  }

  function drop(): void {
    head += 1;
    if (head < 1_000) return;
    waiting.splice(0, head);
    head = 0;
  }

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (head === waiting.length && !isEnded)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      let text = '';
      for (let n = 0; n < linesAtOnce; n += 1) {
        const line = next();
        if (line === undefined) break;
        text += `${line}\n`;
      }
      if (text !== '') controller.enqueue(encoder.encode(text));
      if (head === waiting.length && isEnded) controller.close();
    },
  });

  return {
    body,
    add(outcome) {
      const last = waiting.length > head ? waiting.at(-1) : undefined;
      if (typeof outcome === 'string') waiting.push(outcome);
      else if (typeof last === 'object' && last.first + last.count === outcome) last.count += 1;
      else waiting.push({ first: outcome, count: 1 });
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
  };
}

/** The outcome of one line; its `id` is that of the message. */
export const outcomeLine = (
  id: MessageId | undefined,
  outcome: ReturnType<typeof outcomeOf>,
): string => JSON.stringify(id === undefined ? outcome : { ...outcome, id: String(id) });

const landedLine = (id: MessageId): string => outcomeLine(id, landed);

const landed = outcomeOf('informational', said('landed', 'The line is stored durably.'));

export const ndjson = fhirJson.replace('fhir+json', 'fhir+ndjson');
