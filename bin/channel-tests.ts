import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createChain } from '../engine/chain/index.ts';
import {
  type ChainResult,
  type ChannelConfig,
  type ChannelTest,
  messageId,
  outcomeOfVerdict,
  type ResourceLine,
  readYaml,
} from '../engine/index.ts';
import type { TestResult } from '../transforms/mapping/index.ts';
import { registry } from './registry.ts';

/**
 * Runs the tests of a channel file through the channel's own stages, each test in an empty data
 * folder of its own, so that no test sees what another one stored.
 */
export async function runChannelTests(
  channel: ChannelConfig,
  configDir: string,
): Promise<readonly TestResult[]> {
  if (channel.tests.length === 0) return [];
  const yaml = readYaml(channel.file);
  const results: TestResult[] = [];
  for (const [index, test] of channel.tests.entries()) {
    const failures = judge(await runOne(channel, configDir, test), test);
    const { file, line, column } = yaml.valueAt(['tests', index, 'name']);
    results.push({ name: test.name, passed: failures.length === 0, failures, file, line, column });
  }
  return results;
}

/** Long after every message of a test and never the same as a clock: a test has no time. */
const receivedUs = Date.UTC(2026, 0, 1) * 1000;

async function runOne(
  channel: ChannelConfig,
  configDir: string,
  test: ChannelTest,
): Promise<ChainResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'plexus-test-'));
  const raw = Buffer.from(`${test.message.trim().split(/\r?\n/).join('\r')}\r`);
  const { name, revision, stages } = channel;
  const context = { channel: name, revision, configDir, dataDir, key: randomBytes(32) };
  const trial = { ...context, isTrial: true } as const;
  const chain = createChain(
    stages.map(({ kind, config }) => registry.stages.get(kind)!.create(config, trial)),
  );
  try {
    const sha256 = createHash('sha256').update(raw).digest('hex');
    const id = messageId(1, 1);
    const work = { id, generation: 0, channel: name, revision, raw, sha256, receivedUs };
    const [result] = await chain.run([{ ...work, body: undefined }]);
    return result!;
  } finally {
    chain.close();
    rmSync(dataDir, { recursive: true });
  }
}

function judge(result: ChainResult, test: ChannelTest): string[] {
  const { verdict } = result;
  const held = verdict.kind === 'held' ? verdict.issues : [];
  const issues = [...held, ...result.issues.map(({ issue }) => issue)];
  const codes = [...new Set(issues.map(({ code }) => code))].sort();
  const outcome = outcomeOfVerdict[verdict.kind];
  if (outcome !== test.outcome)
    return [`expected ${test.outcome}, was ${outcome} (${codes.join(', ')})`];
  const resources = result.bodies.flatMap(resourcesIn);
  const failures = Object.entries(test.expect).flatMap(([path, wanted]) => {
    const found = valueAt(resources, path) ?? null;
    if (isDeepStrictEqual(found, wanted)) return [];
    return [`${path} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`];
  });
  const wanted = test.issues === undefined ? codes : [...new Set(test.issues)].sort();
  if (isDeepStrictEqual(codes, wanted)) return failures;
  return [...failures, `issues are [${codes.join(', ')}], not [${wanted.join(', ')}]`];
}

function resourcesIn(body: unknown): Record<string, unknown>[] {
  const lines = (body as { written?: readonly ResourceLine[] } | undefined)?.written ?? [];
  const there = lines.filter(({ deleted }) => !deleted);
  return there.map(({ json }) => JSON.parse(json) as Record<string, unknown>);
}

/**
 * `Observation[1].code.coding[0].code`; an index that is left out is the first. `Patient`: how
 * many.
 */
function valueAt(resources: readonly Record<string, unknown>[], path: string): unknown {
  const steps = path.split('.').map((text) => {
    const [, name = text, index] = /^([^[]+)\[(\d+)\]$/.exec(text) ?? [];
    return { name, index: index === undefined ? undefined : Number(index) };
  });
  const [head, ...rest] = steps;
  const ofType = resources.filter(({ resourceType }) => resourceType === head?.name);
  if (rest.length === 0) return ofType.length;
  let at: unknown = ofType[head?.index ?? 0];
  for (const [position, { name, index }] of rest.entries()) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string, unknown>)[name];
    const isLast = position === rest.length - 1;
    if (Array.isArray(at) && (index !== undefined || !isLast)) at = at[index ?? 0];
  }
  return at;
}
