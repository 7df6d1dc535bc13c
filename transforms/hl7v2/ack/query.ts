import type { Issue } from '../../../engine/index.ts';
import type { Header } from '../header.ts';
import { buildAck } from './ack.ts';

/** What the journal, the metrics and the mapping call a query that was refused. */
export const queryRefusedCode = 'query-refused';

/** Codes of MSH-9.1 that ask (HL7 v2.3 to v2.8, chapter 5 and its forerunners). */
const queries: ReadonlySet<string> = new Set([
  'QBP',
  'QRY',
  'QSB',
  'QSX',
  'QVR',
  'QCN',
  'EQQ',
  'SPQ',
  'VQQ',
  'RQQ',
  'RQI',
  'RQP',
  'RQC',
  'OSQ',
  'SQM',
]);

/** Codes of MSH-9.1 that answer a query by parameter. Nobody here has asked. */
const responses: ReadonlySet<string> = new Set(['RSP', 'RTB', 'RDY', 'QCK']);

export const isQuery = (header: Header): boolean => queries.has(header.messageCode);
export const isResponse = (header: Header): boolean => responses.has(header.messageCode);

const queryRefused: Issue = {
  severity: 'error',
  code: queryRefusedCode,
  diagnostics: 'This receiver answers no queries: it takes messages and gives none.',
  path: 'MSH-9',
};

export const responseUnsupported: Issue = {
  severity: 'error',
  code: 'message-type-unsupported',
  diagnostics: 'This answers a query, and no query was sent from here.',
  path: 'MSH-9',
};

export type QueryRefusal = {
  readonly raw: Buffer;
  readonly header: Header;
  readonly ackControlId: string;
  readonly timestampUs: number;
};

/**
 * Renders the refusal of a query: AR with condition 200, unsupported message type. A query by
 * parameter (QBP, QVR and their like, which have a QPD) gets the response that it waits for, `RSP`,
 * with QAK-2 AR and its own QPD (HL7 v2.5.1 section 5.4); an older one gets a general ACK.
 */
export function refuseQuery({ raw, header, ackControlId, timestampUs }: QueryRefusal): Buffer {
  const issues = [queryRefused];
  const text = queryRefused.diagnostics;
  const refusal = { header, code: 'AR', ackControlId, timestampUs, text, issues } as const;
  const qpd = segmentOf(raw, header, 'QPD');
  if (!qpd) return buildAck(refusal);
  const reply = buildAck({ ...refusal, type: responseType(header), isCharsetDeclared: true });
  // The tag and the name of the query are repeated byte for byte, whatever their encoding.
  const [, name = '', tag = ''] = qpd.toString('latin1').split(header.fieldSeparator);
  const qak = ['QAK', tag, 'AR', name].join(header.fieldSeparator);
  return Buffer.concat([reply, Buffer.from(`${qak}\r`, 'latin1'), qpd, Buffer.from('\r')]);
}

/** `QBP^Q22^QBP_Q21` is answered by `RSP^K22^RSP_K21`; what has no such name, by `RSP^K11`. */
function responseType({ triggerEvent, structure }: Header): readonly [string, string, string] {
  const event = /^Q(\d\d)$/.exec(triggerEvent)?.[1] ?? '11';
  const form = /^Q[A-Z]{2}_Q(\d\d)$/.exec(structure)?.[1] ?? event;
  return ['RSP', `K${event}`, `RSP_K${form}`];
}

/** The bytes of the first segment of this name, without its end. */
function segmentOf(raw: Buffer, header: Header, name: string): Buffer | undefined {
  for (let at = header.end; at < raw.length; ) {
    while (raw[at] === 0x0d || raw[at] === 0x0a) at += 1;
    let end = at;
    while (end < raw.length && raw[end] !== 0x0d && raw[end] !== 0x0a) end += 1;
    const isIt = raw.toString('latin1', at, at + 4) === `${name}${header.fieldSeparator}`;
    if (isIt) return raw.subarray(at, end);
    at = end;
  }
  return undefined;
}
