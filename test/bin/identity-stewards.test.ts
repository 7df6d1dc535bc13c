import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dataKey, openDatabase } from '../../engine/index.ts';
import { identityFile, parseModel } from '../../transforms/identity/index.ts';
import {
  ada,
  type Json,
  type Network,
  startNetwork,
  systems,
  twin,
} from '../transforms/identity/api/hospitals.ts';

// Goal: stewards work with commands alone, the same with a running engine and without one: the
// queue, merging, parting and publishing again, asking why, the labels, and checking the state; a
// wrong order has exit code and stable code, and changes nothing; both are on record.
// Method: the example network fed over MLLP in this process, and `./plexus identity` on it, first
// through the engine, then on the data folder.

const of = (hospital: keyof typeof systems, value: string) => `${systems[hospital]}|${value}`;
const [n1, n3, n4] = ['N1', 'N3', 'N4'].map((value) => of('north-general', value)) as [
  string,
  string,
  string,
];
const m1 = of('mercy-west', 'M1');
const by = ['--by', 'Ines', '--reason', 'seen the papers'];

for (const where of ['through the engine', 'without one'] as const)
  describe(`identity for stewards, ${where}`, function () {
    const isRunning = where === 'through the engine';
    this.timeout(600_000);
    let network: Network;
    before(async () => {
      network = await startNetwork();
      await network.tell('north-general', 'A04', ada, 'N1');
      await network.tell('mercy-west', 'A04', ada, 'M1');
      await network.tell('north-general', 'A04', twin, 'N2');
      await network.tell('north-general', 'A04', ada, 'N3');
      await network.tell('north-general', 'A04', ada, 'N4');
      if (!isRunning) await network.stopEngine();
    });
    after(() => network.end());

    const identity = (...words: string[]) => network.plexus('identity', ...words);
    const rows = async (...words: string[]): Promise<Json[]> => {
      const { code, lines, said } = await identity(...words, '--json');
      assert.equal(code, 0, said.join('\n'));
      return lines.map((line) => JSON.parse(line));
    };
    const refused = async (...words: string[]) => {
      const { code, said, lines } = await identity(...words);
      assert.deepEqual(lines, []);
      return [code, /\(([a-z-]+)\)$/.exec(said.at(-1)!)?.[1]];
    };

    const personOf = async (who: string): Promise<string> => {
      const { lines } = await identity('history', who);
      return lines[0]!.replace('person ', '');
    };
    const accesses = (): Json[] => {
      const key = dataKey(network.data, {}).value;
      const db = openDatabase(join(network.data, 'audit.db'), { key });
      const rows = db.prepare("SELECT body FROM entry WHERE kind = 'identity-access'").all();
      db.close();
      return (rows as { body: string }[]).map(({ body }) => JSON.parse(body));
    };

    it('shows the queue, and a pair side by side with the waterfall', async () => {
      const queue = await rows('review');
      assert.deepEqual([...new Set(queue.map(({ kind }) => kind))], ['veto']);
      const people = await identity('review', 'ls');
      assert.match(people.lines.join('\n'), /REVIEW +AGE +KIND/);
      const [found] = await rows('review', 'show', String(queue.at(-1).review));
      assert.equal(found.needsSecond, true);
      assert.ok(found.sides.length === 2 && found.assessment.bars.length > 0);
      const shown = await identity('review', 'show', String(queue.at(-1).review));
      const text = shown.lines.join('\n');
      assert.match(text, /ADELHEID BRANDENBURG +ADELHEID BRANDENBURG/);
      assert.match(text, /\+\d+\.\d {2}family/);
      assert.match(text, /veto +strong-identifier-conflict: One authority/);
    });

    it('refuses wrong orders with a code', async () => {
      assert.deepEqual(await refused('merge', n1, n1, ...by), [64, 'identity-merge-into-itself']);
      assert.deepEqual(await refused('merge', n1, m1, ...by), [64, 'identity-merge-cycle']);
      assert.deepEqual(await refused('merge', n1, n3, ...by), [64, 'identity-second-person']);
      assert.deepEqual(await refused('merge', n1, 'urn:x|1', ...by), [
        64,
        'identity-unknown-record',
      ]);
      assert.deepEqual(await refused('unmerge', n1, ...by), [64, 'identity-not-merged']);
      assert.deepEqual(await refused('unmerge', '1', ...by), [64, 'identity-not-merged']);
      assert.deepEqual(await refused('review', 'show', '1'), [64, 'identity-unknown-review']);
      const nobody = '00000000-0000-5000-8000-000000000000';
      assert.deepEqual(await refused('history', nobody), [64, 'identity-unknown-person']);
      const decide = ['decide', '1', '--outcome', 'same', '--by', 'Ines'];
      assert.deepEqual(await refused(...decide), [64, 'identity-unknown-review']);
      for (const words of [
        ['merge', n1],
        ['merge', n1, n3],
        ['decide', '1'],
        ['mergee'],
        ['verify', 'x'],
      ])
        assert.equal((await identity(...words)).code, 64, words.join(' '));
      assert.equal((await identity('merge', n1, 'nonsense', ...by)).code, 64);
      const { code, said } = await identity('decide', '1', '--outcome', 'perhaps');
      assert.equal(code, 64);
      assert.match(
        said.join('\n'),
        /what is it\? --outcome same\|different\|cannot-tell\|data-error/,
      );
    });

    it('keeps on record who asked, and whom a refused order was about', async () => {
      const wanted = [await personOf(n1), await personOf(n3)].toSorted();
      const found = () =>
        accesses().find(({ by: who, outcome, persons }) => {
          const about = JSON.stringify(persons.toSorted());
          return (
            [who, outcome, about].join() === `Ines,identity-second-person,${JSON.stringify(wanted)}`
          );
        });
      // A running engine writes it within moments; without one it is there when the command ends.
      while (isRunning && found() === undefined) await wait(20);
      assert.ok(found());
      const actions = new Set(accesses().map(({ action }) => action));
      for (const action of ['reviews', 'reviewCase', 'merge', 'history'])
        assert.ok(actions.has(action));
      assert.doesNotMatch(JSON.stringify(accesses()), /BRANDENBURG|\|N1/);
    });

    it('merges with two stewards, and parts again', async () => {
      const [preview] = await rows('merge', n1, n3, ...by, '--second', 'Karl', '--preview');
      const [merged] = await rows('merge', n1, n3, ...by, '--second', 'Karl');
      assert.deepEqual([preview.survivor, preview.merge], [merged.survivor, merged.merge]);
      assert.equal(merged.records.length, 3);
      const why = await identity('explain', n1, n3);
      assert.match(why.lines.join('\n'), /^one person, [\s\S]* linked .*order[\s\S]*merged/);
      const [parted] = await rows('unmerge', String(merged.merge), ...by, '--undo');
      assert.equal(parted.restored, merged.absorbed);
      const [told] = await rows('explain', n1, n3);
      assert.deepEqual([told.isOnePerson, told.mayNotLink], [false, false], 'as it had never been');
      const history = await rows('history', merged.absorbed);
      assert.ok(history.some(({ type }) => type === 'unmerged'));
      assert.doesNotMatch(JSON.stringify(history), /BRANDENBURG/);
    });

    it('splits a file off that was linked by itself, and publishes again', async () => {
      const [parted] = await rows('unmerge', n1, '--split', m1, ...by, '--republish');
      assert.equal(parted.moved.length, 1);
      assert.ok(parted.downstream.some(({ what }: Json) => what.startsWith('Patient/')));
      assert.equal(parted.republished, 1);
      const [told] = await rows('explain', n1, m1);
      assert.deepEqual([told.isOnePerson, told.mayNotLink], [false, true]);
      assert.deepEqual(await refused('merge', n1, m1, ...by), [64, 'identity-do-not-link']);
    });

    it('closes reviews both ways, and exports what was judged', async () => {
      const queue = await rows('review');
      const cases = await Promise.all(
        queue.map(async ({ review }) => (await rows('review', 'show', String(review)))[0]),
      );
      const isOf = (one: Json, value: string) =>
        one.sides.some((side: Json) => side.value === value);
      const others = cases.find((one) => isOf(one, 'N4') && isOf(one, 'N1'))!;
      const files = cases.find((one) => isOf(one, 'N3') && isOf(one, 'N1'))!;
      const different = ['decide', String(others.review), '--outcome', 'different', '--by', 'Ines'];
      await rows(...different);
      assert.deepEqual(await refused(...different), [64, 'identity-review-closed']);
      const same = ['decide', String(files.review), '--outcome', 'same', '--by', 'Ines'];
      assert.deepEqual(await refused(...same), [64, 'identity-second-person']);
      await rows(...same, '--second', 'Karl');
      const labels = await rows('labels');
      assert.deepEqual(labels.map(({ isSame }) => isSame).toSorted(), [false, true]);
      assert.equal(labels[0].a.attributes.names[0].family, 'BRANDENBURG');
      const [rate] = await rows('audit-rate');
      assert.deepEqual([rate.judged, rate.rate, rate.interval.upper], [0, 0, 1]);
      assert.deepEqual(await refused('merge', n4, n1, ...by), [64, 'identity-do-not-link']);
    });

    it('fits a candidate model that governs nothing yet, and writes over none', async () => {
      const [fitted] = await rows('refit', '--name', 'candidate', '--seed', '4');
      assert.deepEqual([fitted.records, fitted.isCalibrated], [5, false]);
      const model = parseModel(readFileSync(fitted.file, 'utf8'));
      assert.deepEqual([model.hash, model.seed], [fitted.hash, 4]);
      const again = await refused('refit', '--name', 'candidate');
      assert.deepEqual(again, [74, 'identity-model-unwritable']);
      assert.equal((await identity('refit', '--name', '../x')).code, 64);
      assert.equal((await network.plexus('lint')).code, 0);
    });

    it('verifies that the state is what the events say, and sees when it is not', async () => {
      const { code } = await identity('verify');
      assert.equal(code, 0);
      if (isRunning) return;
      const db = openDatabase(identityFile(network.data), { key: dataKey(network.data, {}).value });
      db.exec('DELETE FROM membership');
      db.close();
      const broken = await identity('verify', '--json');
      assert.equal(broken.code, 1);
      assert.match(JSON.parse(broken.lines[0]!).findings[0], /^membership: row 1/);
    });
  });
