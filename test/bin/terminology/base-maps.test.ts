// Goal: the v2-to-FHIR rows that the base mappings use are shipped as concept maps, as they are
// now, and each of their targets is a code in use of the code system that it is told to be of.
// Method: the maps made again from the mappings and compared with what is shipped; every row asked
// back; the tables that a comment names as HL7's held against the list of those that are shipped.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import tables from '../../../bin/terminology/base-map-tables.json' with { type: 'json' };
import { baseMaps, baseTables } from '../../../bin/terminology/base-maps.ts';
import { baseMapsText } from '../../../bin/write-reference.ts';
import { ownBaseDir } from '../../../transforms/mapping/index.ts';
import {
  baseMapsFile,
  translateByMap,
  withShipped,
} from '../../../transforms/terminology/index.ts';

const knowledge = withShipped(undefined);
const base = baseTables();
const maps = baseMaps(base);

describe('the maps of the base mappings', () => {
  it('are shipped as the mappings have them now (`npm run docs`)', () => {
    assert.ok(readFileSync(baseMapsFile, 'utf8') === baseMapsText(maps), 'run `npm run docs`');
  });

  it('are of every table that says which of HL7 it is for, but for those of no code system', () => {
    const named = readdirSync(ownBaseDir)
      .map((name) => readFileSync(join(ownBaseDir, name), 'utf8'))
      .flatMap((text) => [...text.matchAll(/^ {2}([a-z0-9-]+): *# HL7 (?:table )?(\d{4})\b/gm)])
      .map(([, name, number]) => `${name} ${number}`);
    // A flag, a media type, and a table that keeps every code.
    const others = ['was-substituted 0167', 'document-format 0191', 'contact-role 0131'];
    const shipped = Object.entries(tables).map(([name, { hl7 }]) => `${name} ${hl7}`);
    assert.deepEqual(
      named.filter((one) => !others.includes(one)).sort(),
      shipped.filter((one) => named.includes(one)).sort(),
    );
    for (const name of Object.keys(tables)) assert.ok(base.has(name), name);
  });

  it('lead to codes in use, and say of each code what its table says', () => {
    const missing: string[] = [];
    for (const { url, version } of maps as { url: string; version: string }[]) {
      const map = knowledge.conceptMap(url, version)!;
      for (const row of map.rows()) {
        const { outcome, targets } = translateByMap(map, row.source.system, row.code);
        const expected = row.targetCode === undefined ? [] : [row.targetCode];
        assert.deepEqual(
          targets.map(({ code }) => code),
          expected,
          `${url} ${row.code} ${outcome}`,
        );
        const { system } = row.target;
        const isKnown = knowledge
          .versions('CodeSystem', system)
          .some((each) => knowledge.codeSystem(system, each)?.concept(row.targetCode ?? ''));
        if (row.targetCode !== undefined && !isKnown)
          missing.push(`${url} ${row.code}: ${system}|${row.targetCode}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  it('answer as any map: male for HL7 0001 M, a phone for what table 0202 does not have', () => {
    const ask = (name: string, table: string, code: string) => {
      const url = `urn:plexus:concept-map:${name}`;
      const [version = ''] = knowledge.versions('ConceptMap', url);
      const system = `http://terminology.hl7.org/CodeSystem/v2-${table}`;
      const { outcome, targets } = translateByMap(
        ...([knowledge.conceptMap(url, version)!, system, code] as const),
      );
      return [outcome, targets[0]?.code];
    };
    assert.deepEqual(ask('gender', '0001', 'M'), ['mapped', 'male']);
    assert.deepEqual(ask('gender', '0001', 'A'), ['mapped-with-loss', 'other']);
    assert.deepEqual(ask('marital-status', '0002', 'O'), ['unmatched', undefined]);
    assert.deepEqual(ask('telecom-system', '0202', 'nobody'), ['mapped-with-loss', 'phone']);
    assert.ok(knowledge.search('ConceptMap', { name: 'base_', offset: 0, count: 100 }).total > 40);
  });
});
