import type { Conversion } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import { toDateTime } from '../times/index.ts';
import { displayName, humanName } from './names.ts';
import { drop } from './shape.ts';

/** The lines of all cells, without empty ones before and behind. */
function linesOf(cells: readonly Cell[]): string {
  const lines = cells.map(cellText);
  let first = 0;
  let end = lines.length;
  while (first < end && lines[first] === '') first += 1;
  while (end > first && lines[end - 1] === '') end -= 1;
  return lines.slice(first, end).join('\n');
}

export const linesConversion: Conversion = {
  name: 'Lines',
  summary: 'Text of several segments (NTE-3), a line each; `under`: segments whose ones are meant.',
  gives: ['string', 'markdown'],
  gathers: true,
  settings: ['under'],
  convert: (cell) => linesOf([cell]) || undefined,
  convertAll: (cells) => linesOf(cells) || undefined,
};

export const noteExtensionConversion: Conversion = {
  name: 'NoteExtension',
  summary: 'NTE-3 with who (NTE-5) and when (NTE-6), if said, to the extension of `with: {url}`.',
  gives: ['Extension'],
  reads: [5, 6],
  settings: ['url'],
  convert(cell, environment, settings) {
    const author = settings.sibling(5);
    const when = settings.sibling(6);
    const text = cellText(cell);
    if (text === '' || (!author && !when)) return undefined;
    const name = author && humanName(author, 2);
    const authorString = author && (name ? displayName(name) : component(author, 1));
    const time = when && toDateTime(component(when, 1), environment.time).value;
    return { url: String(settings.with.url), valueAnnotation: drop({ authorString, time, text }) };
  },
};

/** Formats that senders put into a text field, and how they begin. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^\{\\rtf/, 'application/rtf'],
  [/^<(?:!doctype )?html/i, 'text/html'],
  [/^<\?xml/, 'application/xml'],
];

/** A PDF in base64, which some senders call text. */
const pdf = /^JVBERi0[A-Za-z0-9+/\s]+={0,2}\s*$/;

function textAttachment(cells: readonly Cell[]): fhir4.Attachment | undefined {
  const text = linesOf(cells);
  if (text === '') return undefined;
  if (pdf.test(text)) return { contentType: 'application/pdf', data: text.replaceAll(/\s+/g, '') };
  const start = text.slice(0, 64).trimStart();
  const known = beginnings.find(([pattern]) => pattern.test(start));
  const data = Buffer.from(text).toString('base64');
  return { contentType: known?.[1] ?? 'text/plain', data };
}

export const textAttachmentConversion: Conversion = {
  name: 'TextAttachment',
  summary: 'Lines of a document (OBX-5 of TX, FT or ST), a segment each, to one Attachment.',
  gives: ['Attachment'],
  gathers: true,
  settings: ['under'],
  convert: (cell) => textAttachment([cell]),
  convertAll: textAttachment,
};

export const otherCodingConversion: Conversion = {
  name: 'OtherCoding',
  summary: 'A coding of CE or CWE, left out where field `with: {unlike}` has the same code.',
  gives: ['Coding'],
  reads: [7],
  settings: ['unlike'],
  convert(cell, environment, settings) {
    const code = component(cell, 1);
    if (code === '') return undefined;
    const other = settings.sibling(Number(settings.with.unlike));
    if (other && component(other, 1) === code) return undefined;
    const name = component(cell, 3);
    const system =
      name === '' ? environment.defaultCodeSystem(cell.field) : environment.codeSystem(name);
    const display = component(cell, 2);
    return { ...(system && { system }), code, ...(display && { display }) };
  },
};
