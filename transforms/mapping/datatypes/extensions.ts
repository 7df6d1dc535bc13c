import { component } from '../cell.ts';
import type { Conversion } from '../environment.ts';
import { attachmentConversion } from './attachments.ts';
import { codeableConceptConversion } from './codes.ts';
import { telecomConversion } from './contacts.ts';
import { annotationConversion } from './notes.ts';
import { stringConversion } from './primitives.ts';
import { dateTimeConversion } from './times.ts';

/** An Extension whose value another conversion makes; its url is in `with: {url}`. */
function extensionOf(name: string, element: string, inner: Conversion): Conversion {
  const wrap = (value: unknown, url: unknown) =>
    value === undefined ? undefined : { url: String(url), [element]: value };
  return {
    name,
    summary: `\`${inner.name}\` as the value of the extension that \`with: {url}\` names.`,
    gives: ['Extension'],
    settings: ['url', ...(inner.settings ?? [])],
    ...(inner.reads ? { reads: inner.reads } : {}),
    convert: (cell, environment, settings) =>
      wrap(inner.convert(cell, environment, settings), settings.with.url),
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

export const displayReferenceConversion: Conversion = {
  name: 'DisplayReference',
  summary: 'Text, or the text of CE or CWE, to a Reference that only shows it.',
  gives: ['Reference'],
  convert(cell) {
    const display = component(cell, 9) || component(cell, 2) || component(cell, 1);
    return display === '' ? undefined : { display };
  },
};
