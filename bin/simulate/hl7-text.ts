/** Fields by number; the numbers left out are empty. */
export type Fields = Readonly<Record<number, string>>;

/** One segment without its end; trailing empty fields are left away. */
export function segment(name: string, fields: Fields): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  const values = Array.from({ length: last }, (_, index) => fields[index + 1] ?? '');
  return [name, ...values].join('|');
}

/** MSH counts from 1 with the separator itself, so its fields are given from MSH-2 on. */
export function header(fields: Fields): string {
  const { 2: encoding = '^~\\&', ...rest } = fields;
  const shifted = Object.entries(rest).map(([no, value]) => [Number(no) - 1, value] as const);
  return segment('MSH', { 1: encoding, ...Object.fromEntries(shifted) });
}

/** `\.br\` and the like are not needed here; the delimiters are (HL7 v2.5.1, section 2.7). */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\E\\')
    .replaceAll('|', '\\F\\')
    .replaceAll('^', '\\S\\')
    .replaceAll('~', '\\R\\')
    .replaceAll('&', '\\T\\');
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The parts of a wall clock's time; `ms` counts from the epoch as if the wall stood in UTC. */
export function wallTime(ms: number) {
  const at = new Date(ms);
  return {
    year: String(at.getUTCFullYear()),
    month: two(at.getUTCMonth() + 1),
    day: two(at.getUTCDate()),
    hour: two(at.getUTCHours()),
    minute: two(at.getUTCMinutes()),
    second: two(at.getUTCSeconds()),
  };
}

/** YYYYMMDDHHMMSS. */
export function hl7Time(ms: number): string {
  const { year, month, day, hour, minute, second } = wallTime(ms);
  return `${year}${month}${day}${hour}${minute}${second}`;
}
