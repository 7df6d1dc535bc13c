import { decimalOf } from '../../fhir/index.ts';
import { type Conversion, unsaid } from '../environment.ts';
import { component } from '../reading/index.ts';
import { attachmentConversion } from './attachments.ts';
import { codeableConceptConversion } from './codes.ts';
import { telecomConversion } from './contacts.ts';
import { annotationConversion } from './notes.ts';
import { stringConversion } from './primitives.ts';
import { dateTimeConversion } from './times.ts';

/** Set afterwards: a literal with a name that is computed takes three times as long. */
export function extensionWith(url: unknown, element: string, value: unknown): object {
  const extension: Record<string, unknown> = { url: String(url) };
  extension[element] = value;
  return extension;
}

/** An Extension whose value another conversion makes; its url is in `with: {url}`. */
function extensionOf(name: string, element: string, inner: Conversion): Conversion {
  const wrap = (value: unknown, url: unknown) =>
    value === undefined ? undefined : extensionWith(url, element, value);
  const plainOf =
    (plain: NonNullable<Conversion['plain']>): NonNullable<Conversion['plain']> =>
    (text, environment, settings) => {
      const value = plain(text, environment, settings);
      return value === unsaid ? unsaid : wrap(value, settings.with.url);
    };
  return {
    name,
    summary: `\`${inner.name}\` as the value of the extension that \`with: {url}\` names.`,
    gives: ['Extension'],
    settings: ['url', ...(inner.settings ?? [])],
    ...(inner.reads ? { reads: inner.reads } : {}),
    ...(inner.remembers ? { remembers: inner.remembers } : {}),
    convert: (cell, environment, settings) =>
      wrap(inner.convert(cell, environment, settings), settings.with.url),
    ...(inner.plain === undefined ? {} : { plain: plainOf(inner.plain) }),
  };
}

export const extensionConversions: readonly Conversion[] = [
  extensionOf('AnnotationExtension', 'valueAnnotation', annotationConversion),
  extensionOf('AttachmentExtension', 'valueAttachment', attachmentConversion),
  extensionOf('ConceptExtension', 'valueCodeableConcept', codeableConceptConversion),
  extensionOf('ContactPointExtension', 'valueContactPoint', telecomConversion),
  extensionOf('DateTimeExtension', 'valueDateTime', dateTimeConversion),
  extensionOf('StringExtension', 'valueString', stringConversion),
];

const subIdUrl = 'http://hl7.org/fhir/StructureDefinition/observation-v2-subid';

export const subIdConversion: Conversion = {
  name: 'SubIdExtension',
  summary: 'OG (OBX-4: sub-ID, group, sequence, identifier) to the extension for it.',
  gives: ['Extension'],
  convert(cell) {
    const extension: fhir4.Extension[] = [];
    const words = ['original-sub-identifier', 'group', 'sequence', 'identifier'];
    for (const [at, url] of words.entries()) {
      const text = component(cell, at + 1);
      if (text === '') continue;
      const number = at === 1 || at === 2 ? decimalOf(text) : undefined;
      extension.push(
        number === undefined ? { url, valueString: text } : { url, valueDecimal: number },
      );
    }
    return extension.length === 0 ? undefined : { url: subIdUrl, extension };
  },
  plain: (text) => ({
    url: subIdUrl,
    extension: [{ url: 'original-sub-identifier', valueString: text }],
  }),
};

export const displayReferenceConversion: Conversion = {
  name: 'DisplayReference',
  summary: 'Text, or the text of CE or CWE, to a Reference that only shows it.',
  gives: ['Reference'],
  convert(cell) {
    const display = component(cell, 9) || component(cell, 2) || component(cell, 1);
    return display === '' ? undefined : { display };
  },
};
