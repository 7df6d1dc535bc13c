import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplicatePairs, usual } from '../../../../bench/people/index.ts';
import { openDatabase } from '../../../../engine/index.ts';
import {
  identityFile,
  normalisePerson,
  openIdentityStore,
  type PersonRecord,
  parseModel,
  prepare,
  type Refit,
  refit,
  requireGoverned,
  scorerOf,
} from '../../../../transforms/identity/index.ts';

// Goal: what stewards decide, both ways, reaches the next model: it is fitted to the network's own
// records, calibrated by the answers, the same for the same data and seed, and sealed.
// Method: synthetic people seen in a real store, reviews decided by a steward who either knows or
// finds nearly everybody different; the models are compared on the pairs that were asked about.

type Asking = {
  readonly count?: number;
  readonly kind?: 'match' | 'veto';
  readonly samples?: (no: number) => 'same' | 'different';
};

const key = Buffer.alloc(32, 5);
const governed = requireGoverned(join(import.meta.dirname, '../../../../config'));
const asked = 60;
const sampled = 50;

describe('refit', function () {
  this.timeout(180_000);
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /**
   * A store with pairs of one person and of two, of which a steward has judged `asked` each; and
   * where `samples` is given, links that a steward has seen blindly, all of one person.
   */
  function judgedStore(
    judge: (isSame: boolean, no: number) => boolean,
    { count = asked, kind = 'match', samples }: Asking = {},
  ): string {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-refit-'));
    folders.push(dataDir);
    const db = openDatabase(identityFile(dataDir), { key });
    const governance = { ...governed.governance, auditShare: samples === undefined ? 0 : 1 };
    const { registry } = openIdentityStore(db, { ...governed, governance });
    db.exec('BEGIN IMMEDIATE');
    registry.begun();
    const on = { atUs: 1_700_000_000_000_000, cause: { kind: 'system', reason: 'test' } } as const;
    const steward = {
      ...on,
      cause: { kind: 'steward', by: 'Ines', second: 'Karl', reason: 'seen' },
    } as const;
    let numbers = 0;
    const see = (attributes: PersonRecord) => {
      numbers += 1;
      const sighting = { attributes, fingerprint: numbers, normalisation: 1, facility: 'h' };
      return registry.see({ system: 'urn:h', value: `H${numbers}`, ...sighting }, on);
    };
    const options = { seed: 11, count: 200, completeness: usual, mistaken: 0.3 };
    const pairs = [...duplicatePairs(options)].map(([a, b]) => [
      see(normalisePerson(a)),
      see(normalisePerson(b)),
    ]);
    for (let no = 0; no < count; no += 1)
      for (const isSame of [true, false]) {
        const [a, b] = [pairs[no]![0]!, isSame ? pairs[no]![1]! : pairs[no + count]![0]!];
        const review = registry.queue({ kind, a, b, candidates: [], reasons: [] }, on)!;
        registry.review({ review, outcome: judge(isSame, no) ? 'same' : 'different' }, steward);
      }
    if (samples !== undefined) {
      for (const [a, b] of pairs.slice(-sampled))
        registry.link([{ a: a!, b: b!, weight: 40 }], 'auto', on);
      const open = registry.openReviews({ after: 0, limit: 1_000 });
      for (const [no, { no: review }] of open.entries())
        registry.review({ review, outcome: samples(no) }, steward);
    }
    db.exec('COMMIT');
    db.close();
    return dataDir;
  }

  const refitted = (dataDir: string, seed = 1): Refit =>
    refit({ dataDir, key, governed, seed, recordsMax: 1_000 })!;
  /** Mean probability of the pairs that are one person, by their own numbers. */
  const meanP = ({ model }: Refit): number => {
    const { score } = scorerOf(model);
    const options = { seed: 12, count: 200, completeness: usual, mistaken: 0.3 };
    const ps = [...duplicatePairs(options)].map(
      ([a, b]) => score(prepare(normalisePerson(a)), prepare(normalisePerson(b))).p,
    );
    return ps.reduce((sum, p) => sum + p, 0) / ps.length;
  };

  let dataDir: string;
  let fitted: Refit;
  before(() => {
    dataDir = judgedStore((isSame) => isSame);
    fitted = refitted(dataDir);
  });

  it('gives the same sealed model for the same data and seed', () => {
    assert.deepEqual([fitted.records, fitted.same, fitted.different], [400, asked, asked]);
    assert.equal(fitted.isCalibrated, true);
    assert.deepEqual(refitted(dataDir), fitted);
    assert.notEqual(refitted(dataDir, 2).model.hash, fitted.model.hash);
    assert.deepEqual(parseModel(JSON.stringify(fitted.model)), fitted.model);
    const { window, seed } = fitted.model;
    assert.deepEqual([window.from, window.to, seed], ['2023-11-14', '2023-11-14', 1]);
    const days = { from: '2023-11-14', to: '2023-11-14' };
    assert.deepEqual(window.labels, { same: asked, different: asked, ...days });
    const sampled = refit({ dataDir, key, governed, seed: 1, recordsMax: 100 })!;
    assert.ok(sampled.records > 60 && sampled.records < 140, `${sampled.records} of 100`);
  });

  it('hears both outcomes: who finds one person to be two makes the model less sure', () => {
    const doubting = refitted(judgedStore((isSame, no) => isSame && no % 2 === 0));
    assert.ok(meanP(fitted) > 0.95);
    assert.ok(meanP(doubting) < meanP(fitted) - 0.05);
  });

  it('keeps the blind samples aside, and says how the model does on them', () => {
    const without = refitted(judgedStore((isSame) => isSame));
    assert.deepEqual(without.audit, { judged: 0, different: 0, expected: 0 });
    const samples = (no: number) => (no < 4 ? 'different' : 'same');
    const { audit, ...others } = refitted(judgedStore((isSame) => isSame, { samples }));
    assert.deepEqual([audit.judged, audit.different], [sampled, 4]);
    assert.ok(audit.expected > 0 && audit.expected < sampled / 10, `${audit.expected}`);
    assert.deepEqual({ ...others, audit: without.audit }, without);
  });

  it('fits the model to the answers, and the curve to those that the score had asked for', () => {
    const told = refitted(judgedStore((isSame) => isSame, { kind: 'veto' }));
    assert.deepEqual([told.same, told.different, told.isCalibrated], [asked, asked, false]);
    const doubting = refitted(judgedStore(() => false, { kind: 'veto' }));
    assert.ok(doubting.model.prior < told.model.prior, `${doubting.model.prior}`);
    assert.deepEqual(doubting.model.calibration, told.model.calibration);
  });

  it('leaves the curve alone while there are few answers', () => {
    const few = refitted(judgedStore((isSame) => isSame, { count: 5 }));
    assert.deepEqual([few.same, few.different, few.isCalibrated], [5, 5, false]);
    assert.deepEqual(few.model.calibration, { ...governed.model.calibration, intercept: 0 });
  });

  it('is nothing where nobody was ever identified', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plexus-refit-'));
    folders.push(dataDir);
    assert.equal(refit({ dataDir, key, governed, seed: 1, recordsMax: 10 }), undefined);
  });
});
