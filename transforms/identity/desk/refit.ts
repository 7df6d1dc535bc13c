import { type Prepared, prepare } from '../compare/index.ts';
import {
  calibrate,
  fitModel,
  type IdentityModel,
  randomOf,
  scorerOf,
  sealModel,
} from '../model/index.ts';
import type { Governed } from '../policy/index.ts';
import { lastRecord } from '../registry/index.ts';
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
  /** Pairs that stewards judged to be one person, and two. */
  readonly same: number;
  readonly different: number;
  /** False where stewards have judged too few: then the calibration is that of today. */
  readonly isCalibrated: boolean;
};

/** Fewer answers than this, of either kind, bend no curve. */
const answersMin = 30;

/**
 * Fits a candidate model to the records of a network: u by random pairs, m by expectation
 * maximisation, and the curve from weight to probability by what stewards have said, both
 * outcomes alike. The same records, answers and seed give the same model. Undefined while nobody
 * has been identified. It governs nothing before two persons have signed a policy that pins it.
 */
export function refit({ dataDir, key, governed, seed, recordsMax }: RefitOrder): Refit | undefined {
  const reading = openReading(dataDir, key, () => governed);
  if (reading === undefined) return undefined;
  try {
    return asking(reading, (opened) => {
      const { people, fromUs, toUs } = sampleOf(opened, seed, recordsMax);
      const base = governed.model;
      const fitted = fitModel(people, {
        ...{ source: 'identity.db', seed, base, secondFrom: people.length },
        ...(people.length === 0 ? {} : { window: { from: dayOf(fromUs), to: dayOf(toUs) } }),
      });
      return { ...calibrated(opened, fitted), records: people.length };
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
  let [fromUs, toUs] = [Number.POSITIVE_INFINITY, 0];
  for (let no = 1; no <= last; no += 1) {
    if (share < 1 && random() >= share) continue;
    people.push(prepare(registry.sighting(no).attributes));
    const { atUs } = registry.event(registry.record(no).attributesAt)!;
    [fromUs, toUs] = [Math.min(fromUs, atUs), Math.max(toUs, atUs)];
  }
  return { people, fromUs, toUs };
}

/** Bends the curve that the model has already, so that few answers change little of it. */
function calibrated({ registry }: Reading, fitted: IdentityModel): Omit<Refit, 'records'> {
  const { hash: _hash, ...content } = fitted;
  // A fit leaves the intercept at 0.
  const { slope } = fitted.calibration;
  const scorer = scorerOf(fitted);
  const judged = [...registry.labelledPairs()].map(({ a, b, isSame }) => ({
    weight: slope * scorer.score(prepare(a.attributes), prepare(b.attributes)).weight,
    isMatch: isSame,
  }));
  const same = judged.filter(({ isMatch }) => isMatch).length;
  const different = judged.length - same;
  const isCalibrated = Math.min(same, different) >= answersMin;
  if (!isCalibrated) return { model: fitted, same, different, isCalibrated };
  const bend = calibrate(judged);
  const calibration = { slope: slope * bend.slope, intercept: bend.intercept };
  return { model: sealModel({ ...content, calibration }), same, different, isCalibrated };
}
