// Goal: expiry gives the disk back, keeps every raw payload for its own term byte for byte, and
// never touches a day with open or held work; a damaged file is set aside and the rest goes on
// (G15). Method: a real journal on a clock that the test turns by days; files are looked at on the
// disk.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createEvents, type Event, type MessageId } from '../../../engine/index.ts';
import { expire, type Journal, openJournal } from '../../../engine/journal/index.ts';
import type { Row } from '../../../engine/lanes/index.ts';

const dayUs = 24 * 3600 * 1_000_000;
const startUs = Date.UTC(2031, 4, 1, 12) * 1000;

describe('journal expiry', () => {
  const key = randomBytes(32);
  let dataDir: string;
  let nowUs: number;
  let seen: Event[];
  let journal: Journal;

  const clock: Clock = { nowUs: () => nowUs, after: () => () => {} };
  const open = (): Journal => {
    const events = createEvents();
    events.subscribe((event) => seen.push(event));
    return openJournal({ dataDir, key, clock, events });
  };
  const files = (): string[] =>
    readdirSync(join(dataDir, 'journal')).filter((file) => file.endsWith('.db'));
  const land = async (text: string): Promise<MessageId> => {
    const channel = journal.channel('c', 'o');
    const landing = { raw: Buffer.from(text), receivedUs: nowUs, orderingKeys: [] };
    return (await journal.land(channel, landing)).id;
  };
  const settle = async (id: MessageId): Promise<void> => {
    const channel = journal.channel('c', 'o');
    const row: Row = {
      id,
      generation: 0,
      keys: [],
      bytes: 1,
      attempts: 0,
      retries: 0,
      suspect: false,
      dueUs: 0,
    };
    const context = { channel, destination: channel.chain, revision: 1, routes: [], nowUs };
    await journal.settle(
      context,
      [{ row, verdict: { kind: 'settled' }, trace: '[[1]]' }],
      [{ path: 'Patient.ndjson', bytes: 10 }],
    );
  };
  const runExpiry = (retention: { workDays: number; rawDays?: number }): Promise<void> =>
    expire(journal, dataDir, retention, nowUs, createEvents());

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'plexus-expiry-'));
    nowUs = startUs;
    seen = [];
    journal = open();
  });
  afterEach(async () => {
    await journal.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('makes a small raw-only file of a finished day and removes it later', async () => {
    const text = 'a payload that says the same again and again; '.repeat(40);
    const ids: MessageId[] = [];
    for (let n = 0; n < 300; n += 1) ids.push(await land(`${text}${n}`));
    for (const id of ids) await settle(id);
    nowUs += 5 * dayUs;
    await land('another day');
    await runExpiry({ workDays: 3, rawDays: 9 });
    assert.deepEqual(files().toSorted(), ['2031-05-01.raw.db', '2031-05-06.db']);
    assert.ok(
      statSync(join(dataDir, 'journal', '2031-05-01.raw.db')).size < (text.length * ids.length) / 2,
    );
    assert.equal(journal.message(ids[7]!)?.raw.toString(), `${text}7`);
    const channel = journal.channel('c', 'o');
    assert.equal(journal.cursors(channel.chain).get('Patient.ndjson'), 10);
    nowUs += 5 * dayUs;
    await runExpiry({ workDays: 3, rawDays: 9 });
    assert.deepEqual(files(), ['2031-05-06.db']);
    assert.equal(journal.message(ids[7]!), undefined);
  });

  it('keeps the law of conservation over closed days and a restart', async () => {
    const ids = [await land('one'), await land('two')];
    for (const id of ids) await settle(id);
    nowUs += 2 * dayUs;
    await land('three');
    await runExpiry({ workDays: 30 });
    await journal.close();
    journal = open();
    const channel = journal.channel('c', 'o');
    assert.equal(journal.totals.get(channel.no, 0, 0), 3);
    assert.equal(journal.totals.get(channel.no, channel.chain, 5), 2);
    assert.equal(journal.totals.get(channel.no, channel.chain, 3), 1);
  });

  it('never touches a day that has open work', async () => {
    const id = await land('open still');
    nowUs += 400 * dayUs;
    await land('much later');
    await runExpiry({ workDays: 1, rawDays: 2 });
    assert.equal(files().length, 2);
    assert.equal(journal.message(id)?.raw.toString(), 'open still');
  });

  it('sets a damaged day aside and goes on with a new file', async () => {
    await land('lost to the disk');
    await journal.close();
    writeFileSync(join(dataDir, 'journal', '2031-05-01.db'), randomBytes(8192 * 4));
    rmSync(join(dataDir, 'journal', '2031-05-01.db-wal'), { force: true });
    journal = open();
    const id = await land('goes on');
    assert.equal(journal.message(id)?.raw.toString(), 'goes on');
    assert.ok(seen.some((event) => event.type === 'partition-unreadable'));
    assert.deepEqual(files().toSorted(), ['2031-05-01.1.db', '2031-05-01.db']);
  });
});
