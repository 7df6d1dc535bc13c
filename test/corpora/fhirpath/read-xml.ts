import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';

/** An element of XML, with what stands in it. */
export type Element = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
  /** What was written from its start to its end, for a narrative. */
  source: string;
};

/** Reads a file of XML into a tree; throws where it is not well-formed. */
export function readXml(file: string): Element {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  const parser = new SaxesParser({ position: true });
  const root: Element = { name: '', attributes: {}, children: [], text: '', source: '' };
  const open: { readonly element: Element; readonly from: number }[] = [{ element: root, from: 0 }];
  let from = 0;
  const top = (): Element => open.at(-1)!.element;
  parser.on('opentagstart', () => {
    from = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', ({ name, attributes }) => {
    const given = attributes as Record<string, string>;
    const element: Element = { name, attributes: given, children: [], text: '', source: '' };
    top().children.push(element);
    open.push({ element, from });
  });
  parser.on('text', (more) => {
    top().text += more;
  });
  parser.on('closetag', () => {
    const { element, from: start } = open.pop()!;
    element.source = text.slice(start, parser.position);
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(text).close();
  return root.children[0]!;
}
