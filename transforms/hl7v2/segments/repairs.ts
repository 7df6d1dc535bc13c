import { segmentNames } from './names.ts';

/**
 * Damage that a dialect may ask to have repaired. None is repaired unasked, because each is a
 * guess that is right for one sender and wrong for another; each that happens is flagged.
 */
export const segmentRepairs = {
  'glued-segments': 'A segment that begins in the middle of a line, its CR lost, is parted off.',
  'tilde-damaged': 'U+02DC, which a transfer made of `~`, divides repetitions as `~` does.',
} as const;

export type SegmentRepair = keyof typeof segmentRepairs;

/** Same length as before, so that positions in the text stay those of the bytes. */
export function repairTildes(text: string): string {
  return text.replaceAll('\u02dc', '~');
}

/**
 * Where, inside the line from `start` to `end`, further segments begin. A name counts when a value
 * could not end like that, or when a set id follows it: `20240101PID|1|` is glued, `RAPID|x` is a
 * word.
 */
export function gluePoints(text: string, start: number, end: number, field: string): number[] {
  const line = text.slice(start, end);
  const points: number[] = [];
  for (const match of line.matchAll(gluePattern(field))) {
    const at = match.index;
    if (at < 4) continue;
    const name = match[0].slice(0, 3);
    const before = line.charAt(at - 1);
    const rest = line.slice(at + 4, at + 9);
    const numbered = /^\d{1,4}(?:\W|$)/.test(rest);
    const apart = /[0-9a-z")\]}.]/.test(before) && !name.startsWith('Z');
    if (apart || (numbered && !(before === field && !setIdSegments.has(name)))) {
      points.push(start + at);
    }
  }
  return points;
}

/** Their first field is a set id; after an empty last field only these are told from a value. */
const setIdSegments = new Set('PID PV1 NK1 AL1 DG1 PR1 GT1 IN1 OBR OBX NTE FT1 SPM'.split(' '));

const patterns = new Map<string, RegExp>();

function gluePattern(field: string): RegExp {
  const known = patterns.get(field);
  if (known) return known;
  const separator = field.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const pattern = new RegExp(`(?:${segmentNames.join('|')}|Z[A-Z0-9]{2})${separator}`, 'g');
  if (patterns.size < 64) patterns.set(field, pattern);
  return pattern;
}
