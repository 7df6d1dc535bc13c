// Goal: ids grow in the order of landing whatever the clock does between two starts; a disk that
// cannot be read or written for a while costs nothing for good. Method: a real journal on a clock
// that the test sets, in a folder that the test breaks and mends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createEvents, type Event, type MessageId } from '../../../engine/index.ts';
import { type Journal, openJournal } from '../../../engine/journal/index.ts';
import { until } from '../probe-engine.ts';

const hourUs = 3600 * 1_000_000;
const midnightUs = Date.UTC(2031, 4, 2) * 1000;

describe('journal partitions', () => {
  const key = randomBytes(32);
  let dataDir: string;
  let nowUs: number;
  let seen: Event[];
  let journal: Journal;

  const clock: Clock = { nowUs: () => nowUs, after: () => () => {} };
  const open = (): void => {
    const events = createEvents();
    events.subscribe((event) => seen.push(event));
    journal = openJournal({ dataDir, key, clock, events });
  };
  const land = async (text: string): Promise<MessageId> => {
    const channel = journal.channel('c', 'o');
    const landing = {
      raw: Buffer.from(text),
      receivedUs: nowUs,
      orderingKeys: [],
      dedupeKey: text,
    };
    return (await journal.land(channel, landing)).id;
  };
  const restart = async (): Promise<void> => {
    await journal.close();
    open();
  };

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'plexus-partitions-'));
    nowUs = midnightUs + hourUs;
    seen = [];
    open();
  });
  afterEach(async () => {
    await journal.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('gives growing ids although the clock was set back over midnight', async () => {
    nowUs -= 2 * hourUs;
    await land('before midnight');
    nowUs += 2 * hourUs;
    const late = await land('after midnight');
    nowUs -= 2 * hourUs;
    await restart();
    const later = await land('before midnight again');
    assert.ok(later > late, `${later} > ${late}`);
    assert.equal(await land('after midnight'), late);
    const { chain } = journal.channel('c', 'o');
    const ids = journal.read(chain, 0, 10).map((row) => row.id);
    assert.deepEqual(ids.slice(-2), [late, later]);
  });

  it('reads a day again that a disk error kept from being read', async () => {
    const id = await land('kept');
    await journal.close();
    // SQLite cannot give a pipe the size that it needs: an I/O error.
    const pipe = join(dataDir, 'journal', '2031-05-02.db-shm');
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    open();
    const told = seen.map((event) => (event.type === 'partition-unreadable' ? event.cause : ''));
    assert.match(told.join(), /I\/O error/);
    await journal.close();
    rmSync(pipe);
    open();
    assert.equal(journal.message(id)?.raw.toString(), 'kept');
    assert.equal(journal.read(journal.channel('c', 'o').chain, 0, 10).length, 1);
  });

  it('leaves nothing behind where a new day cannot be opened', async () => {
    await land('yesterday');
    nowUs += 24 * hourUs;
    const folder = join(dataDir, 'journal');
    renameSync(folder, `${folder}.away`);
    for (let n = 0; n < 5; n += 1) await assert.rejects(land('today'));
    renameSync(`${folder}.away`, folder);
    await land('today');
    assert.equal(journal.control.partitions().length, 2);
    assert.equal(readdirSync(folder).filter((name) => name.endsWith('.db')).length, 2);
  });

  it('finds out by itself that it can write again, although nobody sends', async () => {
    await land('yesterday');
    nowUs += 24 * hourUs;
    const folder = join(dataDir, 'journal');
    renameSync(folder, `${folder}.away`);
    await assert.rejects(land('today'));
    const failures = () => seen.filter(({ type }) => type === 'commit-failed').length;
    const commits = () => seen.filter(({ type }) => type === 'commit').length;
    const before = commits();
    await until(() => failures() > 1, 'it has asked again in vain');
    assert.equal(commits(), before);
    renameSync(`${folder}.away`, folder);
    await until(() => commits() > before, 'it has written');
    const count = journal.read(journal.channel('c', 'o').chain, 0, 10).length;
    assert.equal(count, 1);
  });
});
