/** What an operation brings: a value of a FHIR type, or an element made of named parts. */
export type PatchValue =
  | { readonly type: string; readonly value: unknown }
  | { readonly parts: readonly { readonly name: string; readonly value: PatchValue }[] };

/** One operation of FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html). */
export type PathOperation =
  | {
      readonly op: 'add';
      readonly path: string;
      readonly name: string;
      readonly value: PatchValue;
    }
  | {
      readonly op: 'insert';
      readonly path: string;
      readonly index: number;
      readonly value: PatchValue;
    }
  | { readonly op: 'delete'; readonly path: string }
  | { readonly op: 'replace'; readonly path: string; readonly value: PatchValue }
  | {
      readonly op: 'move';
      readonly path: string;
      readonly source: number;
      readonly destination: number;
    };

type Json = Readonly<Record<string, unknown>>;

/** A path is a place, and no program. */
const pathCharactersMax = 1_000;
const valueDepthMax = 16;
const operationsMax = 1_000;

/** The operations of Parameters; undefined for what is not FHIRPath Patch. */
export function readPathPatch({ parameter }: Json): readonly PathOperation[] | undefined {
  const listed = listOf(parameter);
  if (listed.length === 0 || listed.length > operationsMax) return undefined;
  const read = listed.map(readOperation);
  return read.some((one) => one === undefined) ? undefined : (read as PathOperation[]);
}

function readOperation({ name: said, part }: Json): PathOperation | undefined {
  if (said !== 'operation') return undefined;
  const parts = new Map(listOf(part).map((one) => [one.name, one]));
  const path = textIn(parts.get('path'));
  if (path === undefined || path.length > pathCharactersMax) return undefined;
  const value = valueIn(parts.get('value'), 0);
  const numbers = (name: string) => numberIn(parts.get(name));
  const [index, source, destination] = [
    numbers('index'),
    numbers('source'),
    numbers('destination'),
  ];
  const name = textIn(parts.get('name'));
  switch (textIn(parts.get('type'))) {
    case 'add':
      return name && value ? { op: 'add', path, name, value } : undefined;
    case 'insert':
      return value && index !== undefined ? { op: 'insert', path, index, value } : undefined;
    case 'delete':
      return { op: 'delete', path };
    case 'replace':
      return value && { op: 'replace', path, value };
    case 'move':
      if (source === undefined || destination === undefined) return undefined;
      return { op: 'move', path, source, destination };
    default:
      return undefined;
  }
}

/** `value[x]` says the type by its name; parts are the elements of a type without one. */
function valueIn(parameter: Json | undefined, depth: number): PatchValue | undefined {
  if (parameter === undefined || depth > valueDepthMax) return undefined;
  const keys = Object.keys(parameter).filter((key) => /^value[A-Z]/.test(key));
  const [key] = keys;
  if (keys.length > 1) return undefined;
  if (key !== undefined)
    return { type: key.slice('value'.length), value: parameter[key] } satisfies PatchValue;
  const parts = listOf(parameter.part).map((one) => {
    const value = valueIn(one, depth + 1);
    return typeof one.name === 'string' && value ? { name: one.name, value } : undefined;
  });
  if (parts.length === 0 || parts.some((one) => one === undefined)) return undefined;
  return { parts: parts.flatMap((one) => one ?? []) };
}

function textIn(parameter: Json | undefined): string | undefined {
  const { valueString, valueCode } = parameter ?? {};
  const text = valueString ?? valueCode;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function numberIn(parameter: Json | undefined): number | undefined {
  const value = parameter?.valueInteger;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

const listOf = (value: unknown): Json[] =>
  (Array.isArray(value) ? value : []).map((one) =>
    typeof one === 'object' && one !== null ? (one as Json) : {},
  );
