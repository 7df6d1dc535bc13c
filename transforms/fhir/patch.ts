import { type Issue, isTooDeep } from '../../engine/index.ts';
import { parseFaithfully } from './json.ts';
import { type PathOperation, readPathPatch } from './path-patch.ts';

/** One operation of JSON Patch (RFC 6902); `path` and `from` as lists of names and indexes. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer };

export type JsonPatch = readonly PatchOperation[];

/** Changes to a resource, in one of the two languages that a sender may write them in. */
export type Patch =
  | { readonly language: 'json'; readonly operations: JsonPatch }
  | { readonly language: 'fhirpath'; readonly operations: readonly PathOperation[] };

/** RFC 6901, as the names and indexes on the way. */
export type Pointer = readonly string[];
type Json = Record<string, unknown>;

/** More than a person or a program changes of one resource. */
const operationsMax = 1_000;
/** The spine writes these itself. */
const fixed = new Set(['id', 'resourceType', 'meta']);

/**
 * Reads the body of a PATCH as it stands in a Bundle: a Binary with JSON Patch in it
 * (https://hl7.org/fhir/R4/http.html#jsonpatch), or Parameters with FHIRPath Patch. Undefined with
 * what is wrong in `issues`.
 */
export function readPatch(body: Json, path: string, issues: Issue[]): Patch | undefined {
  const wrong = (code: string, diagnostics: string): undefined => {
    issues.push({ severity: 'error', code, diagnostics, path });
    return undefined;
  };
  if (body.resourceType === 'Parameters') {
    const operations = readPathPatch(body);
    if (operations !== undefined) return { language: 'fhirpath', operations };
    return wrong('fhir-patch-invalid', 'an operation of the Parameters is none of FHIRPath Patch');
  }
  if (body.resourceType !== 'Binary' || body.contentType !== 'application/json-patch+json')
    return wrong(
      'fhir-patch-invalid',
      'a patch is a Binary of application/json-patch+json, or Parameters',
    );
  let operations: unknown;
  try {
    operations = parseFaithfully(Buffer.from(String(body.data), 'base64').toString('utf8'));
  } catch {
    return wrong('fhir-patch-invalid', 'the patch is not valid JSON');
  }
  if (!Array.isArray(operations) || operations.length > operationsMax || isTooDeep(operations))
    return wrong('fhir-patch-invalid', `a patch is a list of at most ${operationsMax} operations`);
  const read = operations.map(readOperation);
  if (read.some((one) => one === undefined))
    return wrong('fhir-patch-invalid', 'an operation of the patch is not one of RFC 6902');
  const patch = read as JsonPatch;
  const isFixed = ({ path: [name] }: PatchOperation): boolean =>
    name === undefined || fixed.has(name);
  if (patch.some((one) => one.op !== 'test' && isFixed(one)))
    return wrong('fhir-patch-invalid', 'a patch cannot change `id`, `meta` or `resourceType`');
  return { language: 'json', operations: patch };
}

function readOperation(operation: unknown): PatchOperation | undefined {
  if (typeof operation !== 'object' || operation === null) return undefined;
  const { op, path, from, value } = operation as Json;
  const [at, source] = [readPointer(path), readPointer(from)];
  if (at === undefined) return undefined;
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      return value === undefined ? undefined : { op, path: at, value };
    case 'remove':
      return { op, path: at };
    case 'move':
    case 'copy':
      return source === undefined ? undefined : { op, path: at, from: source };
    default:
      return undefined;
  }
}

/** RFC 6901; undefined for what is no pointer. */
function readPointer(text: unknown): Pointer | undefined {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) return undefined;
  const names = text.split('/').slice(1);
  if (names.some((name) => /~(?![01])/.test(name) || name === '__proto__')) return undefined;
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}
