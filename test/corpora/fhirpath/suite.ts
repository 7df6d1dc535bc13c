import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Element, readXml } from './read-xml.ts';
import { resourceOfXml } from './resource-of-xml.ts';

/** One test of HL7's suite. */
export type SuiteTest = {
  readonly group: string;
  readonly name: string;
  readonly expression: string;
  /** The file that it reads; undefined for those that read none. */
  readonly input: string | undefined;
  /** That it must not evaluate, and why: `syntax`, `semantic`, `execution`. */
  readonly invalid: string | undefined;
  /** The result counts as a boolean: is there one? */
  readonly predicate: boolean;
  readonly ordered: boolean;
  readonly outputs: readonly { readonly type: string | undefined; readonly text: string }[];
};

/** The tests of a file as HL7 writes it. */
export function readSuite(file: string): SuiteTest[] {
  return childrenOf(readXml(file), 'group').flatMap((group) =>
    childrenOf(group, 'test').flatMap((test) => testOf(test, group.attributes.name ?? '')),
  );
}

const childrenOf = (element: Element, name: string): Element[] =>
  element.children.filter((one) => one.name === name);

function testOf(test: Element, group: string): SuiteTest[] {
  const expression = childrenOf(test, 'expression')[0];
  if (expression === undefined) return [];
  const { name = '', inputfile, predicate, ordered } = test.attributes;
  return [
    {
      group,
      name,
      expression: expression.text,
      input: inputfile,
      invalid: expression.attributes.invalid,
      predicate: predicate === 'true',
      ordered: ordered !== 'false',
      outputs: childrenOf(test, 'output').map(({ attributes, text }) => ({
        type: attributes.type,
        text,
      })),
    },
  ];
}

const read = new Map<string, unknown>();

/** The resource that a test reads: the XML that it names, else the JSON of the same name. */
export function inputOf(folder: string, name: string): unknown {
  if (!read.has(name)) read.set(name, readInput(folder, name));
  return read.get(name);
}

function readInput(folder: string, name: string): unknown {
  const xml = join(folder, name);
  if (name.endsWith('.xml') && existsSync(xml)) return resourceOfXml(xml);
  const json = join(folder, name.replace(/\.xml$/, '.json'));
  return existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : undefined;
}
