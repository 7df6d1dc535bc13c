import assert from 'node:assert/strict';
import { convertBytes, type LoadedMapping } from '../../../transforms/mapping/index.ts';
import { bytes } from './messages.ts';
import { problemsOf } from './valid.ts';

/** One row of a table of meanings: a message, and what must be said, path by path. */
export type Meaning = {
  readonly name: string;
  readonly message: readonly string[];
  /** `Appointment[1].participant[0].status` to its value; `undefined`: nothing there. */
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly outcome?: 'converted' | 'quarantined';
  /** Codes of all issues; none where it is left out. */
  readonly issues?: readonly string[];
};

type Json = Record<string, unknown>;

/** A value of a bundle; an index that is left out means the first. */
export function valueAt(bundle: fhir4.Bundle | undefined, path: string): unknown {
  const [head = '', ...steps] = path
    .split('.')
    .map((step) => /^([^[]+)(?:\[(\d+)\])?$/.exec(step)!);
  const [, type, position = '0'] = head as RegExpExecArray;
  // As JSON, so that a decimal with its digits is a number.
  const read = JSON.parse(JSON.stringify(bundle ?? {})) as fhir4.Bundle;
  const found = (read.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === type ? [resource as unknown as Json] : [],
  );
  let at: unknown = found[Number(position)];
  for (const [index, step] of (steps as RegExpExecArray[]).entries()) {
    at = (at as Json | undefined)?.[step[1]!];
    const isLast = index === steps.length - 1;
    if (Array.isArray(at) && (step[2] !== undefined || !isLast)) at = at[Number(step[2] ?? 0)];
  }
  return at;
}

/** Declares a test for each row; each converted bundle is also linked and complete. */
export function itMeans(mapping: LoadedMapping, meanings: readonly Meaning[]): void {
  for (const { name, message, expect = {}, outcome = 'converted', issues = [] } of meanings)
    it(name, () => {
      const result = convertBytes(mapping, bytes(message));
      assert.equal(result.outcome, outcome, JSON.stringify(result.issues));
      assert.deepEqual(
        result.issues.map(({ code }) => code),
        issues,
      );
      if (outcome === 'converted') assert.deepEqual(problemsOf(result.bundle), []);
      for (const [path, value] of Object.entries(expect))
        assert.deepEqual(valueAt(result.bundle, path), value, path);
    });
}

/** Ids of the resources of a type that a message makes. */
export function idsOf(mapping: LoadedMapping, message: readonly string[], type: string): string[] {
  const { conversion } = convertBytes(mapping, bytes(message));
  return (conversion?.contributions ?? []).flatMap((one) => (one.type === type ? [one.id] : []));
}
