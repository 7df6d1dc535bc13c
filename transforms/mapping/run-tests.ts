import { isDeepStrictEqual } from 'node:util';
import iconv from 'iconv-lite';
import { readYaml } from '../../engine/index.ts';
import type { Contribution } from '../fhir/index.ts';
import { charsetName } from '../hl7v2/index.ts';
import { type ConvertedBytes, convertBytes, resourceOf } from './convert/index.ts';
import type { TestCase } from './language.ts';
import { type LoadedMapping, loadMapping } from './load.ts';
import { testChange } from './rows/index.ts';

export type TestResult = {
  readonly name: string;
  readonly passed: boolean;
  /** One sentence each. */
  readonly failures: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly column: number;
};

/** Runs the tests in a mapping`s own file. A mapping with mistakes has no results. */
export function runMappingTests(configDir: string, name: string): readonly TestResult[] {
  const loaded = loadMapping(configDir, name);
  return loaded.merged ? runTests(loaded) : [];
}

export function runTests(loaded: LoadedMapping): readonly TestResult[] {
  const tests = loaded.merged?.tests ?? [];
  if (tests.length === 0) return [];
  const file = ownFile(loaded);
  const yaml = readYaml(file);
  return tests.map((test, index) => {
    const failures = runTest(loaded, test);
    const { line, column } = yaml.valueAt(['tests', index, 'name']);
    return { name: test.name, passed: failures.length === 0, failures, file, line, column };
  });
}

/** The mapping`s own file is read after what it extends. */
function ownFile(loaded: LoadedMapping): string {
  return loaded.files.find((file) => file.endsWith(`${loaded.name}.yaml`)) ?? loaded.files[0]!;
}

/** `file` holds one segment a line; the bytes are those that this sender would send. */
function bytesOf(loaded: LoadedMapping, test: TestCase): Buffer {
  const { rows } = loaded;
  const told = test.row ?? test.deleted_row;
  if (rows !== undefined && told !== undefined)
    return testChange(rows, told, test.row === undefined);
  const lines = (test.message ?? '').split(/\r?\n/).filter((line) => line.trim() !== '');
  const text = `${lines.join('\r')}\r`;
  const charset = loaded.merged?.dialect.charset;
  return charset === undefined
    ? Buffer.from(text)
    : iconv.encode(text, charsetName(charset) ?? charset);
}

function runTest(loaded: LoadedMapping, test: TestCase): string[] {
  const result = convertBytes(loaded, bytesOf(loaded, test));
  const failures: string[] = [];
  const wanted = test.outcome ?? 'converted';
  if (result.outcome !== wanted) {
    const codes = result.issues.map((issue) =>
      issue.path === undefined ? issue.code : `${issue.code} at ${issue.path}`,
    );
    return [`expected ${wanted}, was ${result.outcome} (${codes.join(', ')})`];
  }
  const contributions = result.conversion?.contributions ?? [];
  for (const [path, value] of Object.entries(test.expect ?? {})) {
    const found = valueAt(contributions, path);
    if (isDeepStrictEqual(found ?? null, value)) continue;
    failures.push(`${path} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(value)}`);
  }
  for (const path of test.removed ?? []) {
    const [type = '', element = ''] = path.split('.');
    const isRemoved = contributions.some(
      (c) => c.type === type && c.remove.some((name) => name.split(':')[0] === element),
    );
    if (!isRemoved) failures.push(`${path} is not removed`);
  }
  return [...failures, ...wrongIssues(result, test)];
}

function wrongIssues(result: ConvertedBytes, test: TestCase): string[] {
  if (!test.issues) return [];
  const found = [...new Set(result.issues.map((issue) => issue.code))].sort();
  const wanted = [...new Set(test.issues)].sort();
  if (isDeepStrictEqual(found, wanted)) return [];
  return [`issues are [${found.join(', ')}], not [${wanted.join(', ')}]`];
}

/** `Observation[1].valueQuantity.value`: an index that is left out means the first. */
function valueAt(contributions: readonly Contribution[], path: string): unknown {
  const [head = '', ...steps] = path.split('.');
  const { name, index } = step(head);
  const resources = contributions.filter((contribution) => contribution.type === name);
  const contribution = resources[index ?? 0];
  if (steps.length === 0) return contribution === undefined ? undefined : resources.length;
  let at: unknown = contribution && resourceOf(contribution);
  for (const [position, text] of steps.entries()) {
    const { name: key, index: item } = step(text);
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string, unknown>)[key];
    const isLast = position === steps.length - 1;
    if (Array.isArray(at) && (item !== undefined || !isLast)) at = at[item ?? 0];
  }
  return at;
}

function step(text: string): { name: string; index: number | undefined } {
  const [, name = text, index] = /^([^[]+)\[(\d+)\]$/.exec(text) ?? [];
  return { name, index: index === undefined ? undefined : Number(index) };
}
