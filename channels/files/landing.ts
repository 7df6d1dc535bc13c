import type { Issue, Landing } from '../../engine/index.ts';
import {
  decideCharset,
  dedupeKey,
  orderingKeys,
  peekHeader,
} from '../../transforms/hl7v2/index.ts';
import { readPayload } from '../fhir/index.ts';
import type { Part } from './parts.ts';

export type PartContext = {
  readonly receivedUs: number;
  /** Names this arrival of the file: the same after a crash, another when the file comes again. */
  readonly arrival: string;
  readonly orderBy: readonly string[];
};

/** What the journal is told of one part of a file. */
export type LandingOf = (part: Part, context: PartContext) => Landing;

/**
 * An HL7 message is known again by MSH-3, MSH-4 and MSH-10 (G4), one without a control id by its
 * place in the file.
 */
export const hl7Landing: LandingOf = (part, context) => {
  const header = peekHeader(part.raw);
  const refused = refusalOf(part) ?? (header ? undefined : noHeader(part.raw));
  if (refused !== undefined) return refusedLanding(part, context, refused);
  const landing = {
    raw: part.raw,
    receivedUs: context.receivedUs,
    orderingKeys: orderingKeys(part.raw, context.orderBy),
  };
  return header?.controlId
    ? { ...landing, controlId: header.controlId, dedupeKey: dedupeKey(header) }
    : { ...landing, dedupeKey: placeOf(part, context) };
};

/** A line of NDJSON is known again by its place in the file. */
export const ndjsonLanding: LandingOf = (part, context) => {
  const refused = refusalOf(part);
  if (refused !== undefined) return refusedLanding(part, context, refused);
  const read = readPayload(part.raw);
  if ('refused' in read) return refusedLanding(part, context, read.refused);
  const { orderingKeys, bundleIdentifier } = read.payload;
  return {
    raw: part.raw,
    receivedUs: context.receivedUs,
    orderingKeys,
    dedupeKey: placeOf(part, context),
    ...(bundleIdentifier === undefined ? {} : { controlId: bundleIdentifier }),
  };
};

/** Lands in quarantine, known again by its place in the file. */
export function refusedLanding(part: Part, context: PartContext, issue: Issue): Landing {
  return {
    raw: part.raw,
    receivedUs: context.receivedUs,
    orderingKeys: [],
    dedupeKey: placeOf(part, context),
    refused: [{ ...issue, offset: part.offset }],
  };
}

const placeOf = (part: Part, { arrival }: PartContext): string => `file|${arrival}|${part.offset}`;

function refusalOf(part: Part): Issue | undefined {
  switch (part.kind) {
    case 'message':
    case 'stray':
      return undefined;
    case 'too-long':
      return {
        severity: 'fatal',
        code: 'message-too-large',
        diagnostics: 'A message of the file is over the limit; its beginning is kept here.',
      };
    default:
      throw new Error(`no refusal for ${part.kind satisfies never}`);
  }
}

function noHeader(raw: Buffer): Issue {
  const charset = decideCharset(raw, { declared: [], fallback: 'latin1' });
  if ('refused' in charset) return charset.refused;
  return {
    severity: 'fatal',
    code: 'no-msh',
    diagnostics: 'These bytes of the file belong to no message: no MSH segment precedes them.',
    path: 'MSH',
  };
}
