import type { Conversion } from '../environment.ts';
import { cellText } from '../reading/index.ts';

export const narrativeConversion: Conversion = {
  name: 'Narrative',
  summary: 'Plain text to the narrative of a resource.',
  gives: ['Narrative'],
  convert(cell) {
    const text = cellText(cell);
    if (text === '') return undefined;
    const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return {
      status: 'additional',
      div: `<div xmlns="http://www.w3.org/1999/xhtml">${safe}</div>`,
    };
  },
};
