import assert from 'node:assert/strict';
import { convertBytes, type LoadedMapping } from '../../../transforms/mapping/index.ts';
import { bytes } from './messages.ts';
import { problemsOf } from './valid.ts';

export type Json = Record<string, unknown>;

/** Resources of a message that must convert to a bundle without a fault; all, or of one type. */
export function resourcesOf(
  mapping: LoadedMapping,
  segments: readonly string[],
  type?: string,
): Json[] {
  const { bundle, issues } = convertBytes(mapping, bytes(segments));
  assert.ok(bundle, JSON.stringify(issues));
  assert.deepEqual(problemsOf(bundle), []);
  const all = (bundle.entry ?? []).map((entry) => entry.resource as unknown as Json);
  return type === undefined ? all : all.filter(({ resourceType }) => resourceType === type);
}
