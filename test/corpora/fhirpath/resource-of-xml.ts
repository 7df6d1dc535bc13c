import { decimalOf } from '../../../transforms/fhir/index.ts';
import { type Model, type PathType, r4Model } from '../../../transforms/fhirpath/index.ts';
import { type Element, readXml } from './read-xml.ts';

type Json = Record<string, unknown>;

/**
 * A resource of FHIR R4 in XML (R4, xml.html) as JSON (json.html): a small reader for tests, that
 * knows lists and types by the model and takes no care of what is not in it.
 */
export function resourceOfXml(file: string): Json {
  return readResource(readXml(file), r4Model());
}

function readResource(element: Element, model: Model): Json {
  const type = model.type(element.name);
  if (type === undefined) throw new Error(`${element.name} is no resource`);
  return { resourceType: element.name, ...readMembers(element, type, model) };
}

function readMembers(element: Element, type: PathType, model: Model): Json {
  const out: Json = {};
  if (element.attributes.id !== undefined) out.id = element.attributes.id;
  if (element.attributes.url !== undefined) out.url = element.attributes.url;
  for (const [name, children] of Map.groupBy(element.children, (one) => one.name)) {
    const slot = type.keys.get(name);
    if (slot === undefined) throw new Error(`${type.name} has no ${name}`);
    const isList = type.members.get(slot.name)?.isList ?? false;
    const read = children.map((child) => readOne(child, slot.type, model));
    const values = read.map(({ value }) => value ?? null);
    const extras = read.map(({ extra }) => extra ?? null);
    if (values.some((value) => value !== null)) out[name] = isList ? values : values[0];
    if (extras.some((extra) => extra !== null)) out[`_${name}`] = isList ? extras : extras[0];
  }
  return out;
}

type One = { readonly value?: unknown; readonly extra?: Json };

function readOne(element: Element, type: PathType, model: Model): One {
  if (type.name === 'xhtml') return { value: element.source };
  if (type.isResource) return { value: readResource(element.children[0]!, model) };
  if (type.system === undefined) return { value: readMembers(element, type, model) };
  const extra = readMembers(element, type, model);
  const { value } = element.attributes;
  return {
    ...(value === undefined ? {} : { value: primitive(value, type) }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function primitive(text: string, { system }: PathType): unknown {
  if (system === 'Boolean') return text === 'true';
  return system === 'Integer' || system === 'Decimal' ? decimalOf(text) : text;
}
