import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Json } from '../knowledge.ts';

/**
 * The pack: four bytes with the length of the index, the index, then blocks of some hundred
 * resources. Index and blocks are JSON under brotli, so that one code system is read without the
 * others.
 */
const packFile = join(import.meta.dirname, 'terminology.pack');

/** What the index tells of a resource without its block being read. */
export type Entry = {
  readonly type: string;
  readonly id: string;
  readonly url: string;
  readonly version: string;
  readonly status: string;
  readonly name: string;
  readonly title: string;
  /** The code systems it speaks of: of a map as `source|..` and `target|..`. */
  readonly systems: readonly string[];
  readonly supplements?: string;
  readonly valueSet?: string;
  readonly block: number;
  readonly at: number;
};

type Index = {
  readonly entries: readonly Entry[];
  /** Where each block begins in the file, and how long it is. */
  readonly blocks: readonly (readonly [from: number, bytes: number])[];
};

const blockCharacters = 700_000;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

const packed = (value: unknown): Buffer =>
  brotliCompressSync(JSON.stringify(value), {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  });

/** Writes the pack anew; bytes in all. */
export function writePack(resources: readonly Json[]) {
  const entries: Entry[] = [];
  const blocks: Json[][] = [[]];
  let size = 0;
  for (const resource of resources) {
    if (size > blockCharacters) {
      blocks.push([]);
      size = 0;
    }
    const block = blocks.at(-1)!;
    entries.push(entryOf(resource, blocks.length - 1, block.length));
    block.push(resource);
    size += JSON.stringify(resource).length;
  }
  const bodies = blocks.map(packed);
  let from = 0;
  const places = bodies.map(({ length }) => {
    from += length;
    return [from - length, length] as const;
  });
  const index = packed({ entries, blocks: places } satisfies Index);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(index.length);
  const whole = Buffer.concat([length, index, ...bodies]);
  writeFileSync(packFile, whole);
  return { file: packFile, bytes: whole.length };
}

function entryOf(resource: Json, block: number, at: number): Entry {
  const { include, exclude } = (resource.compose ?? {}) as Json;
  const drawn = [...list(include), ...list(exclude)].map(({ system }) => text(system));
  const ends = list(resource.group).flatMap(({ source, target }) => [
    `source|${text(source)}`,
    `target|${text(target)}`,
  ]);
  const systems = [...new Set([...drawn, ...ends])].filter((one) => one !== '');
  const { supplements, valueSet } = resource;
  return {
    ...{ type: text(resource.resourceType), id: text(resource.id), url: text(resource.url) },
    ...{ version: text(resource.version), status: text(resource.status) },
    ...{ name: text(resource.name), title: text(resource.title), systems, block, at },
    ...(supplements === undefined ? {} : { supplements: text(supplements) }),
    ...(valueSet === undefined ? {} : { valueSet: text(valueSet) }),
  };
}

export type Pack = {
  readonly entries: readonly Entry[];
  resource(entry: Entry): Json;
};

/** Blocks that are kept open: neighbours are asked for together. */
const openBlocksMax = 4;

/** Opens the pack that is shipped; reads its index alone. */
export function openPack(): Pack {
  const head = readAt(0, 4);
  const length = head.readUInt32BE();
  const { entries, blocks } = JSON.parse(
    brotliDecompressSync(readAt(4, length)).toString(),
  ) as Index;
  const open = new Map<number, readonly Json[]>();
  return {
    entries,
    resource({ block, at }) {
      let found = open.get(block);
      if (found === undefined) {
        const [from, bytes] = blocks[block]!;
        const body = brotliDecompressSync(readAt(4 + length + from, bytes));
        found = JSON.parse(body.toString()) as readonly Json[];
        if (open.size >= openBlocksMax) open.delete(open.keys().next().value!);
        open.set(block, found);
      }
      return found[at]!;
    },
  };
}

function readAt(from: number, bytes: number): Buffer {
  const handle = openSync(packFile, 'r');
  try {
    const buffer = Buffer.allocUnsafe(bytes);
    readSync(handle, buffer, 0, bytes, from);
    return buffer;
  } finally {
    closeSync(handle);
  }
}
