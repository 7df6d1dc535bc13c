import { type Prepared, prepare } from '../compare/index.ts';
import {
  calibrate,
  fitModel,
  type IdentityModel,
  type LabelWindow,
  type PairLabel,
  randomOf,
  scorerOf,
  sealModel,
} from '../model/index.ts';
import type { Governed } from '../policy/index.ts';
import { type LabelledPair, lastRecord } from '../registry/index.ts';
import { asking, openReading, type Reading } from './reading.ts';

export type RefitOrder = {
  readonly dataDir: string;
  readonly key: Buffer;
  /** What the fit starts from, and holds to where the data say little. */
  readonly governed: Governed;
  readonly seed: number;
  /** More records than this are sampled. */
  readonly recordsMax: number;
};

export type Refit = {
  readonly model: IdentityModel;
  readonly records: number;
  /** Pairs that stewards judged to be one person, and two; without the blind samples. */
  readonly same: number;
  readonly different: number;
  /** False where stewards have judged too few: then the calibration is that of today. */
  readonly isCalibrated: boolean;
  /**
   * The blind samples, of which the model has seen no answer: how many were judged, how many were
   * two persons, and how many of them the new model takes for two.
   */
  readonly audit: {
    readonly judged: number;
    readonly different: number;
    readonly expected: number;
  };
};

/** Fewer answers than this, of either kind, bend no curve. */
const answersMin = 30;

/**
 * Fits a candidate model to the records of a network: u by random pairs, m by expectation
 * maximisation in which the pairs that stewards judged have their answer, and the curve from weight
 * to probability by the answers to questions that the score had raised. What a veto asked says
 * nothing of the curve, for it is asked whatever the score; blind samples stay aside, to try the
 * model on. The same records, answers and seed give the same model. Undefined while nobody has been
 * identified. It governs nothing before two persons have signed a policy that pins it.
 */
export function refit({ dataDir, key, governed, seed, recordsMax }: RefitOrder): Refit | undefined {
  const reading = openReading(dataDir, key, () => governed);
  if (reading === undefined) return undefined;
  try {
    return asking(reading, (opened) => {
      const { people, positions, fromUs, toUs } = sampleOf(opened, seed, recordsMax);
      const { reviewed, samples } = answersOf(opened);
      const labels = reviewed.flatMap(({ records: [one, other], isSame }): PairLabel[] => {
        const [a, b] = [positions.get(one), positions.get(other)];
        return a === undefined || b === undefined ? [] : [{ a, b, isSame }];
      });
      const window = labelWindow(reviewed);
      const fitted = fitModel(people, {
        ...{ source: 'identity.db', seed, base: governed.model, secondFrom: people.length },
        ...(people.length === 0 ? {} : { window: { from: dayOf(fromUs), to: dayOf(toUs) } }),
        ...{ labels, ...(window === undefined ? {} : { labelWindow: window }) },
      });
      const { model, isCalibrated } = calibrated(fitted, reviewed);
      const { same, different } = countOf(reviewed);
      const audit = tried(model, samples);
      return { model, records: people.length, same, different, isCalibrated, audit };
    });
  } finally {
    reading.db.close();
  }
}

const dayOf = (us: number): string => new Date(us / 1000).toISOString().slice(0, 10);

function sampleOf({ db, registry }: Reading, seed: number, recordsMax: number) {
  const last = lastRecord(db);
  const share = recordsMax / Math.max(last, 1);
  const random = randomOf(seed);
  const people: Prepared[] = [];
  const positions = new Map<number, number>();
  let [fromUs, toUs] = [Number.POSITIVE_INFINITY, 0];
  for (let no = 1; no <= last; no += 1) {
    if (share < 1 && random() >= share) continue;
    positions.set(no, people.length);
    people.push(prepare(registry.sighting(no).attributes));
    const { atUs } = registry.event(registry.record(no).attributesAt)!;
    [fromUs, toUs] = [Math.min(fromUs, atUs), Math.max(toUs, atUs)];
  }
  return { people, positions, fromUs, toUs };
}

/** The last answer to each pair of records: to reviews, and to blind samples. */
function answersOf({ registry }: Reading) {
  const last = new Map<string, LabelledPair>();
  for (const pair of registry.labelledPairs()) {
    const key = pair.records.toSorted((x, y) => x - y).join();
    const before = last.get(key);
    if (before === undefined || before.atUs <= pair.atUs) last.set(key, pair);
  }
  const [samples, reviewed] = [true, false].map((isSample) =>
    [...last.values()].filter(({ kind }) => (kind === 'audit') === isSample),
  );
  return { samples: samples ?? [], reviewed: reviewed ?? [] };
}

function countOf(pairs: readonly LabelledPair[]) {
  const same = pairs.filter(({ isSame }) => isSame).length;
  return { same, different: pairs.length - same };
}

function labelWindow(pairs: readonly LabelledPair[]): LabelWindow | undefined {
  const [first, ...others] = pairs.map(({ atUs }) => atUs).toSorted((x, y) => x - y);
  if (first === undefined) return undefined;
  return { ...countOf(pairs), from: dayOf(first), to: dayOf(others.at(-1) ?? first) };
}

/** Bends the curve that the model has already, so that few answers change little of it. */
function calibrated(fitted: IdentityModel, reviewed: readonly LabelledPair[]) {
  const { hash: _hash, ...content } = fitted;
  // A fit leaves the intercept at 0.
  const { slope } = fitted.calibration;
  const scorer = scorerOf(fitted);
  const asked = reviewed.filter(({ kind }) => kind === 'match');
  const { same, different } = countOf(asked);
  const isCalibrated = Math.min(same, different) >= answersMin;
  if (!isCalibrated) return { model: fitted, isCalibrated };
  const bend = calibrate(
    asked.map(({ a, b, isSame }) => ({
      weight: slope * scorer.score(prepare(a.attributes), prepare(b.attributes)).weight,
      isMatch: isSame,
    })),
  );
  const calibration = { slope: slope * bend.slope, intercept: bend.intercept };
  return { model: sealModel({ ...content, calibration }), isCalibrated };
}

function tried(model: IdentityModel, samples: readonly LabelledPair[]): Refit['audit'] {
  const { score } = scorerOf(model);
  const expected = samples.reduce(
    (sum, { a, b }) => sum + 1 - score(prepare(a.attributes), prepare(b.attributes)).p,
    0,
  );
  return { judged: samples.length, different: countOf(samples).different, expected };
}
