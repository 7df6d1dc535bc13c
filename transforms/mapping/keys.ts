import { component } from './cell.ts';
import type { Place } from './conditions.ts';
import { identifierKey } from './datatypes/index.ts';
import type { Environment } from './environment.ts';
import { fieldPath } from './field-path.ts';
import { findInstance, type Instances } from './instances.ts';
import type { KeyPart } from './language.ts';
import { type ReadPath, readField, readPath, readText } from './reader.ts';

/** What a key may read: its place, the conversions` environment, ids of resources made before. */
export type KeyPlace = Place & {
  /** Of this conversion; no other has it. */
  readonly run: number;
  readonly environment: Environment;
  /** Of the resources made before. */
  readonly instances: Instances;
};

/** Text of a business key at a segment; undefined when a part of it is missing. */
export type KeyReader = (place: KeyPlace, index: number) => string | undefined;

export function compileKey(parts: readonly KeyPart[], resources: readonly string[]): KeyReader {
  const readers = parts.map((part) => compilePart(part, resources));
  return (place, index) => {
    let key = '';
    for (const read of readers) {
      const text = read(place, index);
      if (text === undefined) return undefined;
      key = key === '' ? text : `${key}|${text}`;
    }
    return key;
  };
}

function compilePart(part: KeyPart, resources: readonly string[]): KeyReader {
  if (typeof part === 'string') {
    const slot = resources.indexOf(part);
    return slot < 0 ? textReader(part) : (place, index) => findInstance(place, slot, index)?.id;
  }
  if ('code' in part) return codeReader(part.code);
  if ('text' in part) return () => part.text;
  if ('identifier' in part) {
    return identifierReader([part.identifier].flat(), {
      isRequired: part.authority === 'required',
      placeholders: part.placeholders ?? [],
    });
  }
  const options = part.first.map((option) =>
    typeof option === 'string' && !resources.includes(option)
      ? populated(textReader(option))
      : compileKey([option].flat(), resources),
  );
  return (place, index) => {
    for (const option of options) {
      const text = option(place, index);
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

const populated =
  (read: KeyReader): KeyReader =>
  (place, index) =>
    read(place, index) || undefined;

/** A plain path: always part of the key, empty where the field is. */
function textReader(text: string): KeyReader {
  const path = readPath(fieldPath(text));
  return (place, index) => {
    const at = place.scope.resolve(index, path.segment);
    return at < 0 ? '' : readText(place.reader, at, path);
  };
}

/** Code and system of a coded field; the alternate one, or the text, where there is no code. */
function codeReader(text: string): KeyReader {
  const path = readPath(fieldPath(text));
  return (place, index) => {
    const at = place.scope.resolve(index, path.segment);
    const cell = at < 0 ? undefined : readField(place.reader, at, path).cells[0];
    if (!cell) return undefined;
    for (const first of [1, 4]) {
      const code = component(cell, first);
      if (code !== '') return `${code}^${component(cell, first + 2)}`;
    }
    return component(cell, 2) || component(cell, 9) || undefined;
  };
}

/** Fields whose data type is EI; all others are CX. */
const entityFields = new Set([
  'ORC-2',
  'ORC-3',
  'ORC-4',
  'OBR-2',
  'OBR-3',
  'OBX-21',
  'DG1-20',
  'SCH-1',
  'SCH-2',
  'TXA-12',
  'RF1-6',
  'RF1-11',
  'PRB-4',
  'GOL-4',
  'PR1-19',
]);

/** Identifier types of a person that name them best, in this order. */
const preferred = ['MR', 'PI', 'PT', 'MRN'];

type Numbering = { readonly isRequired: boolean; readonly placeholders: readonly string[] };

function identifierReader(texts: readonly string[], numbering: Numbering): KeyReader {
  const readers = texts.map((text, position) =>
    identifierPathReader(text, numbering, position === 0),
  );
  return (place, index) => {
    for (const read of readers) {
      const found = read(place, index);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Remembers the last answer: an order is asked for by each of its results. */
function identifierPathReader(text: string, numbering: Numbering, isFirst: boolean): KeyReader {
  const path = readPath(fieldPath(text));
  let lastRun = -1;
  let lastAt = -1;
  let last: string | undefined;
  return (place, index) => {
    const at = place.scope.resolve(index, path.segment);
    if (at < 0) return undefined;
    if (lastRun === place.run && lastAt === at) return last;
    last = identifierAt(place, at, path, numbering, isFirst);
    lastRun = place.run;
    lastAt = at;
    return last;
  };
}

function identifierAt(
  place: KeyPlace,
  at: number,
  path: ReadPath,
  { isRequired, placeholders }: Numbering,
  isFirst: boolean,
): string | undefined {
  const { cells } = readField(place.reader, at, path);
  const [only] = cells;
  if (!only) return undefined;
  const kind = entityFields.has(path.name) ? 'EI' : 'CX';
  const best =
    cells.length === 1
      ? only
      : (preferred
          .map((type) => cells.find((cell) => component(cell, 5) === type))
          .find((cell) => cell !== undefined) ?? only);
  const key = identifierKey(best, place.environment, kind);
  if (key === undefined || placeholders.includes(key.value)) return undefined;
  if (key.system !== undefined || !isRequired) return `${key.system ?? ''}|${key.value}`;
  const system = place.environment.defaultAuthority();
  // The default says whose numbers the first field holds; another field's are not the same ones.
  if (system !== undefined)
    return isFirst ? `${system}|${key.value}` : `${system}|${path.name}|${key.value}`;
  const text = 'names no assigning authority, and the dialect declares no default that does';
  place.environment.issue('identifier-authority-missing', text, best);
  return undefined;
}
