import { identifierKey, isContradicted } from '../datatypes/index.ts';
import type { KeyPart } from '../language.ts';
import {
  type Cell,
  component,
  fieldPath,
  type ReadPath,
  readField,
  readPath,
} from '../reading/index.ts';
import type { KeyPlace, KeyReader } from './keys.ts';
import { replacedBy } from './visit-fields.ts';

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
  'TXA-13',
  'RF1-6',
  'RF1-11',
  'PRB-4',
  'GOL-4',
  'IAM-7',
  'PR1-19',
]);

/** Identifier types of a person that name them best, in this order. */
const preferred = ['MR', 'PI', 'PT', 'MRN'];

type Naming = {
  readonly authority?: 'required' | undefined;
  readonly like?: string | undefined;
  readonly placeholders?: readonly string[] | undefined;
  readonly visit?: true;
};

/** The keys that further numbers of a field make, where the key says `every`. */
export function compileOthers(
  parts: readonly KeyPart[],
): ((place: KeyPlace, index: number, first: string) => readonly string[]) | undefined {
  const [part, ...rest] = parts;
  if (typeof part !== 'object' || !('identifier' in part) || rest.length > 0) return undefined;
  if (part.every !== true) return undefined;
  const numbered = numberedIn([part.identifier].flat()[0]!, 0, part);
  return (place, index, first) => {
    const at = place.scope.resolve(index, numbered.path.number);
    const { cells } = readField(place.reader, at, numbered.path);
    if (cells.length < 2) return [];
    const keys = cells.map((cell) => keyOf(place, at, numbered, cell));
    const named = cells[keys.indexOf(first)];
    if (named === undefined) return [];
    const systemIn = (key: string): string => key.slice(0, key.indexOf('|'));
    return keys.filter(
      (key, position): key is string =>
        key !== undefined &&
        key !== first &&
        systemIn(key) === systemIn(first) &&
        component(cells[position]!, 5) === component(named, 5),
    );
  };
}

/** One of the fields that an identifier is looked for in. */
type Numbered = {
  readonly path: ReadPath;
  /** Goes before a number without an authority, where it is of another kind than the first`s. */
  readonly prefix: string;
  readonly isRequired: boolean;
  readonly placeholders: readonly string[];
  readonly like: ReadPath | undefined;
};

/** The rows of a message ask for the same numbers: they share what remembers the last one. */
const pathReaders = new Map<string, KeyReader>();
const pathReadersMax = 10_000;

/** The number in the first of these fields that has one, with its system. */
export function identifierReader(texts: readonly string[], naming: Naming): KeyReader {
  const readers = texts.map((text, position) => {
    const words = JSON.stringify([text, position, naming]);
    const known = pathReaders.get(words);
    if (known !== undefined) return known;
    const made = identifierPathReader(numberedIn(text, position, naming));
    if (pathReaders.size >= pathReadersMax) pathReaders.clear();
    pathReaders.set(words, made);
    return made;
  });
  return (place, index) => {
    for (const read of readers) {
      const found = read(place, index);
      if (found !== undefined) return found === notToTell ? undefined : found;
    }
    return undefined;
  };
}

function numberedIn(text: string, position: number, naming: Naming): Numbered {
  const { authority, like, placeholders = [], visit } = naming;
  const isRequired = authority === 'required';
  const path = readPath(fieldPath(text));
  // The default says whose numbers the first field holds; another field's are not the same ones.
  const isOther = position > 0 && (isRequired || visit === true);
  return {
    path,
    prefix: isOther ? `${replacedBy.get(path.name) ?? path.name}|` : '',
    isRequired,
    placeholders,
    like: like === undefined ? undefined : readPath(fieldPath(like)),
  };
}

/** Two authorities are named for one number: no other field is asked in its place. */
const notToTell = '';

/** Remembers the last answer: an order is asked for by each of its results. */
function identifierPathReader(numbered: Numbered): KeyReader {
  const { path } = numbered;
  let lastRun = -1;
  let lastAt = -1;
  let last: string | undefined;
  return (place, index) => {
    const at = place.scope.resolve(index, path.number);
    if (at < 0) return undefined;
    if (lastRun === place.run && lastAt === at) return last;
    last = identifierAt(place, at, numbered);
    lastRun = place.run;
    lastAt = at;
    return last;
  };
}

function identifierAt(place: KeyPlace, at: number, numbered: Numbered): string | undefined {
  const { cells } = readField(place.reader, at, numbered.path);
  const [only] = cells;
  if (!only) return undefined;
  const best =
    cells.length === 1
      ? only
      : (preferred
          .map((type) => cells.find((cell) => component(cell, 5) === type))
          .find((cell) => cell !== undefined) ?? only);
  return keyOf(place, at, numbered, best);
}

function keyOf(place: KeyPlace, at: number, numbered: Numbered, best: Cell): string | undefined {
  const { path, prefix, isRequired, placeholders, like } = numbered;
  const kind = entityFields.has(path.name) ? 'EI' : 'CX';
  const key = identifierKey(best, place.environment, kind);
  if (key === undefined || placeholders.includes(key.value)) return undefined;
  if (isRequired && isContradicted(best, place.environment)) return notToTell;
  if (key.system !== undefined) return `${key.system}|${key.value}`;
  const own = like === undefined ? undefined : oneSystem(place, at, like);
  if (own !== undefined) return `${own}|${key.value}`;
  const value = prefix + key.value;
  if (!isRequired) return `|${value}`;
  const system = place.environment.defaultAuthority();
  if (system !== undefined) return `${system}|${value}`;
  const text = 'names no assigning authority, and the dialect declares no default that does';
  place.environment.issue('identifier-authority-missing', text, best);
  return undefined;
}

/** The one authority that all numbers of a field name; undefined for none, or several. */
function oneSystem(place: KeyPlace, index: number, path: ReadPath): string | undefined {
  const at = place.scope.resolve(index, path.number);
  if (at < 0) return undefined;
  let system: string | undefined;
  for (const cell of readField(place.reader, at, path).cells) {
    const found = identifierKey(cell, place.environment, 'CX')?.system;
    if (found === undefined || (system !== undefined && system !== found)) return undefined;
    system = found;
  }
  return system;
}
