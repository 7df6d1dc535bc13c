// Goal: events of Debezium land as the same changes that PostgreSQL's own stream gives, with and
// without their schema; what is no row is kept and says what it is.
// Method: events written here in the forms that Debezium documents; a watched folder for the whole.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { cdcSource } from '../../../channels/cdc/index.ts';
import type { Landing } from '../../../engine/index.ts';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { handClock, memoryContext } from '../source-context.ts';

const source = {
  ...{ version: '2.7.0', connector: 'postgresql', name: 'lis', db: 'lis', schema: 'lis' },
  ...{ table: 'specimen', txId: 7, lsn: 23803720, ts_ms: 1773153000000 },
};

const field = (name: string, type: string, semantic?: string, more: object = {}) => ({
  ...{ field: name, type, optional: true, ...(semantic ? { name: semantic } : {}) },
  ...more,
});

const rowSchema = [
  field('id', 'int64'),
  field('mrn', 'string'),
  field('kind', 'string'),
  field('state', 'string'),
  field('collected_at', 'string', 'io.debezium.time.ZonedTimestamp'),
  field('site', 'string'),
  field('shelf', 'string'),
];

const after = {
  ...{ id: 7, mrn: 'P1', kind: 'BLD', state: 'stored', site: 'arm', shelf: null },
  collected_at: '2026-03-10T14:30:00.120000Z',
};

const withSchema = (payload: object, fields: readonly object[] = rowSchema) => ({
  schema: { type: 'struct', fields: [{ field: 'after', type: 'struct', fields }] },
  payload,
});

const event = (op: string, more: object = {}) => ({
  ...{ op, before: null, after, source, ts_ms: Date.now(), ...more },
});

/** Microseconds as PostgreSQL's connector writes `infinity`. */
const infinity = (JSON as unknown as { rawJSON(text: string): { rawJSON: string } }).rawJSON(
  '9223372036825200000',
);

describe('Debezium', () => {
  it('lands a change with its types, in order and by its place in the log', async () => {
    const { landings } = await take([withSchema(event('u'))]);
    const [landing] = landings;
    assert.deepEqual(JSON.parse(landing!.raw.toString()), {
      ...{ op: 'u', before: null },
      after: { ...after, id: '7', collected_at: '2026-03-10T14:30:00.12Z' },
      source: {
        ...{ connector: 'postgresql', name: 'lis', schema: 'lis', table: 'specimen' },
        ...{ lsn: '0/16B3748', txId: '7' },
      },
      ts_ms: 1773153000000,
      types: {
        ...{ id: 'integer', mrn: 'text', kind: 'text', state: 'text' },
        ...{ collected_at: 'timestamptz', site: 'text', shelf: 'text' },
      },
      key: ['id'],
    });
    assert.deepEqual(landing?.orderingKeys, ['["lis","specimen","7"]', 'row|P1']);
    const config = join(import.meta.dirname, '../../../config');
    const made = convertBytes(loadMapping(config, 'pathology'), landing!.raw);
    assert.equal(made.outcome, 'converted');
  });

  it('knows an event that is delivered again, at another time and in another file', async () => {
    const first = event('c', { ts_ms: 1 });
    const again = event('c', { ts_ms: 2 });
    const { landings } = await take([first, again]);
    assert.equal(landings.length, 1);
  });

  it('tells the changes of one row in one transaction apart, whatever the server', async () => {
    const places: [connector: string, places: readonly object[]][] = [
      [
        'sqlserver',
        [1, 2, 3].map((n) => ({ commit_lsn: '0:1:9', change_lsn: `0:1:${n}`, event_serial_no: 1 })),
      ],
      [
        'sqlserver',
        [1, 2, 3].map((n) => ({ commit_lsn: '0:1:9', change_lsn: '0:1:1', event_serial_no: n })),
      ],
      ['oracle', [1, 2, 3].map((n) => ({ scn: '77', commit_scn: '78', rs_id: '1', ssn: n }))],
      ['mysql', [1, 2, 3].map((n) => ({ file: 'bin.1', pos: 4, row: n }))],
    ];
    for (const [connector, all] of places) {
      const { lsn: _, ...rest } = source;
      const events = all.map((place, n) =>
        event('u', {
          after: { ...after, site: n === 1 ? 'leg' : 'arm' },
          source: { ...rest, connector, ...place },
        }),
      );
      const { landings } = await take([
        ...events.map((one) => withSchema(one)),
        withSchema(events[2]!),
      ]);
      assert.equal(landings.length, 3, connector);
    }
  });

  it('reads every type that stands for a moment or a number, with all its digits', async () => {
    const time = 'io.debezium.time.';
    const connect = 'org.apache.kafka.connect.data.';
    const cases: [schema: object, value: unknown, text: string, word: string | undefined][] = [
      [field('v', 'int32', `${time}Date`), 20522, '2026-03-10', 'date'],
      [field('v', 'int64', `${time}Timestamp`), -1, '1969-12-31T23:59:59.999', 'timestamp'],
      [field('v', 'int64', `${time}MicroTimestamp`), 1500000, '1970-01-01T00:00:01.5', 'timestamp'],
      [
        field('v', 'int64', `${time}NanoTimestamp`),
        1,
        '1970-01-01T00:00:00.000000001',
        'timestamp',
      ],
      [field('v', 'int64', `${time}MicroTime`), 52200000000, '14:30:00', 'time'],
      [
        field('v', 'bytes', `${connect}Decimal`, { parameters: { scale: '2' } }),
        'BUY=',
        '13.50',
        'decimal',
      ],
      [
        field('v', 'bytes', `${connect}Decimal`, { parameters: { scale: '3' } }),
        '/w==',
        '-0.001',
        'decimal',
      ],
      [field('v', 'boolean'), true, 'true', 'boolean'],
      [
        field('v', 'string', `${time}ZonedTimestamp`),
        '2026-03-10T16:30:00+02:00',
        '2026-03-10T14:30:00Z',
        'timestamptz',
      ],
      [field('v', 'array'), ['a', 1], '["a",1]', undefined],
      // Oracle's NUMBER(5,-2), and what PostgreSQL calls infinity: that is no moment.
      [
        field('v', 'bytes', `${connect}Decimal`, { parameters: { scale: '-2' } }),
        'BUY=',
        '135000',
        'decimal',
      ],
      [field('v', 'int64', `${time}MicroTimestamp`), infinity, infinity.rawJSON, 'timestamp'],
      [field('v', 'int32', `${time}Date`), 2147483647, '2147483647', 'date'],
      [field('v', 'int64', `${time}Timestamp`), 'never', 'never', 'timestamp'],
      [field('v', 'int64', `${time}NanoTimestamp`), 1.5, '1.5', 'timestamp'],
      [field('v', 'int64', `${time}MicroTime`), true, 'true', 'time'],
      [
        field('v', 'bytes', `${connect}Decimal`, { parameters: { scale: 'x' } }),
        'BUY=',
        'BUY=',
        'decimal',
      ],
      [field('v', 'bytes', `${connect}Decimal`), '?', '?', 'decimal'],
      [
        field('v', 'struct', 'io.debezium.data.VariableScaleDecimal'),
        { scale: 1 },
        '{"scale":1}',
        'decimal',
      ],
      [field('v', 'struct', 'io.debezium.data.VariableScaleDecimal'), 'x', 'x', 'decimal'],
    ];
    for (const [schema, value, text, word] of cases) {
      const payload = event('u', { after: { id: 7, v: value } });
      const { landings } = await take([withSchema(payload, [field('id', 'int64'), schema])]);
      const read = JSON.parse(landings[0]!.raw.toString());
      assert.equal(read.after.v, text, JSON.stringify(schema));
      assert.equal(read.types.v, word);
    }
    const line = JSON.stringify(event('u')).replace('"id":7', '"id":9007199254740993');
    const { landings } = await take([line]);
    assert.equal(JSON.parse(landings[0]!.raw.toString()).after.id, '9007199254740993');
  });

  it('takes the key of a line that has one', async () => {
    const { landings } = await take([{ key: { mrn: 'P1' }, value: event('u') }]);
    assert.equal(landings[0]?.orderingKeys[0], '["lis","specimen","P1"]');
  });

  it('keeps what is no row, and says what it is', async () => {
    const lines: [line: unknown, code: string][] = [
      [null, 'cdc-tombstone'],
      [{ key: { id: 7 }, value: null }, 'cdc-tombstone'],
      [{ status: 'BEGIN', id: '7', ts_ms: 1 }, 'cdc-transaction-mark'],
      [{ ts_ms: 1 }, 'cdc-heartbeat'],
      [{ op: 'm', source, ts_ms: 1 }, 'cdc-log-message'],
      [{ source, ddl: 'ALTER TABLE', tableChanges: [] }, 'cdc-schema-changed'],
      [event('t', { after: null }), 'cdc-table-truncated'],
      ['{"op":', 'cdc-event-unreadable'],
      [[1], 'cdc-event-unreadable'],
      [event('x'), 'cdc-event-unreadable'],
    ];
    for (const [line, code] of lines) {
      const { landings } = await take([line]);
      const [landing] = landings;
      assert.equal(landing?.filtered ?? landing?.refused?.[0]?.code, code);
    }
  });

  it('never throws for a line, and lands each', async () => {
    const lines = fc.array(fc.json({ maxDepth: 3 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lines, async (texts) => {
        const { landings, left } = await take(texts);
        assert.equal(landings.length, texts.length);
        assert.deepEqual(left, []);
      }),
      { numRuns: 20 },
    );
  });
});

/** Takes one file of these lines from a watched folder. */
async function take(lines: readonly unknown[]) {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-debezium-'));
  mkdirSync(join(folder, 'in'));
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(join(folder, 'in/a.ndjson'), `${text.join('\n')}\n`);
  const clock = handClock();
  const { context, state } = memoryContext({ clock });
  const config = cdcSource.schema.parse({
    debezium: { folder: join(folder, 'in'), keys: { 'lis.specimen': ['id'] } },
    order_by: ['specimen.mrn'],
  });
  const running = cdcSource.create(config, context);
  try {
    await running.open();
    const left = () => readdirSync(join(folder, 'in')).filter((name) => name.endsWith('.ndjson'));
    for (let tries = 0; tries < 50_000 && left().length > 0; tries += 1) {
      clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return { landings: state.landings as readonly Landing[], left: left() };
  } finally {
    await running.close(0);
    rmSync(folder, { recursive: true });
  }
}
