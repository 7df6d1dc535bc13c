import type { Conversion } from '../environment.ts';
import { cellText, component } from '../reading/index.ts';
import { translate } from './codes.ts';

export const stringConversion: Conversion = {
  name: 'string',
  summary: 'Text as sent, decoded; components joined by `^` where it has any.',
  gives: ['string', 'code', 'uri', 'markdown'],
  convert: (cell) => cellText(cell) || undefined,
  plain: (text) => text,
};

const yes = new Set(['Y', 'YES', 'TRUE', '1']);
const no = new Set(['N', 'NO', 'FALSE', '0']);

export const booleanConversion: Conversion = {
  name: 'boolean',
  summary: 'Y or N (table 0136) to a boolean; with a table, what that says.',
  gives: ['boolean'],
  convert(cell, environment, settings) {
    const text = component(cell, 1).toUpperCase();
    if (text === '') return undefined;
    if (settings.table) return byTable(translate(cell, environment, settings)?.code);
    if (yes.has(text)) return true;
    if (no.has(text)) return false;
    environment.issue('boolean-invalid', 'is neither Y nor N', cell);
    return undefined;
  },
};

const byTable = (word: string | undefined): boolean | undefined =>
  word === 'true' ? true : word === 'false' ? false : undefined;
