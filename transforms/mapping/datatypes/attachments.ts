import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, component } from '../reading/index.ts';
import { sniffedType } from './magic-bytes.ts';
import { drop } from './shape.ts';

const mainTypes = new Set(['application', 'audio', 'image', 'text', 'video', 'multipart']);

/** Subtypes (table 0291 and what senders write in its place) to their content types. */
const contentTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    pdf: 'application/pdf',
    rtf: 'application/rtf',
    xml: 'application/xml',
    'x-hl7-cda-level-one': 'application/xml',
    cda: 'application/xml',
    html: 'text/html',
    htm: 'text/html',
    sgml: 'text/sgml',
    plain: 'text/plain',
    txt: 'text/plain',
    text: 'text/plain',
    csv: 'text/csv',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    jpe: 'image/jpeg',
    png: 'image/png',
    gif: 'image/gif',
    bmp: 'image/bmp',
    tiff: 'image/tiff',
    tif: 'image/tiff',
    fax: 'image/tiff',
    svg: 'image/svg+xml',
    dicom: 'application/dicom',
    dcm: 'application/dicom',
    doc: 'application/msword',
    msword: 'application/msword',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    json: 'application/json',
    zip: 'application/zip',
    wav: 'audio/wav',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
  }),
);

/** By the subtype, else by main type and subtype; undefined where both say nothing certain. */
function declaredType(main: string, subtype: string): string | undefined {
  const known = contentTypes.get(subtype.toLowerCase()) ?? contentTypes.get(main.toLowerCase());
  if (known !== undefined) return known;
  const written = `${main}/${subtype}`.toLowerCase();
  const isMime = mainTypes.has(main.toLowerCase()) && /^[\w.+-]+$/.test(subtype);
  return isMime && written !== octets ? written : undefined;
}

const octets = 'application/octet-stream';

type Content = { readonly data: string; readonly bytes: Buffer };

/**
 * Base64 is decoded once, to see that it is valid and what it holds: with a letter that is none,
 * or a wrong length, other bytes come out than its length says.
 */
function fromBase64(written: string): Content | undefined {
  const data = /\s/.test(written.slice(0, 2_000)) ? written.replaceAll(/\s+/g, '') : written;
  const bytes = Buffer.from(data, 'base64');
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  if (data.length % 4 === 0 && bytes.length === (data.length / 4) * 3 - padding)
    return data.includes('-') || data.includes('_') ? undefined : { data, bytes };
  const compact = data.replaceAll(/\s+/g, '');
  return compact.length === data.length || data === '' ? undefined : fromBase64(compact);
}

function fromBytes(bytes: Buffer): Content {
  return { data: bytes.toString('base64'), bytes };
}

function contentOf(cell: Cell, environment: Environment): Content | undefined {
  const isBare = cell.parts.length === 1;
  const written = component(cell, isBare ? 1 : 5);
  if (written === '') return undefined;
  const encoding = isBare ? 'base64' : component(cell, 4).toLowerCase();
  switch (encoding) {
    case 'base64': {
      const content = fromBase64(written);
      if (content === undefined)
        environment.issue('base64-invalid', 'says Base64 and is not', cell);
      return content;
    }
    case 'hex':
      if (/^(?:[0-9A-Fa-f]{2})+$/.test(written)) return fromBytes(Buffer.from(written, 'hex'));
      environment.issue('hex-invalid', 'says Hex and is not', cell);
      return undefined;
    case 'a':
      return fromBytes(Buffer.from(written));
    default: {
      const guessed = encoding === '' ? fromBase64(written) : undefined;
      if (guessed && sniffedType(guessed.bytes) !== undefined) return guessed;
      const text = 'names an encoding that is none of A, Hex and Base64';
      environment.issue('encoding-unknown', text, cell);
      return undefined;
    }
  }
}

export const attachmentConversion: Conversion = {
  name: 'Attachment',
  summary: 'ED (A, Hex or Base64) or RP (a pointer) to an Attachment of the right content type.',
  gives: ['Attachment'],
  reads: [2, 3],
  convert(cell: Cell, environment: Environment, settings: Settings) {
    const typeCell = settings.sibling(2);
    const codeCell = settings.sibling(3);
    const title = codeCell ? component(codeCell, 2) || component(codeCell, 1) : '';
    if (typeCell && component(typeCell, 1) === 'RP') {
      const url = component(cell, 1);
      if (url === '' || /\s/.test(url)) return undefined;
      const type = declaredType(component(cell, 3), component(cell, 4));
      return drop({ contentType: type, url, title });
    }
    const content = contentOf(cell, environment);
    if (content === undefined) return undefined;
    const declared = declaredType(component(cell, 2), component(cell, 3));
    const contentType = declared ?? sniffedType(content.bytes) ?? octets;
    return drop({ contentType, data: content.data, size: content.bytes.length, title });
  },
};
