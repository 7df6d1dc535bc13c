import { type Cell, cellText, component } from '../cell.ts';
import { toDateTime } from '../datetime.ts';
import type { Conversion } from '../environment.ts';
import { timeIssue } from './times.ts';

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

/** PR1-5 for PR1-7 minutes; only a time of day can have an end. */
export const performedConversion: Conversion = {
  name: 'Performed',
  summary: 'PR1-5, and PR1-7 in minutes, to a Period; to a dateTime without the minutes.',
  gives: ['dateTime', 'Period'],
  reads: [7],
  convert(cell, environment, settings) {
    const found = toDateTime(component(cell, 1), environment.time);
    if (found.code) timeIssue(found, cell, environment);
    const { value: start } = found;
    if (start === undefined) return undefined;
    const minutes = settings.sibling(7);
    const end = minutes === undefined ? undefined : later(start, minutes);
    if (end === undefined) return { type: 'dateTime', value: start };
    return { type: 'Period', value: { start, end } };
  },
};

function later(start: string, cell: Cell): string | undefined {
  const minutes = Number(component(cell, 1));
  const [, local, , rest] = /^(.{16})(:\d\d)?(.*)$/.exec(start) ?? [];
  if (local === undefined || !Number.isInteger(minutes) || minutes < 1) return undefined;
  const end = new Date(Date.parse(`${local}Z`) + minutes * 60_000).toISOString();
  return `${end.slice(0, 19)}${rest}`;
}
