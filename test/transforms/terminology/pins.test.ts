// Goal: pins are never crossed. A name means what its metric says, else what its channel says, else
// nothing; a code is translated by the pinned release and no other; what is converted again with
// its old pins gives the same codes, whatever was published since.
// Method: properties over random releases, half of them CSV files and half ConceptMaps of a store,
// with the rows of each kept in a plain table as the oracle.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { MessageId, Outcome, Work } from '../../../engine/index.ts';
import type { Conversion } from '../../../transforms/fhir/index.ts';
import {
  importFiles,
  openTerminology,
  type Pins,
  pinOf,
  releasesOfPin,
  requirePin,
  terminologyFile,
  translateStage,
} from '../../../transforms/terminology/index.ts';

const key = Buffer.alloc(32, 9);
const network = 'urn:network';
const codes = ['A', 'B', 'C', 'D'] as const;
type Table = Readonly<Record<string, string>>;

const tables = fc.array(
  fc.dictionary(fc.constantFrom(...codes), fc.stringMatching(/^[a-z]{1,4}$/), { minKeys: 1 }),
  { minLength: 2, maxLength: 3 },
);

describe('pins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-pins-'));
  after(() => rmSync(folder, { recursive: true }));

  it('are a metric’s, else its channel’s, else missing', () => {
    const set = (by: string): fc.Arbitrary<Pins> =>
      fc.record({
        by: fc.constant(by),
        maps: fc.dictionary(fc.constantFrom('lab', '__proto__', 'toString'), fc.string()),
        valueSets: fc.dictionary(fc.constantFrom('lactate', 'constructor'), fc.string()),
      });
    fc.assert(
      fc.property(set('metric'), set('channel'), (metric, channel) => {
        for (const name of ['lactate', 'constructor', 'lab', 'hasOwnProperty']) {
          const has = (pins: Pins) => Object.hasOwn(pins.valueSets, name);
          const by = has(metric) ? metric : has(channel) ? channel : undefined;
          const found = pinOf('value-set', name, [metric, channel]);
          const expected = by && { by: by.by, text: by.valueSets[name]! };
          assert.deepEqual(found, expected);
          if (by === undefined)
            assert.ok('code' in requirePin('value-set', name, [metric, channel]));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('name a version, and an OID means its value set', () => {
    assert.deepEqual(releasesOfPin('2.16.840.1.113883.3.1@v3'), [
      { url: 'urn:oid:2.16.840.1.113883.3.1', version: 'v3' },
      { url: 'http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.113883.3.1', version: 'v3' },
    ]);
    assert.deepEqual(releasesOfPin('http://a/b|1'), [{ url: 'http://a/b', version: '1' }]);
    assert.deepEqual(releasesOfPin('a/b@2'), [{ url: 'a/b', version: '2' }]);
    for (const text of ['http://a/b', '1.2.3', 'a/b@latest', 'a|', '|1', 'http://x@y/z', ''])
      assert.equal(releasesOfPin(text), undefined, text);
  });

  /** Publishes every table twice, as CSV and as ConceptMap; names their pins. */
  async function publish(place: { configDir: string; dataDir: string }, releases: Table[]) {
    const maps = join(place.configDir, 'terminology/maps/a');
    mkdirSync(maps, { recursive: true });
    using store = openTerminology({ file: terminologyFile(place.dataDir), key });
    const pins: { text: string; table: Table }[] = [];
    for (const [n, table] of releases.entries()) {
      const rows = Object.entries(table).map(([from, to]) => `${from},${network},${to},equivalent`);
      const header = 'source_code,target_system,target_code,relationship';
      writeFileSync(join(maps, `lab@${n}.csv`), `${[header, ...rows].join('\n')}\n`);
      const element = Object.entries(table).map(([code, to]) => ({
        code,
        target: [{ code: to, equivalence: 'equal' }],
      }));
      const group = [{ source: 'urn:own', target: network, element }];
      const file = join(place.dataDir, `map-${n}.json`);
      const head = { resourceType: 'ConceptMap', url: 'http://x/lab', status: 'active' };
      writeFileSync(file, JSON.stringify({ ...head, version: String(n), group }));
      const approval = { by: 'test' };
      const done = await importFiles(store, {
        ...{ files: [file], approval, dryRun: false, nowUs: () => 1 },
      });
      assert.equal(done.outcome, 'imported', JSON.stringify(done.findings));
      pins.push({ text: `a/lab@${n}`, table }, { text: `http://x/lab|${n}`, table });
    }
    return pins;
  }

  function translateAll(place: { configDir: string; dataDir: string }, text: string) {
    const context = { channel: 'c', revision: 'r', ...place, key, isTrial: true } as const;
    const stage = translateStage.create({ maps: { lab: text } }, context);
    const contributions = codes.map((code) => ({
      ...{ type: 'Observation', id: code, remove: [] },
      set: { code: { coding: [{ system: 'urn:own', code }] } },
    }));
    const body: Conversion = {
      ...{ messageType: 'ORU^R01', controlId: '', contributions, unvisited: [], issues: [] },
      marks: codes.map((_, n) => ({ contribution: n, path: ['code'], use: 'lab' })),
      provenance: { mapping: 'm', maps: [] },
    };
    const work: Work<Conversion> = {
      ...{ id: 1 as MessageId, generation: 0, channel: 'c', revision: 'r', raw: Buffer.alloc(0) },
      ...{ sha256: '', receivedUs: 0, body },
    };
    const outcome = stage.run(work) as Outcome<Conversion>;
    stage.close?.();
    assert.ok(outcome.kind === 'pass');
    return outcome.body;
  }

  it('are never crossed, and the old ones say today what they said', async () => {
    await fc.assert(
      fc.asyncProperty(tables, tables, async (first, later) => {
        const root = mkdtempSync(join(folder, 'p-'));
        const place = { configDir: join(root, 'config'), dataDir: join(root, 'data') };
        mkdirSync(place.dataDir, { recursive: true });
        const pins = await publish(place, first);
        const before = pins.map(({ text }) => translateAll(place, text));
        for (const [n, { text, table }] of pins.entries()) {
          const { contributions, provenance } = before[n]!;
          for (const { id, set } of contributions) {
            const { coding } = set.code as { coding: readonly object[] };
            const to = table[id];
            const added = to === undefined ? [] : [{ system: network, code: to }];
            assert.deepEqual(coding, [{ system: 'urn:own', code: id }, ...added], text);
          }
          assert.deepEqual(provenance.maps, [text]);
        }
        await publish(place, [...first, ...later]);
        for (const [n, { text }] of pins.entries())
          assert.deepEqual(translateAll(place, text), before[n], text);
      }),
      { numRuns: 6 },
    );
  });
});
