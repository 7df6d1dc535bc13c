// Goal: the fit finds what made the data, and the answers of stewards help it. Method: patterns of
// levels drawn with known m, u and share of matches; a fit from the wrong start gives these back.
// Answers: twins, whom no class of the fit is for, stand among matches and strangers, and a steward
// who errs once in twenty is asked what a policy asks. On files, a model fitted to a handful of
// records stays near the base.
import assert from 'node:assert/strict';
import {
  baseModel,
  calibrate,
  comparisonNames,
  fitModel,
  normalisePerson,
  prepare,
} from '../../../../transforms/identity/index.ts';
import {
  fitSession,
  type LevelTable,
  posterior,
  smoothed,
} from '../../../../transforms/identity/model/em.ts';
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

/** Draws a level, each as often as its share. */
const drawer =
  (random: () => number) =>
  (shares: Float64Array): number => {
    let left = random();
    for (const [level, share] of shares.entries()) {
      left -= share;
      if (left < 0) return level;
    }
    return shares.length - 1;
  };

describe('fitting a model', () => {
  it('finds m and the share of matches in pairs of known origin', () => {
    const random = randomOf(5);
    const truth = { m: blurred(tableOf('m'), 0.1), u: tableOf('u'), h: tableOf('h') };
    const counter = patternCounter();
    const draw = drawer(random);
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

  describe('with the answers of stewards', () => {
    const used = comparisonNames.map((name) => ['given', 'family', 'birthDate'].includes(name));
    const givenAt = comparisonNames.indexOf('given');
    const truth = { m: blurred(tableOf('m'), 0.15), u: tableOf('u'), h: tableOf('h') };
    const twins = truth.m.map((levels, at) => (at === givenAt ? truth.u[at]! : levels));
    const start = { ...truth, m: blurred(tableOf('m'), 0.5) };
    const strength = 20;

    /** Pairs of one person, of twins and of strangers, and what a fit makes of them. */
    function fitted(asks: 'nothing' | 'what is doubtful', errors: number, twinShare = 0.05) {
      const random = randomOf(6);
      const draw = drawer(random);
      const pairs = Array.from({ length: 8_000 }, () => {
        const kind = random();
        const isMatch = kind < 0.1;
        const table = isMatch ? truth.m : kind < 0.1 + twinShare ? twins : truth.u;
        return {
          isMatch,
          levels: Int8Array.from(table, (shares, at) => (used[at] ? draw(shares) : -1)),
        };
      });
      const counter = patternCounter();
      for (const { isMatch, levels } of pairs) {
        const { match } = posterior(levels, used, start, { match: 0.1, household: 1e-9 });
        // Chosen by the levels alone: between the thresholds, or the given names are not the same.
        const isAsked = match > 0.05 && (match < 0.99 || levels[givenAt]! > 0);
        const isSame = isMatch !== random() < errors;
        const label = asks === 'nothing' || !isAsked ? 'none' : isSame ? 'same' : 'different';
        counter.add(levels, label);
      }
      const { matched, shares } = fitSession(counter.patterns(), [], start, strength, 1e-9);
      const m = smoothed(matched, start.m, strength);
      const off = m.map((levels, at) =>
        levels.reduce((sum, share, level) => sum + Math.abs(share - truth.m[at]![level]!), 0),
      );
      const linked = pairs.filter(
        ({ levels }) => posterior(levels, used, { ...truth, m }, shares).match >= 0.99,
      );
      return {
        off: off.reduce((sum, one, at) => (used[at] ? sum + one : sum), 0),
        isOff: Math.abs(shares.match - 0.1),
        linked: linked.filter(({ isMatch }) => isMatch).length,
        wrong: linked.filter(({ isMatch }) => !isMatch).length,
      };
    }

    it('comes nearer to the truth, also when one answer in twenty is wrong', () => {
      const [alone, told, mistold] = [
        fitted('nothing', 0),
        fitted('what is doubtful', 0),
        fitted('what is doubtful', 0.05),
      ];
      assert.ok(told.off < alone.off / 3, `${told.off} of ${alone.off}`);
      assert.ok(mistold.off < alone.off / 2, `${mistold.off} of ${alone.off}`);
      assert.ok(mistold.isOff < alone.isOff / 3, `${mistold.isOff} of ${alone.isOff}`);
      // Above the threshold no more twins than without answers, and hardly fewer of one person.
      assert.ok(mistold.wrong <= alone.wrong && told.wrong <= alone.wrong, `${mistold.wrong}`);
      assert.ok(mistold.linked > 0.9 * alone.linked, `${mistold.linked} of ${alone.linked}`);
    });

    it('is not led astray by the choice of the doubtful ones', () => {
      const [alone, told] = [fitted('nothing', 0, 0), fitted('what is doubtful', 0, 0)];
      assert.ok(told.off < alone.off + 0.02, `${told.off} beside ${alone.off}`);
      assert.ok(told.isOff < 0.01, `${told.isOff}`);
    });
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
