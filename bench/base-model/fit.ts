/**
 * Fits the base model that Plexus ships, on synthetic people, and writes it into
 * transforms/identity/model/base-model.json. Deterministic: a second run writes the same bytes.
 *
 *   ./bin/node24 bench/base-model/fit.ts
 *
 * Two hospitals know 30,000 people each, half of them in common, with mistakes. m and u are found
 * without the answers, as on real records; the calibration is fitted with them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ComparisonName,
  calibrate,
  comparisonLevels,
  comparisonNames,
  comparisonVersion,
  eachCandidatePair,
  fitModel,
  type IdentityModel,
  indexCandidates,
  normalisationVersion,
  normalisePerson,
  type Prepared,
  prepare,
  scorerOf,
  sealModel,
} from '../../transforms/identity/index.ts';
import { corrupt, people, randomOf, recordOf, usual } from '../people/index.ts';

const seed = 20_260_101;
const hospitalPeople = 30_000;
const common = hospitalPeople / 2;

/** How often two members of a household have the very same. */
const sharedByHousehold: Readonly<Partial<Record<ComparisonName, number>>> = {
  family: 0.75,
  address: 0.85,
  phone: 0.6,
  email: 0.1,
};

type Starting = Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;

/** What an expert would guess; worth some matching pairs in the fit, for levels that are rare. */
function startingModel(): IdentityModel {
  const file = join(import.meta.dirname, 'starting-values.json');
  const values = JSON.parse(readFileSync(file, 'utf8')) as Starting;
  const levels = Object.fromEntries(
    comparisonNames.map((name) => [
      name,
      comparisonLevels[name].map((level) => {
        const [m, u] = values[name]?.[level] ?? [0.01, 0.01];
        const shared = sharedByHousehold[name] ?? 0;
        const isFirst = level === comparisonLevels[name][0];
        return { level, m, u, h: (1 - shared) * u + (isFirst ? shared : 0) };
      }),
    ]),
  ) as IdentityModel['levels'];
  return sealModel({
    format: 'plexus-identity-model',
    normalisation: normalisationVersion,
    comparison: comparisonVersion,
    window: { source: 'starting values', records: 0, pairs: 0 },
    seed,
    prior: 1e-5,
    householdPrior: 1e-5,
    levels,
    frequencies: { given: {}, family: {}, birthDate: {}, place: {} },
    calibration: { slope: 1, intercept: 0 },
  });
}

const east: Prepared[] = [];
const west: Prepared[] = [];
for (const person of people(seed, hospitalPeople + common)) {
  const random = randomOf(seed, person.no);
  const record = recordOf(person, 'east', random, usual);
  if (person.no < hospitalPeople) east.push(prepare(normalisePerson(record)));
  if (person.no < common || person.no >= hospitalPeople) {
    let mistakes = 0;
    while (mistakes < 3 && random.chance(0.4)) mistakes += 1;
    const other = corrupt(recordOf(person, 'west', random, usual), mistakes, random);
    west.push(prepare(normalisePerson(other)));
  }
}
const records = [...east, ...west];
const secondFrom = east.length;
const fitted = fitModel(records, {
  source: 'synthetic people of two hospitals',
  seed,
  base: startingModel(),
  secondFrom,
});

const { score } = scorerOf(fitted);
const judged: { weight: number; isMatch: boolean }[] = [];
eachCandidatePair(indexCandidates(records), { no: 0, of: 1 }, (a, b) => {
  if (a < secondFrom === b < secondFrom) return;
  const { weight } = score(records[a]!, records[b]!);
  judged.push({ weight, isMatch: a < common && b === a + secondFrom });
});
const model = sealModel({ ...fitted, calibration: calibrate(judged) });
const target = join(import.meta.dirname, '../../transforms/identity/model/base-model.json');
writeFileSync(target, `${JSON.stringify(model, undefined, 1)}\n`);
const matches = judged.filter(({ isMatch }) => isMatch).length;
process.stdout.write(
  `${JSON.stringify({ hash: model.hash, prior: model.prior, ...model.calibration, matches })}\n`,
);
