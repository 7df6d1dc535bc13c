import type { RenderConversion, WriterSettings } from './writer.ts';

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** A text; what has no text of its own is an issue. */
export function textOf(value: unknown, settings: WriterSettings): string {
  if (isScalar(value)) return String(value);
  settings.issue('render-value', 'is no plain value');
  return '';
}

export const stringWriter: RenderConversion = {
  name: 'string',
  summary: 'A text or a number as it is.',
  write: ({ value }, settings) => [textOf(value, settings)],
};

export const booleanWriter: RenderConversion = {
  name: 'boolean',
  summary: 'true and false to Y and N.',
  write: ({ value }) => (typeof value === 'boolean' ? [value ? 'Y' : 'N'] : undefined),
};

/** `codes:` first, then the table from right to left, where it has one answer. */
export function codeFor(
  code: string,
  system: string | undefined,
  settings: WriterSettings,
): string | undefined {
  return settings.codes[code] ?? settings.lookup(code, system);
}

export const codeWriter: RenderConversion = {
  name: 'code',
  summary: 'A code by `codes` and `table`, read from right to left; without them as it is.',
  write({ value }, settings) {
    const code = textOf(value, settings);
    if (settings.table === undefined && Object.keys(settings.codes).length === 0) return [code];
    const found = codeFor(code, undefined, settings);
    if (found === undefined)
      settings.issue('render-code', 'is a code that the table does not give');
    return found === undefined ? undefined : [found];
  },
};

const dateTime =
  /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** HL7's DTM of a FHIR date or dateTime, with its precision and its offset. */
export function hl7Time(text: string): string | undefined {
  const match = dateTime.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const offset = zone === 'Z' ? '+0000' : (zone?.replace(':', '') ?? '');
  // HL7 knows four digits of a second.
  const parts = [year, month, day, hour, minute, second, fraction?.slice(0, 5), offset];
  return parts.map((part) => part ?? '').join('');
}

export const dateTimeWriter: RenderConversion = {
  name: 'dateTime',
  summary: 'date, dateTime or instant to DTM, precision and offset kept.',
  write({ value }, settings) {
    const text = hl7Time(textOf(value, settings));
    if (text === undefined) settings.issue('render-value', 'is no date or time');
    return text === undefined ? undefined : [text];
  },
};

export const dateWriter: RenderConversion = {
  name: 'date',
  summary: 'date to DT, precision kept.',
  write: dateTimeWriter.write,
};

export const annotationWriter: RenderConversion = {
  name: 'Annotation',
  summary: 'The text of an Annotation.',
  write: ({ value }, settings) => [textOf((value as { text?: unknown }).text ?? '', settings)],
};
