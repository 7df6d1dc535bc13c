import { type Issue, limits } from '../../../engine/index.ts';

/** Where a value stands in a buffer: its first byte, and just behind its last. */
export type Range = readonly [start: number, end: number];

export type Scanned = {
  /** The items of the list `entry` of the outermost object. */
  readonly entries: readonly Range[];
};

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openObject, closeObject, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];
const entryKey = 'entry';

/** An object that is open keeps the names it has had; a list has none, and counts its items. */
type Frame = {
  readonly names: Set<string> | undefined;
  isNameNext: boolean;
  name: string;
  place: number;
};

/**
 * One pass over the bytes, before anything that could recurse or build objects sees them: bounded
 * depth, no name twice in one object (of two values each reader may take another), and where the
 * entries of a Bundle stand. It does not prove that the text is JSON.
 */
export function scanJson(raw: Buffer, entriesMax: number): Scanned | { readonly refused: Issue } {
  const frames: Frame[] = [];
  const entries: Range[] = [];
  let isInEntries = false;
  let start = -1;
  /** Behind the list's bracket or its last comma; -1 once an item has begun that is an object. */
  let itemFrom = -1;
  let name = '';
  let type = 'Resource';
  for (let at = 0; at < raw.length; at += 1) {
    const byte = raw[at]!;
    switch (byte) {
      case quote: {
        const end = stringEnd(raw, at);
        const frame = frames.at(-1);
        if (frame?.isNameNext && frame.names !== undefined) {
          name = nameIn(raw, at, end);
          frame.name = name;
          if (frame.names.has(name))
            return refuse('fhir-duplicate-key', duplicateName, pathOf(frames, type));
          frame.names.add(name);
          frame.isNameNext = false;
        } else if (frames.length === 1 && frame?.name === 'resourceType')
          type = typeIn(raw, at, end) ?? type;
        at = end;
        break;
      }
      case openObject:
      case openList: {
        if (frames.length === limits.jsonDepthMax)
          return refuse('fhir-too-deep', `The JSON is deeper than ${limits.jsonDepthMax} levels.`);
        if (isInEntries && frames.length === 2) [start, itemFrom] = [at, -1];
        const isList = byte === openList;
        if (isList && frames.length === 1 && name === entryKey) {
          isInEntries = true;
          itemFrom = at + 1;
        }
        const names = isList ? undefined : new Set<string>();
        frames.push({ names, isNameNext: !isList, name: '', place: 0 });
        break;
      }
      case closeObject:
      case closeList:
        frames.pop();
        if (!isInEntries) break;
        if (frames.length === 2) entries.push([start, at + 1]);
        else if (frames.length === 1) {
          addBare(raw, itemFrom, at, entries);
          isInEntries = false;
        }
        if (entries.length > entriesMax) return tooMany(entriesMax);
        break;
      case comma: {
        const frame = frames.at(-1);
        if (frame?.names !== undefined) frame.isNameNext = true;
        else if (frame !== undefined) frame.place += 1;
        if (isInEntries && frames.length === 2) {
          addBare(raw, itemFrom, at, entries);
          itemFrom = at + 1;
          if (entries.length > entriesMax) return tooMany(entriesMax);
        }
        break;
      }
    }
  }
  return entries.length > entriesMax ? tooMany(entriesMax) : { entries };
}

/** An item of the list that is no object (`null`, a text): an entry as well, and a wrong one. */
function addBare(raw: Buffer, from: number, end: number, entries: Range[]): void {
  if (from >= 0 && raw.toString('latin1', from, end).trim() !== '') entries.push([from, end]);
}

/** Of the quote that ends the string; the end of the bytes when none does. */
function stringEnd(raw: Buffer, start: number): number {
  for (let at = start + 1; at < raw.length; at += 1) {
    const byte = raw[at];
    if (byte === quote) return at;
    if (byte === backslash) at += 1;
  }
  return raw.length;
}

/** Two spellings of one name are one name. */
function nameIn(raw: Buffer, start: number, end: number): string {
  const text = raw.toString('latin1', start + 1, end);
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${raw.toString('utf8', start + 1, end)}"`) as string;
  } catch {
    return text;
  }
}

const tooMany = (max: number) =>
  refuse('fhir-too-many-entries', `A Bundle may hold ${max} entries here.`);

const duplicateName = 'An object has two elements of one name; which of them counts is not clear.';

function refuse(code: string, diagnostics: string, path?: string): { readonly refused: Issue } {
  const issue = { severity: 'error', code, diagnostics } as const;
  return { refused: path === undefined ? issue : { ...issue, path } };
}

function typeIn(raw: Buffer, start: number, end: number): string | undefined {
  const type = raw.toString('latin1', start + 1, end);
  return /^[A-Z][A-Za-z]{0,60}$/.test(type) ? type : undefined;
}

/** The FHIRPath of the name that was read last, as far as the names are FHIR's. */
function pathOf(frames: readonly Frame[], type: string): string {
  let path = type;
  for (const { names, name, place } of frames) {
    if (names === undefined) path += `[${place}]`;
    // A sender's own names may hold anything: they are not repeated.
    else if (/^_?[A-Za-z][A-Za-z0-9]{0,60}$/.test(name)) path += `.${name.replace('_', '')}`;
    else return path;
  }
  return path;
}
