/** A date, a time, or both, as far as it is known (FHIRPath N1, sections 5.5 and 6.2). */
export type Temporal = {
  /** Year, month, day, hour, minute, millisecond of the minute; as many as are known. */
  readonly parts: readonly number[];
  /** The part that `parts` begins with: 0 for a date, 3 for a time. */
  readonly from: 0 | 3;
  /** Minutes east of UTC; undefined where nothing says it. */
  readonly offset: number | undefined;
};

const clock = '(\\d\\d)(?::(\\d\\d)(?::(\\d\\d)(\\.\\d+)?)?)?';
const calendar = '(\\d{4})(?:-(\\d\\d)(?:-(\\d\\d))?)?';
const dateTime = new RegExp(`^${calendar}(T(?:${clock})?(Z|[+-]\\d\\d:\\d\\d)?)?$`);
const time = new RegExp(`^${clock}$`);

const monthDays = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

const secondMs = (seconds: string | undefined, fraction: string | undefined): number | undefined =>
  seconds === undefined
    ? undefined
    : Number(seconds) * 1000 + Math.trunc(Number(`0${fraction ?? '.0'}`) * 1000 + 1e-6);

/** Undefined where the text is no date or date and time, as 2024-02-30. */
export function parseDateTime(text: string): Temporal | undefined {
  const match = dateTime.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, , hour, minute, second, fraction, zone] = match;
  const numbers = [year, month, day, hour, minute].map((part) => part && Number(part));
  const parts = upTo([...numbers, secondMs(second, fraction)]);
  const [y = 0, m = 1, d = 1, h = 0, min = 0, ms = 0] = parts;
  if (m < 1 || m > 12 || d < 1 || d > monthDays(y, m)) return undefined;
  if (h > 23 || min > 59 || ms >= 61_000) return undefined;
  return { parts, from: 0, offset: offsetOf(zone) };
}

const upTo = (parts: readonly (number | string | undefined)[]): number[] => {
  const known = parts.indexOf(undefined);
  return (known === -1 ? parts : parts.slice(0, known)) as number[];
};

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
}

export function parseTime(text: string): Temporal | undefined {
  const match = time.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second, fraction] = match;
  const numbers = [hour, minute].map((part) => part && Number(part));
  const parts = upTo([...numbers, secondMs(second, fraction)]);
  const [h = 0, min = 0, ms = 0] = parts;
  if (h > 23 || min > 59 || ms >= 61_000) return undefined;
  return { parts, from: 3, offset: undefined };
}

/** Milliseconds since 1970; what is not known counts as the first of its kind. */
export function instantOf({ parts, from, offset = 0 }: Temporal): number {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, ms = 0] =
    from === 3 ? [1970, 1, 1, ...parts] : parts;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - offset, 0, ms);
  return date.getTime();
}

/** The same instant, written in another zone and known as far as before. */
export function inZone(of: Temporal, offset: number): Temporal {
  const shown = new Date(instantOf(of) + offset * 60_000);
  return { parts: partsOf(shown).slice(0, of.parts.length), from: 0, offset };
}

export const partsOf = (date: Date): number[] => [
  ...[date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()],
  ...[date.getUTCHours(), date.getUTCMinutes()],
  date.getUTCSeconds() * 1000 + date.getUTCMilliseconds(),
];

/** Zones of the earth lie from 12 hours west to 14 hours east of UTC. */
const zonesMs = 26 * 3_600_000;

/**
 * Below, equal or above 0; undefined where it cannot be told, for one is known to the day and
 * the other to the second, or only one says its zone.
 */
export function compareTemporal(a: Temporal, b: Temporal): number | undefined {
  if (a.from !== b.from) return undefined;
  const timed = a.parts.length > 3 && b.parts.length > 3;
  if (a.from === 0 && timed) {
    if ((a.offset === undefined) !== (b.offset === undefined)) {
      const apart = instantOf(a) - instantOf(b);
      return Math.abs(apart) > zonesMs ? apart : undefined;
    }
    if (a.offset !== b.offset) return compareParts(inZone(a, 0).parts, inZone(b, 0).parts);
  }
  return compareParts(a.parts, b.parts);
}

function compareParts(a: readonly number[], b: readonly number[]): number | undefined {
  const known = Math.min(a.length, b.length);
  for (let index = 0; index < known; index += 1) {
    const apart = a[index]! - b[index]!;
    if (apart !== 0) return apart;
  }
  return a.length === b.length ? 0 : undefined;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** As FHIR writes it; `fraction` says whether milliseconds are written where there are none. */
export function textOfTemporal({ parts, from, offset }: Temporal, fraction: boolean): string {
  const [year, month, day, hour, minute, ms] =
    from === 3 ? [undefined, undefined, undefined, ...parts] : parts;
  let text = '';
  if (year !== undefined) text = String(year).padStart(4, '0');
  if (month !== undefined) text += `-${two(month)}`;
  if (day !== undefined) text += `-${two(day)}`;
  if (hour !== undefined) text += `${from === 0 ? 'T' : ''}${two(hour)}`;
  if (minute !== undefined) text += `:${two(minute)}`;
  if (ms !== undefined) text += `:${secondsText(ms, fraction)}`;
  return hour === undefined || offset === undefined ? text : text + zoneText(offset);
}

function secondsText(ms: number, fraction: boolean): string {
  const seconds = two(Math.trunc(ms / 1000));
  return fraction || ms % 1000 !== 0 ? `${seconds}.${String(ms % 1000).padStart(3, '0')}` : seconds;
}

function zoneText(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
}
