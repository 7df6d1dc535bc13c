import type { ResourceLine } from '../../engine/index.ts';
import { render } from './elements.ts';
import { isInner } from './inner-types.ts';
import type { ContributionRow } from './packing.ts';
import { unpackId } from './schema.ts';
import { type Reading, textAfter } from './statements.ts';
import type { Words } from './words.ts';

/** What a message made: each resource once, as the message's last word on it left it. */
export function linesOf(
  reading: Reading,
  words: Words,
  message: number,
  generation: number,
): readonly ResourceLine[] {
  const lastByResource = new Map<number, ContributionRow>();
  for (const row of reading.effects(message, generation)) lastByResource.set(row.resource, row);
  const lines: ResourceLine[] = [];
  for (const [no, row] of lastByResource) {
    const text = textAfter(reading, row);
    if (text === '') continue;
    const resource = reading.resourceByNo.get(no)!;
    const { version, changedMs } = row;
    const [type, id] = [words.text(resource.type), unpackId(resource.id)];
    if (isInner(type)) continue;
    lines.push({ type, id, json: render({ type, id, version, changedMs }, text) });
  }
  return lines;
}
