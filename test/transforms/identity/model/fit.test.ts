// Goal: the fit finds what made the data. Method: patterns of levels drawn with known m, u and
// share of matches; a fit from the wrong start gives these back. On files, a model fitted to a
// handful of records stays near the base.
import assert from 'node:assert/strict';
import {
  baseModel,
  calibrate,
  comparisonNames,
  fitModel,
  normalisePerson,
  prepare,
} from '../../../../transforms/identity/index.ts';
import { fitSession, type LevelTable } from '../../../../transforms/identity/model/em.ts';
import { patternCounter } from '../../../../transforms/identity/model/patterns.ts';
import { randomOf } from '../../../../transforms/identity/model/random.ts';

const tableOf = (side: 'm' | 'u' | 'h'): LevelTable =>
  comparisonNames.map((name) =>
    Float64Array.from(baseModel().levels[name], (level) => level[side]),
  );

/** Mass taken from the first level and given to the last. */
const blurred = (table: LevelTable, share: number): LevelTable =>
  table.map((levels) => {
    const next = levels.slice();
    next[next.length - 1]! += next[0]! * share;
    next[0]! *= 1 - share;
    return next;
  });

describe('fitting a model', () => {
  it('finds m and the share of matches in pairs of known origin', () => {
    const random = randomOf(5);
    const truth = { m: blurred(tableOf('m'), 0.1), u: tableOf('u'), h: tableOf('h') };
    const counter = patternCounter();
    const draw = (shares: Float64Array): number => {
      let left = random();
      for (const [level, share] of shares.entries()) {
        left -= share;
        if (left < 0) return level;
      }
      return shares.length - 1;
    };
    const pairs = 60_000;
    let matches = 0;
    for (let no = 0; no < pairs; no += 1) {
      const isMatch = random() < 0.2;
      if (isMatch) matches += 1;
      const table = isMatch ? truth.m : truth.u;
      counter.add(Int8Array.from(table, (shares) => draw(shares)));
    }
    const start = { ...truth, m: blurred(truth.m, 0.3) };
    const fit = fitSession(counter.patterns(), [], start, 1, 1e-9);
    assert.ok(Math.abs(fit.shares.match - matches / pairs) < 0.005, `${fit.shares.match}`);
    for (const [at, name] of comparisonNames.entries()) {
      const all = fit.matched[at]!.reduce((sum, count) => sum + count, 0);
      const found = fit.matched[at]![0]! / all;
      assert.ok(Math.abs(found - truth.m[at]![0]!) < 0.03, `${name}: ${found}`);
    }
  });

  it('stays with the base model where there is next to nothing to learn from', () => {
    const base = baseModel();
    const records = ['Ann Lee', 'Bo Chan', 'Cy Diaz'].map((name) => {
      const [given = '', family = ''] = name.split(' ');
      return prepare(normalisePerson({ names: [{ given, family }], birthDate: '1980-02-03' }));
    });
    const model = fitModel(records, { source: 'test', seed: 1, base, secondFrom: 3 });
    for (const name of comparisonNames) {
      for (const [at, { m }] of model.levels[name].entries())
        assert.ok(Math.abs(m - base.levels[name][at]!.m) < 0.05, `${name} ${at}: ${m}`);
    }
  });
});

describe('calibration', () => {
  it('takes the weight at its word without answers', () => {
    assert.deepEqual(calibrate([]), { slope: 1, intercept: 0 });
  });

  it('finds the curve that answers were drawn from', () => {
    const random = randomOf(8);
    const [slope, intercept] = [0.4, -1.5];
    const pairs = Array.from({ length: 40_000 }, () => {
      const weight = random() * 40 - 20;
      const p = 1 / (1 + Math.exp(-(intercept + slope * weight * Math.LN2)));
      return { weight, isMatch: random() < p };
    });
    const found = calibrate(pairs);
    assert.ok(Math.abs(found.slope - slope) < 0.03, `slope ${found.slope}`);
    assert.ok(Math.abs(found.intercept - intercept) < 0.1, `intercept ${found.intercept}`);
  });
});
