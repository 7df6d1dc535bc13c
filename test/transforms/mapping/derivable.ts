// Does every value of a bundle come from the message, or from what the mapping itself knows? A
// value that neither has was invented.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const mapping = join(import.meta.dirname, '../../../transforms/mapping');

/** Everything written in the mapping: its tables, constants, the uris in its conversions. */
const written: string = readdirSync(mapping, { recursive: true })
  .map(String)
  .filter((file) => /\.(yaml|ts)$/.test(file))
  .map((file) => readFileSync(join(mapping, file), 'utf8'))
  .join('\n');
const writtenWords = wordsOf(written);
const answers = new Map<string, boolean>();

/** Is it in the mapping's files, letter by letter? */
function isKnown(value: string): boolean {
  const known = answers.get(value) ?? written.includes(value);
  answers.set(value, known);
  return known;
}

/** A message as it is searched. */
type Searched = {
  readonly raw: string;
  /** Only its letters and digits. */
  readonly text: string;
  readonly numbers: ReadonlySet<number>;
};

/**
 * The values of a bundle that are not derived, as `Patient.birthDate = 1980`. A value is derived
 * when the message has it (but for case and what stands between letters and digits, so that a
 * date may gain hyphens), when the mapping's own files have it, or when it is made of words of
 * both. Of a time, the digits must stand together in the message (seconds and minutes `00` may be
 * added, as R4 asks), and the offset anywhere in it.
 */
export function invented(bundle: fhir4.Bundle | undefined, message: string): string[] {
  const searched = { raw: message, text: squeeze(message), numbers: numbersOf(message) };
  const found: string[] = [];
  for (const { resource } of bundle?.entry ?? [])
    if (resource)
      eachLeaf(resource, resource.resourceType, (path, value, of) => {
        if (!isDerived(value, searched) && !isReckoned(value, of, searched))
          found.push(`${path} = ${value}`);
      });
  return found;
}

const squeeze = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
}

const numbersOf = (text: string): ReadonlySet<number> =>
  new Set(text.match(/\d+(\.\d+)?|\.\d+/g)?.map(Number));

function eachLeaf(
  value: object,
  path: string,
  found: (path: string, value: unknown, of: object) => void,
): void {
  for (const [key, inner] of Object.entries(value)) {
    // Ids are hashes of keys, and references name them.
    if (key === 'id' || key === 'reference' || key === 'resourceType') continue;
    const at = Array.isArray(value) ? path : `${path}.${key}`;
    if (typeof inner === 'object' && inner !== null) eachLeaf(inner, at, found);
    else if (typeof inner !== 'boolean') found(at, inner, value);
  }
}

const time = /^(\d{4}(?:-\d\d){0,2})(?:T([\d:.]+)(Z|[+-]\d\d:\d\d)?)?$/;

function isDerived(given: unknown, message: Searched): boolean {
  // A number may lose zeros (07, 1.50), and stands in the message between others as in `70-99`.
  if (typeof given === 'number') return message.numbers.has(Math.abs(given));
  const value = String(given);
  const [, date, clock = '', offset = ''] = time.exec(value) ?? [];
  if (date !== undefined)
    return isOffsetOf(message, offset) && isTimeOf(message, squeeze(date), squeeze(clock));
  if (message.text.includes(squeeze(value)) || isKnown(value)) return true;
  return [...wordsOf(value)].every((word) => isWordOf(word, message));
}

/** HL7's tables are named by number: `HL7283` is `v2-0283`. */
const isWordOf = (word: string, { text }: Searched): boolean =>
  writtenWords.has(word) || text.includes(word.replace(/^0+(?=\d)/, ''));

/** An offset of hours alone is one too. */
const isOffsetOf = ({ raw }: Searched, offset: string): boolean =>
  offset === '' || raw.includes(offset.replace(':', '')) || raw.includes(offset.replace(':00', ''));

/**
 * What is reckoned from what the message says: the end of a period from its beginning and a
 * duration, an offset in minutes from hours or days, the size of an attachment from its data.
 */
function isReckoned(value: unknown, of: object, { numbers }: Searched): boolean {
  const { start, end } = of as fhir4.Period;
  if (start !== undefined && end !== undefined && value === end) {
    const seconds = (Date.parse(end) - Date.parse(start)) / 1000;
    return [1, 60, 3600, 86_400].some((unit) => numbers.has(seconds / unit));
  }
  const { offset } = of as fhir4.TimingRepeat;
  if (offset !== undefined && value === offset)
    return [60, 1440].some((unit) => numbers.has(offset / unit));
  const { size, data } = of as fhir4.Attachment;
  return value === size && data !== undefined && size === Buffer.from(data, 'base64').length;
}

function isTimeOf({ text }: Searched, date: string, clock: string): boolean {
  for (let digits = date + clock; ; digits = digits.slice(0, -2)) {
    if (text.includes(digits)) return true;
    if (!digits.endsWith('00') || digits.length <= date.length) return false;
  }
}
