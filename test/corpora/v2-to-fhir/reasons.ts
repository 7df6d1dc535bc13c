// What of HL7's tables the base leaves on purpose, each with its reason: whole maps, and rows.
import type { Row } from './tables.ts';

/** Maps that the base does not use, by a pattern of their name (`MSH[MessageHeader]`). */
const maps: readonly (readonly [RegExp, string])[] = [
  [/\[Provenance/, 'the store keeps the origin of each version itself, beside the resource'],
  [/\[MessageHeader\]|\[Bundle\]/, 'the journal keeps the envelope; the Bundle is a transaction'],
  [/^SFT\[/, 'the software of the sender says nothing of a patient'],
];

const rows: readonly (readonly [(row: Row) => boolean, string])[] = [];

/** Why a map is not used; undefined when it is. */
export const mapLeft = (map: string): string | undefined =>
  maps.find(([pattern]) => pattern.test(map))?.[1];

/** Why a row is left on purpose; undefined when it is not. */
export const rowLeft = (row: Row): string | undefined => rows.find(([is]) => is(row))?.[1];
