import { SaxesParser } from 'saxes';
import { edgeKinds, type Staging } from '../../store/index.ts';
import type { ImportContext, Reader } from '../context.ts';
import { type Input, linesOf } from '../input.ts';
import { tellUnended, versionIn } from './table-rows.ts';
import { endSystem, refuseTwice } from './text-system.ts';

/** `00001 A00     0 Cholera` and so on: five digits, the code, whether it may be billed, titles. */
const orderLine = /^(\d{5}) ([A-Z0-9]{3,7}) +([01]) (.{60}) (\S.*)$/;

export const isOrderFile = (head: string): boolean =>
  orderLine.test(head.split(/\r?\n/)[0]?.replace(/^\ufeff/, '') ?? '');

export const isTabular = (head: string): boolean =>
  /<ICD10CM\.tabular/.test(head) || (/<chapter>/.test(head) && /<section[ >]/.test(head));

/** A dot after the third character, where there are more. */
export const dotted = (code: string): string =>
  code.length > 3 ? `${code.slice(0, 3)}.${code.slice(3)}` : code;

/**
 * ICD-10-CM: the order file (every code), the tabular XML (chapters, sections, notes), or both as
 * one release, in which the order file has the say on codes.
 */
export const readIcd10: Reader = function* (inputs, context) {
  const orders = inputs.filter(({ base }) => !/\.xml$/i.test(base));
  const tabulars = inputs.filter(({ base }) => /\.xml$/i.test(base));
  const main = orders[0] ?? tabulars[0]!;
  const staging = context.begin('CodeSystem', main);
  let version = versionIn(main.base, /(?:^|[^0-9])(20\d{2})(?:[^0-9]|$)/);
  for (const input of orders) yield* readOrder(input, staging, context);
  for (const input of tabulars) {
    const found = yield* readTabular(input, staging, context);
    version = found ?? version;
  }
  endSystem(staging, main, context, {
    ...{ url: 'http://hl7.org/fhir/sid/icd-10-cm', version, name: 'ICD10CM' },
    ...{ title: 'ICD-10-CM', caseSensitive: false },
    copyright: 'ICD-10-CM, U.S. National Center for Health Statistics; ICD-10 is of the WHO',
  });
};

/** Stands in the tree by its code: the longest beginning of it that is a code itself. */
function* readOrder(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  let before = 0;
  for (const row of linesOf(input, context.findings, context.encoding)) {
    const { text, number, read, isEnded } = row;
    yield read - before;
    before = read;
    if (text.trim() === '') continue;
    const found = orderLine.exec(text);
    if (found === null)
      context.findings.fail(
        ...([input.name, number, 'row-invalid'] as const),
        'no line of an order file: number, code, 0 or 1, short and long title in fixed columns',
      );
    const [, , code, billable, short, long] = found as unknown as string[];
    if (!isEnded) tellUnended(input, number, context);
    // The short title is an abbreviation of the long one.
    if (!isEnded && long!.trim().length < short!.trim().length)
      context.findings.fail(input.name, number, 'file-truncated', 'this file ends within a title');
    const concept = staging.addConcept(
      {
        ...{ code: dotted(code!), display: long!.trim() },
        designations: [{ use: { code: 'short' }, value: short!.trim() }],
        properties: [{ code: 'billable', valueBoolean: billable === '1' }],
      },
      number,
    );
    if (concept === undefined) {
      refuseTwice(dotted(code!), number, staging, input, context);
      continue;
    }
    for (let end = code!.length - 1; end >= 3; end -= 1) {
      const parent = staging.concept(dotted(code!.slice(0, end)));
      if (parent === undefined) continue;
      staging.addEdge(concept, parent, edgeKinds.relation);
      break;
    }
  }
}

/** Elements whose notes become properties of the concept that they stand in. */
const noteKinds: ReadonlySet<string> = new Set([
  ...['inclusionTerm', 'includes', 'excludes1', 'excludes2', 'codeFirst', 'codeAlso'],
  ...['useAdditionalCode', 'notes'],
]);

type Open = { readonly element: string; concept: number | undefined; code: string };

/** The tabular list; returns the version that it says. */
function* readTabular(
  input: Input,
  staging: Staging,
  context: ImportContext,
): Generator<number, string | undefined> {
  const reading = tabularReading(input, staging, context);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (const chunk of input.chunks()) {
    try {
      reading.parser.write(decoder.decode(chunk, { stream: true }));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const line = reading.parser.line;
      context.findings.fail(input.name, line, 'encoding-invalid', 'this file is not valid UTF-8');
    }
    yield chunk.length;
  }
  reading.parser.close();
  return reading.version();
}

function tabularReading(input: Input, staging: Staging, context: ImportContext) {
  const parser = new SaxesParser();
  const open: Open[] = [];
  let text = '';
  let version: string | undefined;
  const placed = new Set<string>();
  const place = (element: string) => open.findLast((one) => one.element === element);
  const holder = () => open.findLast(({ concept }) => concept !== undefined);
  const add = (at: Open, code: string) => {
    const known = staging.concept(code);
    const parent = holder()?.concept;
    if (placed.has(code)) refuseTwice(code, parser.line, staging, input, context);
    placed.add(code);
    const concept =
      known ?? staging.addConcept({ code, designations: [], properties: [] }, parser.line);
    at.concept = concept;
    at.code = code;
    if (concept !== undefined && parent !== undefined && parent !== concept)
      staging.addEdge(concept, parent, edgeKinds.relation);
  };
  parser.on('error', (error) => {
    const message = /unclosed|unexpected end/i.test(error.message)
      ? 'this file ends within its XML'
      : 'this is not well-formed XML';
    context.findings.fail(input.name, parser.line, 'xml-invalid', message);
  });
  parser.on('opentag', ({ name, attributes }) => {
    text = '';
    open.push({ element: name, concept: undefined, code: '' });
    const { id } = attributes as Record<string, string>;
    if (name === 'section' && id !== undefined) add(open.at(-1)!, id);
  });
  parser.on('text', (more) => {
    text += more;
  });
  parser.on('closetag', ({ name }) => {
    open.pop();
    const value = text.trim().replace(/\s+/g, ' ');
    text = '';
    const parent = open.at(-1);
    if (value === '' || parent === undefined) return;
    if (name === 'version') version = value;
    const chapter = place('chapter');
    if (name === 'name' && parent.element === 'chapter') add(chapter!, `chapter-${value}`);
    if (name === 'name' && parent.element === 'diag') add(parent, value);
    const of = holder()?.concept;
    if (of === undefined) return;
    if (name === 'desc') staging.offerDisplay(of, value);
    if (name === 'note' && noteKinds.has(parent.element))
      staging.addProperty(of, { code: parent.element, valueString: value });
  });
  return { parser, version: () => version };
}
