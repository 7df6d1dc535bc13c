// Goal: every alarm over HL7's R4 examples is one that HL7 would have to explain, and the packed
// definitions are those of R4 (4.0.1).
// Method: npm's hl7.fhir.r4.examples (191 MB; no dependency) is installed into a folder of its own,
// and each of its resources validated. Errors, grouped by code and expression, are exactly those of
// alarms.json, each with its reason. The StructureDefinitions among the examples are compared with
// the packed ones. Without a registry it says so in one line and tests nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ElementDefinition,
  r4Definitions,
  type StructureDefinition,
  typeCodeOf,
} from '../../../transforms/fhir/index.ts';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';

const folder = process.env.PLEXUS_INTEROP ?? join(tmpdir(), 'plexus-interop', 'r4-examples');
const installed = join(folder, 'node_modules/hl7.fhir.r4.examples');
const alarms: readonly { readonly alarm: string; readonly reason: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'alarms.json'), 'utf8'),
);
const explained = Object.fromEntries(alarms.map(({ alarm, reason }) => [alarm, reason]));

function install(): boolean {
  if (existsSync(join(installed, 'package.json'))) return true;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const wanted = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', [...wanted, 'hl7.fhir.r4.examples@4.0.1'], { cwd: folder });
  return status === 0;
}

function* resources(): Generator<readonly [string, unknown]> {
  for (const file of readdirSync(installed))
    if (/^[A-Za-z].*\.json$/.test(file) && file !== 'package.json')
      yield [file, JSON.parse(readFileSync(join(installed, file), 'utf8'))];
}

const isThere = install();
if (!isThere) console.error('not run: hl7.fhir.r4.examples cannot be installed here');

const viewOf = ({ path, sliceName, min, max, type = [], binding }: ElementDefinition): string => {
  const isId = /^[A-Z]\w+\.id$/.test(path);
  const types = type.map((one) => [typeCodeOf(one), [...(one.targetProfile ?? [])].sort()]).sort();
  const required = binding?.strength === 'required' ? binding.valueSet : undefined;
  return JSON.stringify([path, sliceName, min, max, isId ? 'id' : types, required]);
};

describe('HL7’s R4 examples', () => {
  if (!isThere) return;

  it('raise the alarms that are explained, and no other', () => {
    const definitions = createDefinitions();
    const validator = createValidator({ definitions, valueSets: definitions.valueSets });
    const groups = new Map<string, number>();
    let count = 0;
    for (const [, resource] of resources()) {
      count += 1;
      for (const { severity, code, path } of validator.validate(resource).issues) {
        if (severity !== 'error') continue;
        const key = `${severity} ${code} ${path?.replaceAll(/\[\d+\]/g, '')}`;
        groups.set(key, (groups.get(key) ?? 0) + 1);
      }
    }
    console.error(`${count} resources`);
    for (const [key, times] of groups) console.error(`${times} ${key}: ${explained[key] ?? '?'}`);
    assert.deepEqual([...groups.keys()].sort(), Object.keys(explained).sort());
  });

  it('hold the definitions that are packed', () => {
    const packed = r4Definitions();
    const other: string[] = [];
    let compared = 0;
    for (const [file, resource] of resources()) {
      if (!file.startsWith('StructureDefinition-')) continue;
      const { url, snapshot } = resource as StructureDefinition;
      const own = packed.structure(url);
      if (own === undefined) continue;
      compared += 1;
      const viewsOf = (all: readonly ElementDefinition[] = []) => all.map(viewOf).sort().join('\n');
      if (viewsOf(own.snapshot?.element) !== viewsOf(snapshot?.element)) other.push(url);
    }
    assert.ok(compared > 600);
    assert.deepEqual(other, []);
  });
});
