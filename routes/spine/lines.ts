import type { ResourceLine } from '../../engine/index.ts';
import { unpackId } from './schema.ts';
import { bodyAfter, type ContributionRow, type Reading } from './statements.ts';
import type { Words } from './words.ts';

/** What a message made: each resource once, as the message's last word on it left it. */
export function linesOf(
  reading: Reading,
  words: Words,
  message: number,
  generation: number,
): readonly ResourceLine[] {
  const lastByResource = new Map<number, ContributionRow>();
  for (const row of reading.effects.all(message, generation)) lastByResource.set(row.resource, row);
  const lines: ResourceLine[] = [];
  for (const [no, row] of lastByResource) {
    const json = bodyAfter(reading, row);
    if (json === '') continue;
    const resource = reading.resourceByNo.get(no)!;
    lines.push({ type: words.text(resource.type), id: unpackId(resource.id), json });
  }
  return lines;
}
