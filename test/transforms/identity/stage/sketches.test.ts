// Goal: that most of those found are passed over by their sketches changes no decision, also when
// another connection has said something else of them meanwhile. Method: one stream of people who
// come again and change, through two connections in turn; a scorer without ceilings, for which
// every record is read, is the oracle: both registries must hold the same events.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { corrupt, people, randomOf, recordOf, usual } from '../../../../bench/people/index.ts';
import { openDatabase } from '../../../../engine/index.ts';
import type { Contribution } from '../../../../transforms/fhir/index.ts';
import {
  builtInGovernance,
  type Governed,
  openIdentityStore,
  type RawPerson,
  resolve,
  rulingOf,
} from '../../../../transforms/identity/index.ts';
import { mr, patient, ssn, workOf } from './stage-fixture.ts';

const governed: Governed = {
  governance: builtInGovernance,
  ...rulingOf('', builtInGovernance),
};
const { score, bars } = governed.ruling.scorer;
const withoutCeiling = { ...governed, ruling: { ...governed.ruling, scorer: { score, bars } } };

/** By one number they are seen twice: the second time as somebody else of the same household. */
function stream(count: number): Contribution[] {
  const all = [...people(5, count)];
  const random = randomOf(3);
  const sent = all.flatMap((person, no) => {
    const record = recordOf(person, 'east', random, usual);
    const first = patientOf(record, 'east', no);
    const again = patientOf(corrupt(record, 2, random), 'west', no);
    const other = recordOf(all[random.below(no + 1)]!, 'east', random, usual);
    const changed = patientOf(corrupt(other, 1, random), 'east', random.below(no + 1));
    return [
      first,
      ...(random.chance(0.5) ? [again] : []),
      ...(random.chance(0.4) ? [changed] : []),
    ];
  });
  return [...sent, ...sent.slice(-count)];
}

function patientOf(raw: RawPerson, hospital: string, no: number): Contribution {
  const [name] = raw.names ?? [];
  const [address] = raw.addresses ?? [];
  const number = raw.identifiers?.find(({ system }) => system.endsWith('ssn'))?.value;
  const text = (value: string | readonly string[] | undefined): { readonly is?: string } =>
    value === undefined ? {} : { is: [value].flat().join(' ') };
  const said = {
    given: text(name?.given).is,
    family: name?.family,
    born: raw.birthDate,
    sex: raw.sex,
    street: text(address?.line).is,
    zip: address?.postalCode,
    phone: raw.phones?.[0],
  };
  const known = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const numbers = number === undefined ? [] : [ssn(number)];
  return patient(known, mr(hospital, `M${1_000 + no * 7}`), ...numbers);
}

function eventsOf(file: string, ruled: Governed, contributions: readonly Contribution[]) {
  const connections = [0, 1].map(() => {
    const db = openDatabase(file, { key: Buffer.alloc(32, 4), synchronous: 'NORMAL' });
    return { db, store: openIdentityStore(db, ruled) };
  });
  for (let from = 0, turn = 0; from < contributions.length; from += 16, turn += 1) {
    const { db, store } = connections[turn % 2]!;
    db.exec('BEGIN IMMEDIATE');
    store.begun();
    for (const [at, one] of contributions.slice(from, from + 16).entries()) {
      const work = workOf(from + at + 1, [one]);
      resolve(store, work.body, work);
    }
    store.committing();
    db.exec('COMMIT');
  }
  const events = connections[0]!.db.prepare('SELECT * FROM event ORDER BY seq').raw().all();
  for (const { db } of connections) db.close();
  return events as readonly unknown[][];
}

describe('sketches in the stage', () => {
  const dir = mkdtempSync(join(tmpdir(), 'plexus-sketches-'));
  after(() => rmSync(dir, { recursive: true }));

  it('change nothing, whoever has written meanwhile', () => {
    const contributions = stream(160);
    const read = eventsOf(join(dir, 'read.db'), withoutCeiling, contributions);
    const sketched = eventsOf(join(dir, 'sketched.db'), governed, contributions);
    const [linked, queued] = [3, 5].map((type) => read.filter((row) => row[1] === type).length);
    assert.ok(linked! > 20 && queued! > 20, `${linked} links, ${queued} reviews`);
    assert.deepEqual(sketched, read);
  });
});
