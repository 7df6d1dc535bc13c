import type { ResourceLine, Words } from '../../engine/index.ts';
import { render, renderDeleted, type VersionHead } from './fold/index.ts';
import { type ContributionRow, isInner, type Reading, textAfter, unpackId } from './rows/index.ts';

/**
 * What a message made: each resource once, as the message's last word on it left it, and each that
 * it ended as a tombstone.
 */
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
    const resource = reading.resourceByNo.get(no)!;
    const { version, changedMs } = row;
    const [type, id] = [words.text(resource.type), unpackId(resource.id)];
    if (isInner(type)) continue;
    lines.push(...lineOf({ type, id, version, changedMs }, text));
  }
  return lines;
}

/** One version for the destinations; nothing of what was deleted before anybody heard of it. */
export function lineOf(head: VersionHead, text: string): readonly ResourceLine[] {
  const { type, id, version } = head;
  if (text !== '') return [{ type, id, json: render(head, text) }];
  return version > 1 ? [{ type, id, json: renderDeleted(head), deleted: true }] : [];
}
