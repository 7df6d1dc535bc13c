import type { Issue, Landing } from '../../../engine/index.ts';
import { type LandingOf, refusedLanding } from '../../files/index.ts';
import { changeLanding } from '../change.ts';
import { readLine } from './envelope.ts';

/**
 * What the journal is told of a line. A change is known again by its place in the log, which a
 * second delivery shares; what names none, by its place in the file.
 */
export function debeziumLanding(
  keys: ReadonlyMap<string, readonly string[]>,
  orderBy: readonly string[],
): LandingOf {
  return (part, context): Landing => {
    if (part.kind === 'too-long') return refusedLanding(part, context, tooLarge);
    const { receivedUs, arrival } = context;
    const place = `file|${arrival}|${part.offset}`;
    const line = readLine(part.raw, keys);
    switch (line.kind) {
      case 'change': {
        const { change, name } = line;
        const dedupeKey = name === undefined ? place : `cdc|${name}`;
        return changeLanding(change, { receivedUs, orderBy, dedupeKey });
      }
      case 'other': {
        const landing = { raw: part.raw, receivedUs, orderingKeys: [], dedupeKey: place };
        return { ...landing, filtered: line.code };
      }
      case 'schema':
        return refusedLanding(part, context, schemaChanged);
      case 'unreadable':
        return refusedLanding(part, context, unreadable);
      default:
        return line satisfies never;
    }
  };
}

const tooLarge: Issue = {
  severity: 'fatal',
  code: 'message-too-large',
  diagnostics: 'A line of the file is over the limit; its beginning is kept here.',
};

const schemaChanged: Issue = {
  severity: 'error',
  code: 'cdc-schema-changed',
  diagnostics: 'The tables have changed: see whether `rows` of the mapping still fits, then waive.',
};

const unreadable: Issue = {
  severity: 'fatal',
  code: 'cdc-event-unreadable',
  diagnostics: 'This line is no event of Debezium.',
};
