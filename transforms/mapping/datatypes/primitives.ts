import { type Cell, cellText, component } from '../cell.ts';
import type { Conversion, Environment, Settings } from '../environment.ts';
import { translate } from './codes.ts';
import { drop } from './shape.ts';

export const stringConversion: Conversion = {
  name: 'string',
  summary: 'Text as sent, decoded; components joined by `^` where it has any.',
  gives: ['string', 'code', 'uri', 'markdown'],
  convert: (cell) => cellText(cell) || undefined,
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

export const annotationConversion: Conversion = {
  name: 'Annotation',
  summary: 'Text (NTE-3) to an Annotation, its repetitions as lines.',
  gives: ['Annotation'],
  convert: (cell) => annotation([cell]),
  convertAll: annotation,
};

function annotation(cells: readonly Cell[]): fhir4.Annotation | undefined {
  const lines = cells.map(cellText).filter((line) => line !== '');
  return lines.length === 0 ? undefined : { text: lines.join('\n') };
}

const mainTypes = new Set(['application', 'audio', 'image', 'text', 'video', 'multipart']);
const contentTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  rtf: 'application/rtf',
  xml: 'application/xml',
  html: 'text/html',
  plain: 'text/plain',
  text: 'text/plain',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  tiff: 'image/tiff',
  dicom: 'application/dicom',
};

function contentType(main: string, subtype: string): string {
  const known = contentTypes[subtype.toLowerCase()] ?? contentTypes[main.toLowerCase()];
  if (known !== undefined) return known;
  const isMime = mainTypes.has(main.toLowerCase()) && /^[\w.+-]+$/.test(subtype);
  return isMime ? `${main}/${subtype}`.toLowerCase() : 'application/octet-stream';
}

export const attachmentConversion: Conversion = {
  name: 'Attachment',
  summary: 'ED (base64 or text) or RP (a pointer) to an Attachment of the right content type.',
  gives: ['Attachment'],
  reads: [2, 3],
  convert(cell: Cell, environment: Environment, settings: Settings) {
    const typeCell = settings.sibling(2);
    const codeCell = settings.sibling(3);
    const title = codeCell ? component(codeCell, 2) || component(codeCell, 1) : '';
    const type = contentType(component(cell, 2), component(cell, 3));
    if (typeCell && component(typeCell, 1) === 'RP') {
      const url = component(cell, 1);
      return url === '' ? undefined : drop({ contentType: type, url, title });
    }
    const written = component(cell, 5);
    if (written === '') return undefined;
    const encoding = component(cell, 4).toLowerCase();
    if (encoding !== 'base64' && encoding !== 'a') {
      environment.issue('encoding-unknown', 'names an encoding that is neither Base64 nor A', cell);
      return undefined;
    }
    const data = encoding === 'a' ? Buffer.from(written).toString('base64') : compact(written);
    if (/^[A-Za-z0-9+/]*={0,2}$/.test(data) && data.length % 4 === 0)
      return drop({ contentType: type, data, title });
    environment.issue('base64-invalid', 'says Base64 and is not', cell);
    return undefined;
  },
};

const compact = (text: string) => (/\s/.test(text) ? text.replaceAll(/\s+/g, '') : text);
