import { createHash } from 'node:crypto';
import type { Issue, Landing } from '../../engine/index.ts';
import { readPayload } from '../fhir/index.ts';
import type { Line } from './lines.ts';
import type { Section } from './manifest.ts';

export type LineContext = {
  readonly section: Section;
  /**
   * How many exports were finished before. The bytes of a line are known again within one export,
   * also in the job that takes the place of a lost one, and not in the next export: what changed
   * and was changed back is news.
   */
  readonly epoch: number;
  readonly receivedUs: number;
};

type Json = Readonly<Record<string, unknown>>;

/** What the journal is told of one line. */
export function lineLanding(line: Line, context: LineContext): Landing {
  const { raw } = line;
  const hash = createHash('sha256').update(raw).digest('base64');
  const landing = {
    raw,
    receivedUs: context.receivedUs,
    orderingKeys: [],
    dedupeKey: `bulk|${context.epoch}|${hash}`,
  };
  if (line.isTooLong) return { ...landing, refused: [tooLong] };
  const read = readPayload(raw);
  if ('refused' in read) return { ...landing, refused: [read.refused] };
  const { orderingKeys } = read.payload;
  switch (context.section) {
    case 'output': {
      const { resourceType, id } = JSON.parse(raw.toString('utf8')) as Json;
      const named = typeof id === 'string' ? { controlId: `${resourceType}/${id}` } : {};
      return { ...landing, ...named, orderingKeys };
    }
    case 'deleted':
      return { ...landing, orderingKeys };
    case 'error':
      return isFailure(raw)
        ? { ...landing, refused: [exportFailed] }
        : { ...landing, filtered: 'bulk-export-remark' };
    default:
      throw new Error(`no landing for ${context.section satisfies never}`);
  }
}

const tooLong: Issue = {
  severity: 'fatal',
  code: 'message-too-large',
  diagnostics: 'A line of the export is over the limit; its beginning is kept here.',
};

const exportFailed: Issue = {
  severity: 'error',
  code: 'bulk-export-error',
  diagnostics: 'The server says that it could not export something; read the OperationOutcome.',
};

function isFailure(raw: Buffer): boolean {
  const { issue } = JSON.parse(raw.toString('utf8')) as { issue?: Json[] };
  const severities = Array.isArray(issue) ? issue.map((each) => each?.severity) : [];
  return !severities.every((severity) => severity === 'information' || severity === 'warning');
}
