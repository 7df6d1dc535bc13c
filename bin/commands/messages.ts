import {
  exitCodes,
  type MessageOutcome,
  type MessageQuery,
  messageOutcomes,
  suggestion,
} from '../../engine/index.ts';
import { defineCommand, UsageError } from '../command.ts';
import { parseInstant } from '../instant.ts';
import { messageRow, messageText } from '../message-rows.ts';

const options = {
  channel: { type: 'string', value: 'NAME', about: 'Only this channel.' },
  'control-id': { type: 'string', value: 'ID', about: 'Only this message control id (MSH-10).' },
  outcome: { type: 'string', value: 'WORD', about: `One of ${messageOutcomes.join(', ')}.` },
  since: { type: 'string', value: 'TIME', about: 'Received at or after: ISO 8601, or `2h` ago.' },
  until: { type: 'string', value: 'TIME', about: 'Received before.' },
  sha256: { type: 'string', value: 'HEX', about: 'Only these bytes.' },
  limit: { type: 'string', value: 'N', about: 'Only the newest N.' },
} as const;

type Options = { readonly [K in keyof typeof options]?: string | undefined };

export const messages = defineCommand({
  name: 'messages',
  summary: 'Lists the messages that were received, oldest first; no payload.',
  usage: '[FILTER..]',
  details: 'Works whether or not an engine runs. A duplicate that got its stored ACK has no line.',
  options,
  async run(call) {
    const query = queryOf(call.options, Date.now() * 1000);
    const { openData } = await import('../data.ts');
    using data = openData(call);
    for (const message of data.reader.messages(query)) {
      const row = messageRow(message);
      if (call.json) call.out.json(row);
      else call.out.line(messageText(row));
    }
    return exitCodes.ok;
  },
});

function queryOf(given: Options, nowUs: number): MessageQuery {
  const { channel, outcome, since, until, sha256, limit } = given;
  const controlId = given['control-id'];
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(controlId === undefined ? {} : { controlId }),
    ...(outcome === undefined ? {} : { outcome: parseOutcome(outcome) }),
    ...(since === undefined ? {} : { sinceUs: parseInstant(since, nowUs) }),
    ...(until === undefined ? {} : { untilUs: parseInstant(until, nowUs) }),
    ...(sha256 === undefined ? {} : { sha256: parseSha(sha256) }),
    ...(limit === undefined ? {} : { limit: parseLimit(limit) }),
  };
}

function parseOutcome(word: string): MessageOutcome {
  const found = messageOutcomes.find((outcome) => outcome === word);
  if (found === undefined)
    throw new UsageError(`unknown outcome \`${word}\`; ${suggestion(word, messageOutcomes)}`);
  return found;
}

function parseSha(text: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new UsageError('--sha256 wants 64 hexadecimal digits');
  return text.toLowerCase();
}

function parseLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError('--limit wants a whole number');
  return Number(text);
}
