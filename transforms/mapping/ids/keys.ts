import { placeValue } from '../datatypes/index.ts';
import type { Environment } from '../environment.ts';
import type { KeyPart } from '../language.ts';
import {
  component,
  fieldPath,
  type Memos,
  type Place,
  readField,
  readPath,
  readText,
  recall,
  remember,
  rememberedField,
} from '../reading/index.ts';
import { findInstance, type Instances } from './instances.ts';
import { identifierReader } from './numbers.ts';
import { priorOf } from './visit-fields.ts';

/** What a key may read: its place, the conversions` environment, ids of resources made before. */
export type KeyPlace = Place & {
  readonly memos: Memos;
  readonly environment: Environment;
  /** Of the resources made before. */
  readonly instances: Instances;
};

/** Text of a business key at a segment; undefined when a part of it is missing. */
export type KeyReader = (place: KeyPlace, index: number) => string | undefined;

/** What a key is compiled with: ids of the resource rows, and fields that number a visit. */
export type KeyNames = {
  readonly resources: readonly string[];
  readonly visitNumber: readonly string[];
};

export function compileKey(parts: readonly KeyPart[], names: KeyNames): KeyReader {
  const readers = parts.map((part) => compilePart(part, names));
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

function compilePart(part: KeyPart, names: KeyNames): KeyReader {
  const { resources, visitNumber } = names;
  if (typeof part === 'string') {
    const slot = resources.indexOf(part);
    return slot < 0 ? textReader(part) : (place, index) => findInstance(place, slot, index)?.id;
  }
  if ('code' in part) return codeReader(part.code);
  if ('place' in part) return placeReader(part.place);
  if ('text' in part) return () => part.text;
  if ('visit' in part) {
    const isPrior = part.visit === 'prior';
    return identifierReader(isPrior ? visitNumber.map(priorOf) : visitNumber, { visit: true });
  }
  if ('identifier' in part) return identifierReader([part.identifier].flat(), part);
  const options = part.first.map((option) =>
    typeof option === 'string' && !resources.includes(option)
      ? populated(textReader(option))
      : compileKey([option].flat(), names),
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
    const at = place.scope.resolve(index, path.number);
    return at < 0 ? '' : readText(place.reader, at, path);
  };
}

/** Code and system of a coded field; the alternate one, or the text, where there is no code. */
function codeReader(text: string): KeyReader {
  const path = readPath(fieldPath(text));
  const remembered = path.isWhole && path.segment !== 'MSH' && rememberedField(path.field);
  const codeAt = (place: KeyPlace, at: number): string | undefined => {
    const cell = readField(place.reader, at, path).cells[0];
    if (!cell) return undefined;
    for (const first of [1, 4]) {
      const code = component(cell, first);
      if (code !== '') return `${code}^${component(cell, first + 2)}`;
    }
    return component(cell, 2) || component(cell, 9) || undefined;
  };
  return (place, index) => {
    const at = place.scope.resolve(index, path.number);
    if (at < 0 || !place.reader.segments[at]!.has(path.field)) return undefined;
    if (remembered === false) return codeAt(place, at);
    const known = recall(place, at, remembered);
    if (known !== undefined) return known.values as string | undefined;
    const code = codeAt(place, at);
    remember(place, at, remembered, code);
    return code;
  };
}

/** PL: point of care, room, bed and facility, as a place`s identifier has them. */
function placeReader(text: string): KeyReader {
  const path = readPath(fieldPath(text));
  return (place, index) => {
    const at = place.scope.resolve(index, path.number);
    const cell = at < 0 ? undefined : readField(place.reader, at, path).cells[0];
    return cell === undefined ? undefined : placeValue(cell) || undefined;
  };
}

/** What a key is made of, for a person: `patient and PV1-19 or PV1-50`. */
export function keyWords(parts: readonly KeyPart[], visitNumber: readonly string[]): string {
  const words = parts.map((part): string => {
    if (typeof part === 'string') return part;
    if ('identifier' in part) return [part.identifier].flat().join(' or ');
    if ('visit' in part)
      return visitNumber.map(part.visit === 'prior' ? priorOf : String).join(' or ');
    if ('place' in part) return part.place;
    if ('code' in part) return part.code;
    if ('text' in part) return '';
    return part.first.map((option) => keyWords([option].flat(), visitNumber)).join(', else ');
  });
  return words.filter((word) => word !== '').join(' and ');
}
