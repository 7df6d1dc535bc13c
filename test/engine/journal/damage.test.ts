// Goal: pages of the journal that go bad while it runs cost the messages that lie on them and no
// others: new ones land, what can be read goes on, what cannot is held or counted, never passed
// over. Method: a real journal whose file is damaged at random pages under its open handle; each
// message must then be whole, held or counted as lost.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  type Clock,
  createEvents,
  type EventOf,
  type MessageId,
  partitionOf,
} from '../../../engine/index.ts';
import { actOnHeld, type Journal, openJournal } from '../../../engine/journal/index.ts';

const dayUs = 24 * 3600 * 1_000_000;
const messages = 300;
const pageBytes = 8192;

describe('damaged pages of the journal', function () {
  this.timeout(180_000);
  const key = randomBytes(32);
  let dataDir: string;
  let nowUs: number;
  let journal: Journal;
  let damaged: EventOf<'partition-damaged'>[];

  const clock: Clock = { nowUs: () => nowUs, after: () => () => {} };
  const open = (): void => {
    const events = createEvents();
    events.subscribe((event) => event.type === 'partition-damaged' && damaged.push(event));
    journal = openJournal({ dataDir, key, clock, events });
  };
  const land = async (text: string): Promise<MessageId> => {
    const landing = {
      raw: Buffer.from(text.padEnd(400, '.')),
      receivedUs: nowUs,
      controlId: text,
      dedupeKey: text,
      orderingKeys: [text],
    };
    return (await journal.land(journal.channel('c', 'o'), landing)).id;
  };
  /** Lands many, settles every second one, and empties WAL and cache into the file. */
  const fill = async (): Promise<Map<MessageId, string>> => {
    const texts = new Map<MessageId, string>();
    const all = Array.from({ length: messages }, (_, n) => `m${n}`);
    for (const [n, id] of (await Promise.all(all.map(land))).entries()) texts.set(id, `m${n}`);
    const channel = journal.channel('c', 'o');
    const route = journal.control.destination(channel.no, 'r');
    const rows = journal.read(channel.chain, 0, messages).filter((_, n) => n % 2 === 0);
    const context = { channel, destination: channel.chain, revision: 1, routes: [route], nowUs };
    const verdict = { kind: 'settled' } as const;
    await journal.settle(
      context,
      rows.map((row) => ({ row, verdict })),
    );
    return texts;
  };
  const files = () => readdirSync(join(dataDir, 'journal')).filter((name) => name.endsWith('.db'));
  /** Overwrites the middle of these pages, of as many as there are but for the first. */
  const damage = (shares: readonly number[]): void => {
    const { db, file } = journal.partitions.all()[0]!;
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('shrink_memory');
    const pages = statSync(file).size / pageBytes;
    const descriptor = openSync(file, 'r+');
    for (const share of shares) {
      const page = 1 + Math.floor(share * (pages - 1));
      writeSync(descriptor, randomBytes(64), 0, 64, page * pageBytes + 1000);
    }
    closeSync(descriptor);
  };

  const begin = (): void => {
    dataDir = mkdtempSync(join(tmpdir(), 'plexus-damage-'));
    nowUs = Date.UTC(2031, 4, 1, 12) * 1000;
    damaged = [];
    open();
  };
  const end = async (): Promise<void> => {
    await journal.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const isHeld = (id: MessageId): boolean => {
    const held = 'SELECT 1 FROM work WHERE message_id = ? AND state = 2';
    return journal.partitions.byNo(partitionOf(id))?.db.prepare(held).get(id) !== undefined;
  };
  const stateOf = (id: MessageId) => journal.stateOf(id, journal.channel('c', 'o').chain);

  it('cost what lies on them and nothing else', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (shares, isRestarted) => {
          begin();
          try {
            const texts = await fill();
            damage(shares);
            if (isRestarted) {
              await journal.close();
              open();
            }
            const fresh = await land('new');
            assert.ok(fresh > [...texts.keys()].at(-1)!, 'an id was given twice');
            assert.match(String(journal.message(fresh)?.raw), /^new/);
            let held = 0;
            let gone = 0;
            for (const [id, text] of texts) {
              const message = journal.message(id);
              const state = stateOf(id);
              if (!message) gone += 1;
              else if (isHeld(id)) held += 1;
              else if (message.raw.length === 0) gone += 1;
              else assert.equal(String(message.raw), text.padEnd(400, '.'));
              assert.equal(message === undefined, state === undefined);
            }
            const lost = damaged.reduce((sum, event) => sum + event.lost, 0);
            // Three bad pages can take all that says how many messages there were.
            if (shares.length < 3 || gone < messages) assert.equal(lost, gone);
            const rows = journal.read(journal.channel('c', 'o').chain, 0, 1000);
            for (const { id } of rows) assert.ok(journal.message(id)?.raw.length);
            const { no, chain } = journal.channel('c', 'o');
            assert.equal(journal.totals.get(no, chain, 3), rows.length);
            assert.ok(journal.totals.get(no, chain, 4) <= held);
            assert.equal(
              damaged.reduce((sum, event) => sum + event.held, 0),
              held,
            );
          } finally {
            await end();
          }
        },
      ),
      { numRuns: 10 },
    ));

  it('hold the message that they took: it can be waived and sent again, not replayed', async () => {
    begin();
    try {
      const texts = await fill();
      for (let share = 0.3; damaged.length === 0 || damaged[0]!.held === 0; share += 0.05) {
        damage([share]);
        for (const id of texts.keys()) journal.message(id);
      }
      const lost = [...texts.keys()].find((id) => journal.message(id)?.raw.length === 0)!;
      const order = { nowUs, isWorked: () => true, progress: () => {} };
      const selection = { id: lost };
      const replay = { ...order, selection, action: { kind: 'replay', by: 'me' } } as const;
      const state = stateOf(lost);
      if (state?.issues) {
        await assert.rejects(actOnHeld(journal, replay), { code: 'raw-unreadable' });
        const waive = { kind: 'waive', reason: 'sent again', by: 'me' } as const;
        assert.equal((await actOnHeld(journal, { ...order, selection, action: waive })).count, 1);
      }
      const again = await land(texts.get(lost)!);
      assert.ok(again > lost);
      assert.ok(readdirSync(join(dataDir, 'journal')).some((name) => name.endsWith('.damaged')));
      assert.equal(files().length, 2);
    } finally {
      await end();
    }
  });

  it('of an older day are not blamed on the day that takes the landings', async () => {
    begin();
    try {
      const texts = await fill();
      nowUs += dayUs;
      await land('today');
      damage(Array.from({ length: 20 }, (_, n) => 0.1 + n / 25));
      await Promise.all([...texts.values()].map(land));
      assert.equal(damaged.length, 1);
      assert.match(damaged[0]!.partition, /^2031-05-01/);
      assert.equal(files().length, 2);
    } finally {
      await end();
    }
  });

  it('that took a whole file let go of what waited for it', async () => {
    begin();
    try {
      await fill();
      const { no } = journal.partitions.all()[0]!;
      const rows = journal.read(journal.channel('c', 'o').chain, 0, 10);
      journal.partitions.forget(no);
      journal.control.setPartitionState(no, 'unreadable');
      await journal.claim(journal.channel('c', 'o').chain, rows);
      assert.ok(await land('goes on'));
    } finally {
      await end();
    }
  });
});
