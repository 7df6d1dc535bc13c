// Goal: what is landed is processed once, in order by key, and ends delivered, filtered or held
// with its reason; nothing is lost by poison, lost workers, retries, dead destinations, reloads or
// restarts. Method: a real engine (journal, workers, lanes) between a hand-fed source and a
// remembering destination.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../engine/index.ts';
import { expire } from '../../engine/journal/index.ts';
import {
  failCommits,
  newDataDir,
  openProbe,
  type Probe,
  type ProbeOptions,
  removeDir,
  until,
} from './probe-engine.ts';

describe('engine', () => {
  let dataDir: string;
  let open: Probe[] = [];

  const start = async (options: Partial<ProbeOptions> = {}): Promise<Probe> => {
    const probe = await openProbe({ dataDir, ...options });
    open.push(probe);
    return probe;
  };
  const stop = async (probe: Probe): Promise<void> => {
    open = open.filter((each) => each !== probe);
    await probe.engine.stop();
  };
  const view = (probe: Probe) => probe.engine.operations.channels()[0]!;
  const assertConserved = (probe: Probe): void => {
    for (const row of probe.engine.operations.conservation())
      assert.equal(row.violations, 0, JSON.stringify(row));
  };

  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    for (const probe of open) await probe.engine.stop();
    open = [];
    removeDir(dataDir);
  });

  it('lands, processes and delivers in order by key', async () => {
    const probe = await start({ routes: ['a', 'b'], lanes: 4 });
    const landings = Array.from({ length: 200 }, (_, n) =>
      probe.land(`m${n}`, { orderingKeys: [`k${n % 7}`] }),
    );
    await Promise.all(landings);
    await until(() => probe.delivered.length === 400, 'both destinations have all');
    for (const route of ['a', 'b']) {
      for (let key = 0; key < 7; key += 1) {
        const order = probe.delivered
          .filter((each) => each.route === route)
          .map((each) => Number(each.text.slice(1)))
          .filter((n) => n % 7 === key);
        assert.deepEqual(
          order,
          order.toSorted((x, y) => x - y),
        );
      }
    }
    await until(
      () => view(probe).destinations.every((each) => each.pending === 0),
      'queues are empty',
    );
    assert.equal(view(probe).settled, 200);
    assertConserved(probe);
  });

  it('answers a duplicate with the first landing; a key with other bytes is new', async () => {
    const probe = await start();
    const first = await probe.land('one', { dedupeKey: 'A|B|1' });
    const again = await probe.land('one', { dedupeKey: 'A|B|1' });
    const other = await probe.land('two', { dedupeKey: 'A|B|1' });
    assert.deepEqual(
      [again.duplicate, again.id, again.receivedUs],
      [true, first.id, first.receivedUs],
    );
    assert.deepEqual([other.duplicate, other.id === first.id], [false, false]);
    assert.ok(probe.seen.some((event) => event.type === 'key-reused' && event.id === other.id));
    await until(() => view(probe).settled === 2, 'two are settled');
    assert.equal(view(probe).duplicates, 1);
    assertConserved(probe);
  });

  it('knows a duplicate again for as long as its channel says, also after a reload', async () => {
    const hourUs = 3600 * 1_000_000;
    let aheadUs = 0;
    const system = systemClock();
    const probe = await start({ clock: { ...system, nowUs: () => system.nowUs() + aheadUs } });
    const again = async (): Promise<boolean> => {
      const receivedUs = system.nowUs() + aheadUs;
      return (await probe.land('one', { dedupeKey: 'k', receivedUs })).duplicate;
    };
    assert.equal(await again(), false);
    aheadUs = 2 * hourUs;
    assert.equal(await again(), true);
    probe.edit('two', { dedupeHours: 1 });
    await probe.engine.operations.reload();
    assert.equal(await again(), false);
    probe.edit('three', { dedupeHours: 0 });
    await probe.engine.operations.reload();
    assert.equal(await again(), false);
    aheadUs = 71 * hourUs;
    probe.edit('four', { dedupeHours: 72 });
    await probe.engine.operations.reload();
    assert.equal(await again(), true);
  });

  it('finds and traces messages of finished days, also after a restart', async () => {
    const hourUs = 3600 * 1_000_000;
    let aheadUs = 0;
    const system = systemClock();
    const clock: Clock = { ...system, nowUs: () => system.nowUs() + aheadUs };
    const probe = await start({ clock });
    const old = await probe.land('old', { controlId: 'OLD' });
    await until(() => view(probe).settled === 1, 'it is settled');
    aheadUs = 48 * hourUs;
    await probe.land('new');
    await until(() => view(probe).settled === 2, 'both are settled');
    const { journal } = probe.engine;
    await expire(journal, dataDir, { workDays: 30 }, clock.nowUs(), probe.events);
    assert.equal(journal.control.partitions()[0]?.state, 'closed');
    await stop(probe);
    const next = await start({ clock });
    const { operations } = next.engine;
    assert.deepEqual(
      [...operations.messages({ controlId: 'OLD' })].map(({ id }) => id),
      [old.id],
    );
    assert.equal(operations.trace(old.id)?.outcome, 'delivered');
    const rows = operations.messages({})[Symbol.iterator]();
    rows.next();
    // A reader in the middle of its rows stops nobody.
    await next.land('while it reads');
    await until(() => view(next).settled === 3, 'it is settled all the same');
    rows.return?.();
    assertConserved(next);
  });

  it('knows a duplicate again after a restart', async () => {
    const probe = await start();
    const first = await probe.land('one', { dedupeKey: 'k' });
    await stop(probe);
    const next = await start();
    const again = await next.land('one', { dedupeKey: 'k' });
    assert.deepEqual([again.duplicate, again.id], [true, first.id]);
    assertConserved(next);
  });

  it('holds what a stage holds and what breaks a stage, and goes on', async () => {
    const probe = await start({ routes: ['a'] });
    for (const text of ['HOLD', 'BUG', 'FILTER', 'good'])
      await probe.land(text, { orderingKeys: ['k'] });
    await until(() => probe.delivered.length === 1, 'the good one is delivered');
    const groups = probe.engine.operations.quarantine({});
    assert.deepEqual(
      groups.map((group) => [group.stage, group.code, group.path, group.count]).toSorted(),
      [
        ['probe', 'bad-data', 'X-1', 1],
        ['probe', 'stage-bug', '', 1],
      ],
    );
    assert.equal(groups[0]!.owner, 'owner@example.test');
    assert.equal(view(probe).filtered, 1);
    assertConserved(probe);
  });

  it('quarantines a message that kills its worker, and runs its neighbours', async () => {
    const probe = await start({ routes: ['a'], lanes: 1 });
    const texts = ['a', 'b', 'CRASH', 'c', 'd'];
    await Promise.all(texts.map((text) => probe.land(text, { orderingKeys: [text] })));
    await until(() => probe.delivered.length === 4, 'the others are delivered');
    await until(() => view(probe).held === 1, 'the poison is held');
    assert.equal(probe.engine.operations.quarantine({})[0]!.code, 'poison-message');
    assertConserved(probe);
  }).timeout(180_000);

  it('runs a batch again whose store could not commit, and blames no message', async () => {
    const probe = await start({ routes: ['a'] });
    await Promise.all(['FULL', 'one', 'two'].map((text) => probe.land(text)));
    await until(() => probe.delivered.length === 3, 'all are delivered');
    assert.equal(view(probe).held, 0);
    assert.ok(
      probe.seen.some((event) => event.type === 'retried' && event.cause === 'SQLITE_FULL'),
    );
    assert.ok(!probe.seen.some((event) => event.type === 'worker-lost'));
    await until(() => view(probe).destinations[0]!.pending === 0, 'queues are empty');
    assertConserved(probe);
  }).timeout(180_000);

  it('makes a key wait for its retry while others flow, and keeps its order', async () => {
    let failures = 3;
    const probe = await start({
      routes: ['a'],
      judge: (delivery) =>
        delivery.raw().toString() === 'k1-0' && failures-- > 0
          ? { kind: 'retry', cause: 'ae' }
          : { kind: 'delivered' },
    });
    for (let n = 0; n < 3; n += 1) await probe.land(`k1-${n}`, { orderingKeys: ['k1'] });
    await probe.land('k2-0', { orderingKeys: ['k2'] });
    await until(() => probe.delivered.length === 4, 'all are delivered');
    assert.equal(probe.delivered[0]!.text, 'k2-0');
    const own = probe.delivered.map((each) => each.text).filter((text) => text.startsWith('k1'));
    assert.deepEqual(own, ['k1-0', 'k1-1', 'k1-2']);
    assertConserved(probe);
  });

  it('replays what was held as a new generation, and waives with a reason', async () => {
    const probe = await start({ routes: ['a'] });
    await probe.land('FIXED 1');
    await probe.land('FIXED 2');
    const third = await probe.land('HOLD');
    await until(() => view(probe).held === 3, 'three are held');
    const groups = probe.engine.operations.quarantine({});
    assert.equal(groups.length, 1);
    assert.equal(await probe.engine.operations.assign({ id: third.id }, 'someone', 'me'), 1);
    assert.equal(await probe.engine.operations.waive({ id: third.id }, 'test data', 'me'), 1);
    assert.equal(
      await probe.engine.operations.replay({ fingerprint: groups[0]!.fingerprint }, 'me'),
      2,
    );
    await until(() => probe.delivered.length === 2, 'the replayed ones are delivered');
    await until(() => view(probe).destinations[0]!.delivered === 2, 'that is durable');
    const { operations } = probe.engine;
    const [first] = [...operations.messages({})];
    const [held, again] = operations.trace(first!.id)!.steps;
    assert.deepEqual(
      [held?.outcome, held?.issues[0]?.code, again?.generation, again?.outcome],
      ['superseded', 'bad-data', 1, 'settled'],
    );
    const { unvisited } = operations.trace(first!.id)!;
    assert.deepEqual(unvisited, ['PID-11', 'ZPI-2'], 'what nobody read is shown');
    const did = operations
      .trace(third.id)!
      .history.map(({ action, by, reason }) => [action, by, reason]);
    assert.deepEqual(did, [
      ['assign', 'me', 'to someone'],
      ['waive', 'me', 'test data'],
    ]);
    const outcomes = [...operations.messages({})].map((message) => message.outcome);
    assert.deepEqual(outcomes.toSorted(), ['delivered', 'delivered', 'filtered']);
    assertConserved(probe);
  });

  it('keeps a queue for a destination that is away and delivers it after a restart', async () => {
    const probe = await start({
      routes: ['a'],
      judge: () => ({ kind: 'unavailable', cause: 'refused' }),
    });
    for (let n = 0; n < 100; n += 1) await probe.land(`m${n}`);
    await until(() => view(probe).settled === 100, 'the chain is through');
    assert.equal(view(probe).destinations[0]!.pending, 100);
    assertConserved(probe);
    await stop(probe);
    const next = await start({ routes: ['a'] });
    await until(() => next.delivered.length === 100, 'all are delivered');
    assert.deepEqual(
      next.delivered.map((each) => each.id),
      next.delivered.map((each) => each.id).toSorted((a, b) => a - b),
    );
    assertConserved(next);
  });

  it('pauses, resumes, drains, reloads and rolls back without loss', async () => {
    const probe = await start({ routes: ['a'] });
    const { operations } = probe.engine;
    await operations.pause('probe');
    for (let n = 0; n < 10; n += 1) await probe.land(`m${n}`);
    assert.equal(view(probe).pending, 10);
    await operations.start('probe');
    await until(() => probe.delivered.length === 10, 'the paused are delivered');
    probe.break();
    await assert.rejects(operations.reload(), { code: 'config-invalid' });
    assert.equal(view(probe).revision, 'one');
    probe.edit('two');
    assert.deepEqual(await operations.reload(), ['probe']);
    await probe.land('after');
    await until(() => probe.delivered.length === 11, 'the new revision delivers');
    assert.equal(view(probe).revision, 'two');
    await operations.drain('probe');
    assert.equal(view(probe).state, 'stopped');
    assertConserved(probe);
  });

  it('lands a batch whole and in parts that are messages of their own', async () => {
    const probe = await start({ routes: ['a'] });
    const raw = Buffer.from('FHS|one|two|FTS');
    const receivedUs = Date.now() * 1000;
    const part = (from: number, to: number, n: number) => ({
      raw: raw.subarray(from, to),
      receivedUs,
      orderingKeys: [],
      dedupeKey: `p${n}`,
    });
    const whole = { raw, receivedUs, orderingKeys: [], dedupeKey: 'batch' };
    const landed = await probe.source().landBatch(whole, [part(4, 7, 1), part(8, 11, 2)]);
    assert.equal(landed.length, 3);
    await until(() => probe.delivered.length === 2, 'the parts are delivered');
    assert.deepEqual(probe.delivered.map((each) => each.text).toSorted(), ['one', 'two']);
    const again = await probe.source().landBatch(whole, [part(4, 7, 1), part(8, 11, 2)]);
    assert.deepEqual(
      again.map((each) => each.duplicate),
      [true],
    );
    await until(() => view(probe).pending === 0, 'nothing waits');
    assertConserved(probe);
  });

  it('tells a sender that repeats a batch how its messages ended, when they have', async () => {
    const probe = await start();
    const raw = Buffer.from('FHS|good|HOLD|FTS');
    const receivedUs = Date.now() * 1000;
    const part = (from: number, to: number) => ({
      raw: raw.subarray(from, to),
      receivedUs,
      orderingKeys: [],
    });
    const whole = { raw, receivedUs, orderingKeys: [], dedupeKey: 'batch' };
    await probe.engine.operations.pause('probe');
    await probe.source().landBatch(whole, [part(4, 8), part(9, 13)]);
    const [again] = await probe.source().landBatch(whole, [part(4, 8), part(9, 13)]);
    let isTold = false;
    const told = probe
      .source()
      .settled(again!.id)
      .finally(() => {
        isTold = true;
      });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([again!.duplicate, isTold], [true, false]);
    await probe.engine.operations.start('probe');
    const { outcome, issues } = await told;
    assert.deepEqual([outcome, issues[0]?.code], ['quarantined', 'bad-data']);
  });

  it('tells a sender that waits for the settlement how it ended', async () => {
    const probe = await start();
    const good = await probe.land('good');
    const bad = await probe.land('HOLD');
    assert.equal((await probe.source().settled(good.id)).outcome, 'delivered');
    const ended = await probe.source().settled(bad.id);
    assert.deepEqual([ended.outcome, ended.issues[0]?.code], ['quarantined', 'bad-data']);
  });

  it('tells a sender that comes again after a replay how the replay ended', async () => {
    const probe = await start();
    const first = await probe.land('FIXED', { dedupeKey: 'k' });
    assert.equal((await probe.source().settled(first.id)).outcome, 'quarantined');
    await probe.engine.operations.replay({ id: first.id }, 'me');
    await until(() => view(probe).settled === 1, 'the replay is settled');
    const again = await probe.land('FIXED', { dedupeKey: 'k' });
    assert.equal(again.duplicate, true);
    const late = new Promise((resolve) => setTimeout(() => resolve('no answer'), 1000));
    const answer = await Promise.race([probe.source().settled(again.id), late]);
    assert.deepEqual(answer, { outcome: 'delivered', issues: [] });
  });

  it('keeps the order of one patient between a message and a batch of one commit', async () => {
    const probe = await start({ routes: ['a'] });
    const of = (text: string) => ({
      raw: Buffer.from(text),
      receivedUs: Date.now() * 1000,
      orderingKeys: ['k'],
    });
    for (let n = 0; n < 20; n += 1) {
      await Promise.all([
        probe.source().land(of(`${n}a`)),
        probe.source().landBatch({ ...of(`${n}b`), orderingKeys: [] }, [of(`${n}b`)]),
        probe.source().land(of(`${n}c`)),
      ]);
    }
    await until(() => probe.delivered.length === 60, 'all are delivered');
    const order = probe.delivered.map(({ text }) => text);
    const wanted = Array.from({ length: 20 }, (_, n) => [`${n}a`, `${n}b`, `${n}c`]).flat();
    assert.deepEqual(order, wanted);
  });

  it('holds a message on which its destination breaks, and delivers its neighbours', async () => {
    const probe = await start({
      routes: ['a'],
      judge: (delivery) => {
        if (delivery.raw().toString() === 'BREAKS') throw new TypeError('a bug');
        return { kind: 'delivered' };
      },
    });
    const texts = ['1', '2', 'BREAKS', '3', '4'];
    await Promise.all(texts.map((text) => probe.land(text, { orderingKeys: [text] })));
    await until(() => probe.delivered.length === 4, 'the others are delivered');
    await until(() => view(probe).destinations[0]!.held === 1, 'the message is held');
    assert.equal(probe.engine.operations.quarantine({})[0]!.code, 'sink-bug');
    assertConserved(probe);
  });

  it('processes what a failed fsync left in the journal all the same', async () => {
    const probe = await start({ routes: ['a'] });
    await probe.land('first', { orderingKeys: ['k'] });
    await until(() => probe.delivered.length === 1, 'the first is delivered');
    const { db } = probe.engine.journal.partitions.all()[0]!;
    const exec = db.exec.bind(db);
    // The bytes are in the file, and the fsync says that they may not be.
    db.exec = (sql) => {
      exec(sql);
      if (sql !== 'COMMIT') return db;
      throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
    };
    const extra = { orderingKeys: ['k'], dedupeKey: 'd' };
    await assert.rejects(probe.land('second', extra), { code: 'journal-unavailable' });
    const again = await probe.land('second', extra);
    assert.equal(again.duplicate, true);
    await probe.land('third', { orderingKeys: ['k'] });
    await until(() => probe.delivered.length === 3, 'all are delivered');
    assert.deepEqual(
      probe.delivered.map(({ text }) => text),
      ['first', 'second', 'third'],
    );
    await until(() => view(probe).destinations[0]!.pending === 0, 'nothing waits');
    assert.deepEqual([view(probe).received, view(probe).settled, view(probe).pending], [4, 3, 0]);
    assertConserved(probe);
  });

  it('outlives an upkeep that fails, and tries it again', async () => {
    const timers: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock(),
      after(delayMs, callback) {
        if (delayMs < 3_600_000) return systemClock().after(delayMs, callback);
        timers.push(callback);
        return () => {};
      },
    };
    const probe = await start({ clock });
    const { control } = probe.engine.journal;
    const partitions = control.partitions;
    control.partitions = () => {
      throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
    };
    timers[0]!();
    await until(() => probe.seen.some((event) => event.type === 'upkeep-failed'), 'it is told');
    control.partitions = partitions;
    await until(() => timers.length === 2, 'it is planned again');
  });

  it('frees the data folder when it cannot start', async () => {
    await stop(await start());
    const key = randomBytes(32);
    await assert.rejects(start({ key }), { code: 'wrong-key' });
    await assert.rejects(start({ key }), { code: 'wrong-key' });
  });

  it('runs what was claimed at a crash one by one, so that no innocent dies with it', async () => {
    const probe = await start({ lanes: 4 });
    const { journal, operations, channels } = probe.engine;
    await operations.pause('probe');
    const texts = Array.from({ length: 12 }, (_, n) => `m${n}`);
    for (const text of texts) await probe.land(text, { orderingKeys: [text] });
    const { chain } = channels.get('probe')!.ref;
    await journal.claim(chain, journal.read(chain, 0, 100));
    let most = 0;
    const underWay = new Set<number>();
    const { claim, settle } = journal;
    journal.claim = (destination, rows) => {
      for (const row of rows) underWay.add(row.id);
      most = Math.max(most, underWay.size);
      return claim(destination, rows);
    };
    journal.settle = async (...args) => {
      await settle(...args);
      for (const { row } of args[1]) underWay.delete(row.id);
    };
    await operations.start('probe');
    await until(() => view(probe).settled === 12, 'all are settled');
    assert.equal(most, 1);
  });

  it('starts a failed channel anew without a second hand on its queue', async () => {
    const probe = await start({ routes: ['a'], lanes: 2 });
    const { journal, operations } = probe.engine;
    const { claim } = journal;
    journal.claim = () => Promise.reject(new Error('a bug'));
    await probe.land('m0', { orderingKeys: ['k'] });
    await until(() => view(probe).state === 'failed', 'it has failed');
    journal.claim = claim;
    await operations.start('probe');
    for (let n = 1; n < 20; n += 1) await probe.land(`m${n}`, { orderingKeys: ['k'] });
    await until(() => probe.delivered.length >= 20, 'all are delivered');
    await operations.stop('probe');
    assert.deepEqual(
      probe.delivered.map(({ text }) => text),
      Array.from({ length: 20 }, (_, n) => `m${n}`),
    );
    assert.deepEqual([probe.openSinks(), probe.openSources()], [0, 0]);
  });

  it('stops on a full disk too, and processes what was under way after the start', async () => {
    const clock: Clock = {
      ...systemClock(),
      // The drain time, and every other wait, in a fiftieth.
      after: (delayMs, callback) => systemClock().after(delayMs / 50, callback),
    };
    let failed = false;
    const probe = await start({
      clock,
      routes: ['a'],
      judge: () => {
        if (!failed) failCommits(probe, 3_600_000);
        failed = true;
        return { kind: 'delivered' };
      },
    });
    await probe.land('under way');
    await until(() => probe.seen.some((event) => event.type === 'commit-failed'), 'it is full');
    await stop(probe);
    const next = await start({ routes: ['a'] });
    await until(() => view(next).destinations[0]!.delivered === 1, 'it is delivered');
    assertConserved(next);
  });
});
