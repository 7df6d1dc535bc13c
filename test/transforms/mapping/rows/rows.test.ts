// Goal: a row of a database converts by the language of HL7 mappings: NULL empties, what was not
// sent changes nothing, any text survives, a changed schema is held, mistakes have file:line.
// Method: the example mapping of config/ under fast-check, and copies of it with planted mistakes.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  convertBytes,
  explainMapping,
  loadMapping,
  runMappingTests,
} from '../../../../transforms/mapping/index.ts';

const config = join(import.meta.dirname, '../../../../config');
const pathology = loadMapping(config, 'pathology');

type Row = Record<string, string | null>;

const specimen: Row = {
  ...{ id: '7', mrn: 'P1', kind: 'BLD', state: 'stored', site: 'arm', shelf: 'A3' },
  collected_at: '2026-03-10T14:30:00Z',
};

function change(op: string, row: Row, more: Record<string, unknown> = {}): Buffer {
  const [before, after] = op === 'd' ? [row, null] : [null, row];
  const source = { schema: 'lis', table: 'specimen', lsn: '0/1', sequence: 1 };
  return Buffer.from(JSON.stringify({ op, before, after, source, ...more }));
}

function made(bytes: Buffer) {
  const { conversion, issues } = convertBytes(pathology, bytes);
  const said = conversion?.contributions.find(({ type }) => type === 'Specimen');
  return { said, conversion, codes: issues.map(({ code }) => code), issues };
}

const unavailable = '__debezium_unavailable_value';

describe('rows of a database', () => {
  it('has an example whose own tests pass', () => {
    const results = runMappingTests(config, 'pathology');
    assert.deepEqual(
      results.flatMap(({ failures }) => failures),
      [],
    );
    assert.ok(results.length >= 6);
  });

  it('gives any text of a column back as it was, trimmed', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('|', '^', '~', '\\', '&', '\r', '\n', 'X', '"', 'é') }),
    );
    fc.assert(
      fc.property(texts, (site) => {
        const trimmed = site.trim();
        fc.pre(trimmed !== '""' && !/[\p{Cc}\p{Cs}]/u.test(trimmed.replaceAll(/[\r\n]/g, '')));
        const { said, codes } = made(change('u', { ...specimen, site }));
        assert.deepEqual(codes, []);
        const collection = said?.set.collection as { bodySite?: { text: string } } | undefined;
        assert.equal(collection?.bodySite?.text, trimmed === '' ? undefined : trimmed);
      }),
      { numRuns: 300 },
    );
  });

  it('removes for NULL and leaves alone what the database did not send', () => {
    const emptied = made(change('u', { ...specimen, kind: null })).said;
    assert.ok(emptied?.remove.includes('type'));
    const untouched = made(change('u', { ...specimen, kind: unavailable })).said;
    assert.ok(!untouched?.remove.includes('type') && untouched?.set.type === undefined);
  });

  it('deletes by the key alone, and by the whole row', () => {
    for (const row of [{ id: '7' }, specimen]) {
      const { said, codes } = made(change('d', row));
      assert.deepEqual(codes, []);
      assert.equal(said?.deleted, true);
      assert.equal(said?.id, made(change('c', specimen)).said?.id);
    }
  });

  it('holds what differs from the declaration, by a code', () => {
    const { site: _site, ...without } = specimen;
    const cases: [string, Buffer][] = [
      ['row-columns-changed', change('u', { ...specimen, ward: 'W' })],
      ['row-columns-changed', change('u', without)],
      ['row-type-changed', change('u', specimen, { types: { id: 'text' } })],
      ['row-value-type', change('u', { ...specimen, collected_at: 'today' })],
      ['row-value-missing', change('c', { ...specimen, site: unavailable })],
      ['row-key-missing', change('d', { mrn: 'P1' })],
      ['row-table-unmapped', change('u', specimen, { source: { schema: 'x', table: 'y' } })],
      ['row-change-unreadable', Buffer.from('{"op":')],
      ['row-change-unreadable', change('t', specimen)],
      ['row-change-unreadable', change('u', { ...specimen, id: 7 as unknown as string })],
    ];
    for (const [code, bytes] of cases) {
      const { conversion, codes } = made(bytes);
      assert.equal(conversion, undefined, code);
      assert.deepEqual(codes, [code]);
    }
  });

  it('never throws for bytes', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const whole = change('u', specimen).toString();
        convertBytes(pathology, Buffer.from(text));
        convertBytes(pathology, Buffer.from(whole.slice(0, at % whole.length)));
      }),
      { numRuns: 100 },
    );
  });

  it('names columns in the loss report, in issues and where it explains', () => {
    const edited = edit(
      (text) => text.replace('ignore: [specimen.shelf]\n', ''),
      (folder) => {
        const result = convertBytes(loadMapping(folder, 'pathology'), change('c', specimen));
        return result.unvisited;
      },
    );
    assert.deepEqual(edited, ['specimen.shelf']);
    const { issues } = made(change('c', { ...specimen, state: 'melted' }));
    assert.deepEqual(
      issues.map(({ path }) => path),
      ['specimen.state'],
    );
    const rows = explainMapping(pathology, { about: 'specimen.site' });
    assert.deepEqual(
      rows?.map(({ row }) => row.from),
      ['specimen.site'],
    );
  });

  it('tells a wrong table or column at its line, with the nearest word', () => {
    const mistakes: [from: string, to: string, code: string, hint: string][] = [
      ['from: specimen.site', 'from: specimen.sight', 'row-column-unknown', 'site'],
      ['from: specimen.site', 'from: specimens.site', 'row-table-unknown', 'specimen'],
      ['key: [specimen.id]', 'key: [specimen.idd]', 'row-column-unknown', 'id'],
      [
        'finding.specimen_id: present',
        'finding.specimen: present',
        'row-column-unknown',
        'specimen_id',
      ],
      ['unit_field: finding.unit', 'unit_field: finding.units', 'row-column-unknown', 'unit'],
      [
        'specimen^delete: [specimen]',
        'specimn^delete: [specimen]',
        'row-table-unknown',
        'specimen',
      ],
      ['name: [family, given]', 'name: [familiy, given]', 'row-column-unknown', 'family'],
      ['key: [mrn]', 'key: [mrm]', 'row-column-unknown', 'mrn'],
      ['ignore: [specimen.shelf]', 'ignore: [specimen.self]', 'row-column-unknown', 'shelf'],
    ];
    const text = readFileSync(join(config, 'mappings/pathology.yaml'), 'utf8');
    for (const [from, to, code, hint] of mistakes) {
      const line = text.slice(0, text.indexOf(from)).split('\n').length;
      edit(
        (whole) => whole.replace(from, to),
        (folder) => {
          const { merged, issues } = loadMapping(folder, 'pathology');
          assert.equal(merged, undefined, to);
          const [issue] = issues;
          assert.equal(issue?.code, code, to);
          assert.equal(issue?.line, line, to);
          assert.match(issue?.message ?? '', new RegExp(`\`${hint}\``), to);
        },
      );
    }
  });
});

/** Runs with a copy of the configuration in which the mapping is another. */
function edit<Result>(how: (text: string) => string, run: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-rows-'));
  try {
    mkdirSync(join(folder, 'mappings'));
    cpSync(join(config, 'authorities.yaml'), join(folder, 'authorities.yaml'));
    const file = 'mappings/pathology.yaml';
    const text = readFileSync(join(config, file), 'utf8');
    assert.notEqual(how(text), text);
    writeFileSync(join(folder, file), how(text));
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
