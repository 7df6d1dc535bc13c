import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { StructureDefinition } from './structure-definition.ts';

/** A value set, counted up as far as that can be done without a terminology service. */
export type PackedValueSet = {
  readonly url: string;
  /** Codes by code system. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  /** Code systems of which the set holds more than was counted up; `*`: nobody knows which. */
  readonly open?: readonly string[];
};

/** HL7's R4 (4.0.1) definitions as `npm run pack:definitions` packs them. */
export type R4Definitions = {
  structure(url: string): StructureDefinition | undefined;
  structures(): readonly string[];
  valueSet(url: string): PackedValueSet | undefined;
};

const file = join(import.meta.dirname, 'r4-definitions.ndjson.gz');

let loaded: R4Definitions | undefined;

/** Unpacked at the first call (some 20 ms); a definition is parsed when it is asked for. */
export function r4Definitions(): R4Definitions {
  loaded ??= load();
  return loaded;
}

function load(): R4Definitions {
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  const index: { structures: string[]; valueSets: string[] } = JSON.parse(header);
  const structures = new Map(index.structures.map((url, at) => [url, at]));
  const sets = new Map(index.valueSets.map((url, at) => [url, at + structures.size]));
  const parsed = new Map<number, unknown>();
  const read = <T>(at: number | undefined): T | undefined => {
    if (at === undefined) return undefined;
    if (!parsed.has(at)) parsed.set(at, JSON.parse(lines[at]!));
    return parsed.get(at) as T;
  };
  return {
    structure: (url) => read<StructureDefinition>(structures.get(url)),
    structures: () => index.structures,
    valueSet: (url) => read<PackedValueSet>(sets.get(url)),
  };
}
