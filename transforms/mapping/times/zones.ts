/** What a zone says of a local time: its offset, and whether the clocks were being changed. */
export type ZoneOffset = {
  /** Minutes east of UTC. */
  readonly minutes: number;
  /** `gap`: the time was skipped. `overlap`: it came twice; `other` is the second offset. */
  readonly change?: 'gap' | 'overlap';
  readonly other?: number;
};

export type Zone = {
  readonly name: string;
  /** Offset of a local time, given as milliseconds as if it were UTC. */
  offsetAt(localMs: number): ZoneOffset;
  /** Minutes east of UTC at a moment, in milliseconds since 1970. */
  offsetOf(utcMs: number): number;
};

const dayMs = 86_400_000;
const zones = new Map<string, Zone>();

/** An IANA zone with its daylight-saving rules; undefined when there is no zone of that name. */
export function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  const zone = createZone(name, format);
  zones.set(name, zone);
  return zone;
}

const cachedDaysMax = 40_000;
const cachedSecondsMax = 40_000;

function createZone(name: string, format: Intl.DateTimeFormat): Zone {
  // Intl is slow and offsets change twice a year: a day whose two ends agree has one offset.
  const byDay = new Map<number, number | undefined>();
  const atUtc = (ms: number) => utcOffset(format, ms);

  function wholeDay(day: number): number | undefined {
    const known = byDay.get(day);
    if (known !== undefined || byDay.has(day)) return known;
    const before = atUtc((day - 1) * dayMs);
    const same = before === atUtc((day + 1) * dayMs) && before === atUtc((day + 2) * dayMs);
    if (byDay.size >= cachedDaysMax) byDay.clear();
    byDay.set(day, same ? before : undefined);
    return same ? before : undefined;
  }

  // On the few days about a change the answer is remembered for the second that was asked for.
  const bySecond = new Map<number, ZoneOffset>();

  return {
    name,
    offsetOf: (utcMs) => wholeDay(Math.floor(utcMs / dayMs)) ?? atUtc(utcMs),
    offsetAt(localMs) {
      const simple = wholeDay(Math.floor(localMs / dayMs));
      if (simple !== undefined) return { minutes: simple };
      const known = bySecond.get(localMs);
      if (known !== undefined) return known;
      const found = nearChange(localMs);
      if (bySecond.size >= cachedSecondsMax) bySecond.clear();
      bySecond.set(localMs, found);
      return found;
    },
  };

  function nearChange(localMs: number): ZoneOffset {
    const before = atUtc(localMs - dayMs);
    const after = atUtc(localMs + dayMs);
    const candidates = [...new Set([before, after])].filter(
      (minutes) => atUtc(localMs - minutes * 60_000) === minutes,
    );
    const [first, second] = candidates;
    if (first === undefined) return { minutes: before, change: 'gap' };
    if (second === undefined) return { minutes: first };
    return { minutes: first, change: 'overlap', other: second };
  }
}

const offsetPattern = /GMT([+-])(\d{2}):(\d{2})/;

function utcOffset(format: Intl.DateTimeFormat, ms: number): number {
  const [, sign, hours, minutes] = offsetPattern.exec(format.format(ms)) ?? [];
  if (sign === undefined) return 0;
  const total = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -total : total;
}

/** `+02:00`, as FHIR writes an offset. */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}
