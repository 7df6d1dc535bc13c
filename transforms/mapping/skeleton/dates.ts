import {
  compileDateFormat,
  type DateFormat,
  formatOffset,
  localMs,
  readParts,
  zoneOf,
} from '../times/index.ts';
import { add, type Tally } from './tally.ts';

/** Formats seen in the wild, tried in this order. */
const candidates: readonly DateFormat[] = [
  ...['', ' HH:mm', ' HH:mm:ss', ' hh:mm A', ' hh:mm:ss A'].flatMap((time) =>
    ['MM/DD/YYYY', 'DD/MM/YYYY', 'DD.MM.YYYY', 'DD-MON-YYYY', 'DD-MON-YY', 'YYYY/MM/DD']
      .concat(['MM-DD-YYYY', 'DD-MM-YYYY', 'MM/DD/YY', 'DD/MM/YY', 'DD MON YYYY', 'YYYY-MM-DD'])
      .map((day) => `${day}${time}`),
  ),
  'M/D/YYYY',
  'D/M/YYYY',
  'X',
  'x',
].flatMap((text) => compileDateFormat(text) ?? []);

export type DateFindings = {
  /** Offsets such as `-05:00`, with how often. */
  readonly offsets: Tally;
  /** Times with an hour and no offset. */
  readonly withoutZone: Tally;
  /** Shape (digits as 9, letters as A) of what HL7 and ISO do not read, to the texts of it. */
  readonly shapes: Map<string, Set<string>>;
  /** UTC instants in milliseconds with the offset that was written, in minutes. */
  readonly instants: { readonly utcMs: number; readonly offset: number }[];
};

export const noDates = (): DateFindings => ({
  offsets: new Map(),
  withoutZone: new Map(),
  shapes: new Map(),
  instants: [],
});

const rules = { formats: [], zone: undefined, messageOffset: undefined, messageYear: undefined };

export function noteDate(found: DateFindings, path: string, text: string): void {
  const parts = readParts(text, rules);
  if (!('year' in parts)) {
    const shape = text
      .replaceAll(/\d/g, '9')
      .replaceAll(/[A-Za-z]/g, 'A')
      .slice(0, 30);
    const texts = found.shapes.get(shape) ?? new Set();
    if (texts.size < 1_000) found.shapes.set(shape, texts.add(text));
    return;
  }
  if (parts.hour === undefined) return;
  if (parts.offset === undefined) {
    add(found.withoutZone, path);
    return;
  }
  add(found.offsets, formatOffset(parts.offset));
  if (found.instants.length < 10_000)
    found.instants.push({ utcMs: localMs(parts) - parts.offset * 60_000, offset: parts.offset });
}

export type FormatGuess = { readonly shape: string; readonly formats: readonly string[] };

/** For each shape, the formats that read every text of it. */
export function guessFormats({ shapes }: DateFindings): readonly FormatGuess[] {
  return [...shapes].map(([shape, texts]) => {
    const fitting = candidates.filter(({ read }) =>
      [...texts].every((text) => read(text, undefined, 'message') !== undefined),
    );
    return { shape, formats: fitting.map(({ text }) => text) };
  });
}

/** Zones that had these offsets then; the most usual ones first. Undefined when none were seen. */
export function guessZones({ instants }: DateFindings): readonly string[] {
  if (instants.length === 0) return [];
  const usual = ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'];
  const others = ['Europe/London', 'Europe/Berlin', 'Europe/Athens', 'Australia/Sydney'];
  const all = new Set([...usual, ...others, ...Intl.supportedValuesOf('timeZone')]);
  const fits = (name: string): boolean => {
    const zone = zoneOf(name);
    return zone !== undefined && instants.every((at) => zone.offsetOf(at.utcMs) === at.offset);
  };
  const found: string[] = [];
  for (const name of all) {
    if (found.length < 3 && fits(name)) found.push(name);
  }
  return found;
}
