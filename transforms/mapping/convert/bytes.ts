import { type Issue, PlexusError } from '../../../engine/index.ts';
import type { Conversion } from '../../fhir/index.ts';
import { type Hl7Message, parse, type SegmentRepair, segmentRepairs } from '../../hl7v2/index.ts';
import { compileMapping } from '../compile.ts';
import type { LoadedMapping } from '../load.ts';
import type { CompiledMapping } from '../plans.ts';
import { bundleOf } from './bundle.ts';
import { convertChange } from './change.ts';
import { type Converted, convertMessage } from './message.ts';

const compiled = new WeakMap<LoadedMapping, CompiledMapping>();

/** Compiles a mapping once. Throws when it was loaded with mistakes. */
export function compiledOf(loaded: LoadedMapping): CompiledMapping {
  const known = compiled.get(loaded);
  if (known) return known;
  const made = compileMapping(loaded);
  compiled.set(loaded, made);
  return made;
}

/**
 * Parses the bytes of one message as its dialect says, and converts it. Never throws for the bytes.
 */
export function convertRaw(mapping: CompiledMapping, bytes: Buffer): Converted {
  if (mapping.rows !== undefined) return convertChange(mapping, mapping.rows, bytes);
  let message: Hl7Message;
  try {
    const repairs = mapping.dialect.repairs.filter(isRepair);
    message = parse(bytes, { charset: mapping.dialect.charset, segmentRepairs: repairs });
  } catch (error) {
    if (!(error instanceof PlexusError)) throw error;
    const issue: Issue = { severity: 'fatal', code: error.code, diagnostics: error.message };
    return { kind: 'hold', issues: [issue], unvisited: [] };
  }
  return convertMessage(mapping, message);
}

export const isRepair = (name: string): name is SegmentRepair =>
  Object.hasOwn(segmentRepairs, name);

export type ConvertedBytes = {
  readonly outcome: 'converted' | 'quarantined' | 'filtered';
  readonly bundle: fhir4.Bundle | undefined;
  readonly issues: readonly Issue[];
  readonly unvisited: readonly string[];
  readonly conversion: Conversion | undefined;
};

/** Converts one message offline, for `convert` and for tests. */
export function convertBytes(loaded: LoadedMapping, bytes: Buffer): ConvertedBytes {
  const result = convertRaw(compiledOf(loaded), bytes);
  const nothing = { bundle: undefined, conversion: undefined };
  switch (result.kind) {
    case 'pass': {
      const { conversion } = result;
      const { contributions, issues, unvisited } = conversion;
      const bundle = bundleOf(contributions);
      return { outcome: 'converted', bundle, issues, unvisited, conversion };
    }
    case 'hold': {
      const { issues, unvisited } = result;
      return { outcome: 'quarantined', issues, unvisited, ...nothing };
    }
    case 'filter': {
      const diagnostics = `filtered: ${result.reason}`;
      const issue: Issue = { severity: 'information', code: result.reason, diagnostics };
      return { outcome: 'filtered', issues: [issue], unvisited: [], ...nothing };
    }
    default:
      return result satisfies never;
  }
}
