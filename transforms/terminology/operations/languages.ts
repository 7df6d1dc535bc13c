import { issue, refusedBy } from './issue.ts';

/** Languages in the order of wish. */
export type Languages = {
  /** As it was asked. */
  readonly text: string;
  readonly wanted: readonly string[];
  /** Nothing else will do: `*;q=0` was asked. */
  readonly isStrict: boolean;
};

/**
 * Reads `displayLanguage` or `Accept-Language` (RFC 9110, section 12.5.4). Throws a refusal when a
 * language is not one.
 */
export function languagesOf(text: string): Languages {
  const wanted = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((one) => one.trim());
      const weight = parameters.find((one) => /^q *=/i.test(one))?.replace(/^q *= */i, '');
      return { range, weight: weight === undefined ? 1 : Number(weight) };
    });
  if (wanted.length === 0 || wanted.some(({ range, weight }) => !isRange(range) || !(weight >= 0)))
    throw refusedBy(
      400,
      issue(
        { severity: 'error', type: 'processing', tx: 'invalid-display' },
        'INVALID_DISPLAY_NAME',
        text,
      ),
    );
  const ranked = wanted
    .filter(({ range, weight }) => weight > 0 && range !== '*')
    .sort((left, right) => right.weight - left.weight);
  return {
    text: written(text),
    wanted: ranked.map(({ range }) => range),
    isStrict: wanted.some(({ range, weight }) => range === '*' && weight === 0),
  };
}

/** A part with a weight is set off by a blank. */
const written = (text: string) => text.replaceAll(/, *([^,;]+;)/g, ', $1');

const isRange = (range: string) =>
  range === '*' || /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(range);

/** Whether a text of this language serves who wants that one: `en` is served by `en-US`. */
export function speaks(language: string, wanted: string): boolean {
  const [said, asked] = [language.toLowerCase(), wanted.toLowerCase()];
  return said === asked || said.startsWith(`${asked}-`);
}
