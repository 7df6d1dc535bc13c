import type { Json, ResourceType } from '../../knowledge.ts';
import type { Staging } from '../../store/index.ts';
import type { ImportContext, Reader } from '../context.ts';
import type { Input } from '../input.ts';
import { type Piece, splitJson } from './json-split.ts';
import { repeatedName } from './repeated-name.ts';
import { addConcept, addElement, endResource, isTerminology, locateIn } from './resource.ts';
import { listOf, misshapen } from './shape.ts';

const paths = new Set(['concept', 'group.element', 'entry']);
const kindOfPath: Readonly<Record<string, ResourceType>> = {
  concept: 'CodeSystem',
  'group.element': 'ConceptMap',
};

/** A FHIR resource or a Bundle of them as JSON; long ones are read piece by piece. */
export const readFhirJson: Reader = function* (inputs, context) {
  for (const input of inputs) {
    let staging: Staging | undefined;
    let before = 0;
    const pieces = splitJson(input, context.findings, paths);
    let next = pieces.next();
    for (; !next.done; next = pieces.next()) {
      const piece = next.value;
      const json = parse(input, piece.text, piece.line, context);
      const kind = kindOfPath[piece.path];
      if (kind === undefined) addEntry(json, piece, input, context);
      else {
        staging ??= context.begin(kind, input);
        const locate = locateIn(piece.text, piece.line);
        const wrong = misshapen(json, kind === 'ConceptMap' ? 'element' : 'concept');
        if (wrong !== undefined) refuseShape(wrong, { input, line: piece.line }, context);
        else if (kind === 'ConceptMap') addElement(json, piece.index[0]!, staging, locate);
        else addConcept(json, undefined, { context, staging, input }, locate);
      }
      yield piece.read - before;
      before = piece.read;
    }
    yield input.bytes - before;
    const rest = parse(input, next.value.rest, 1, context);
    endDocument(rest, staging, input, context);
  }
};

function endDocument(
  rest: Json,
  staging: Staging | undefined,
  input: Input,
  context: ImportContext,
): void {
  const type = rest.resourceType;
  const { findings } = context;
  if (type === 'Bundle') return;
  if (!isTerminology(type)) {
    const found = typeof type === 'string' ? `a ${type}` : 'no FHIR resource';
    const message = `this is ${found}; a CodeSystem, ValueSet, ConceptMap or Bundle is expected`;
    findings.error(input.name, 1, 'not-terminology', message);
    return;
  }
  const made = staging ?? context.begin(type, input);
  if (made.kind !== type) {
    const message = `a ${type} does not hold what this file holds`;
    findings.error(input.name, 1, 'not-terminology', message);
    return;
  }
  const wrong = misshapen(rest, type);
  if (wrong !== undefined) refuseShape(wrong, { input, line: 1 }, context);
  else endResource(rest, made, { file: input.name, line: 1 }, context);
}

function refuseShape(
  wrong: string,
  { input, line }: { readonly input: Input; readonly line: number },
  { findings }: ImportContext,
): void {
  findings.error(input.name, line, 'structure-invalid', `this is not what FHIR says: ${wrong}`);
}

/** An entry of a Bundle, whole in memory. */
function addEntry(entry: Json, piece: Piece, input: Input, context: ImportContext): void {
  const resource = (entry.resource ?? {}) as Json;
  addResource(resource, { input, text: piece.text, line: piece.line }, context);
}

type Place = { readonly input: Input; readonly text: string; readonly line: number };

/** A resource that is in memory; one that is no terminology is passed over. */
export function addResource(resource: Json, place: Place, context: ImportContext): void {
  const { input, text, line } = place;
  const type = resource.resourceType;
  if (!isTerminology(type)) {
    context.skip(typeof type === 'string' ? type : 'other');
    return;
  }
  const wrong = misshapen(resource, type);
  if (wrong !== undefined) {
    refuseShape(wrong, place, context);
    return;
  }
  const staging = context.begin(type, input);
  const locate = locateIn(text, line);
  for (const concept of type === 'CodeSystem' ? listOf(resource.concept) : [])
    addConcept(concept, undefined, { context, staging, input }, locate);
  if (type === 'ConceptMap')
    listOf(resource.group).forEach((group, part) => {
      for (const element of listOf(group.element)) addElement(element, part, staging, locate);
    });
  endResource(resource, staging, { file: input.name, line }, context);
}

function parse(input: Input, text: string, line: number, context: ImportContext): Json {
  try {
    const value: unknown = JSON.parse(text);
    const twice = repeatedName(text);
    if (twice !== undefined) {
      const name = /^[A-Za-z_]{1,60}$/.test(twice) ? `the name \`${twice}\`` : 'one name';
      const message = `an object has ${name} twice; which of the two counts is not clear`;
      context.findings.error(input.name, line, 'json-name-twice', message);
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    // V8 quotes the text around a mistake; only its place is told.
    const at = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? 0);
    const lines = text.slice(0, at).split('\n').length - 1;
    return context.findings.fail(
      ...([input.name, line + lines, 'json-invalid', 'this is not JSON from here on'] as const),
    );
  }
  return context.findings.fail(input.name, line, 'json-invalid', 'a JSON object is expected');
}
