// A process that links records in transactions until somebody kills it: FILE SEED. After each
// commit it says on stdout how many events are safe.
import { writeSync } from 'node:fs';
import { openDatabase, PlexusError } from '../../engine/index.ts';
import {
  fingerprintOf,
  type IdentityRegistry,
  openRegistry,
  transact,
} from '../../transforms/identity/registry/index.ts';
import {
  judgeAB,
  key,
  message,
  person,
  steward,
} from '../transforms/identity/registry/workbench.ts';
import { seeded } from './random.ts';

const [file = '', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
const db = openDatabase(file, { key, autoCheckpointPages: 64 });
const registry = openRegistry(db, {
  ...{ clusterMax: 8, judge: judgeAB, audit: { share: 0.3, seed: 'kill' } },
});
const last = db.prepare('SELECT coalesce(max(seq), 0) FROM event').pluck();
const count = db.prepare('SELECT coalesce(max(no), 0) FROM record').pluck();
const merges = db.prepare(`SELECT max(seq) FROM event WHERE type = 7`).pluck();

for (;;) {
  transact(db, registry, () => {
    for (let step = 0; step < 16; step += 1) linkSome(registry, step);
  });
  writeSync(1, `${last.get()}\n`);
}

function pick(): number {
  const records = count.get() as number;
  return records - Math.floor(random() * Math.min(records, 40));
}

/** What the stage and a steward would do, in turns; an order that is refused is none. */
function linkSome(to: IdentityRegistry, step: number): void {
  if (step < 6 || (count.get() as number) < 2) {
    seeOne(to);
    return;
  }
  const [a, b] = [pick(), pick()];
  if (a === b) return;
  try {
    if (step < 11) {
      const across = to.membersOf(a).flatMap((one) => to.membersOf(b).map((two) => [one, two]));
      const links = across.map(([one, two]) => ({ a: one!, b: two!, weight: random() * 20 }));
      if (to.vetoedPairs(a, b).length === 0) to.link(links, 'auto', message(1));
    } else if (step < 13) to.merge(a, b, 'order', steward('ana', 'ben'));
    else if (step < 14) to.unmerge({ merge: merges.get() as number }, steward());
    else {
      const request = { kind: 'match', a, b, candidates: [], reasons: [] } as const;
      const review = to.queue(request, message(1));
      const outcome = random() < 0.5 ? 'same' : 'different';
      if (review !== undefined) to.review({ review, outcome }, steward('ana', 'ben'));
    }
  } catch (error) {
    if (!(error instanceof PlexusError)) throw error;
  }
}

function seeOne(to: IdentityRegistry): void {
  const no = (count.get() as number) + 1;
  const attributes = person(['ANA', 'BEA', 'CLEO'][Math.floor(random() * 3)]!);
  const filed = { system: 'urn:mercy', value: `K${no}`, facility: 'mercy', normalisation: 1 };
  to.see({ ...filed, attributes, fingerprint: fingerprintOf(attributes) }, message(no));
  to.decide({ message: no, generation: 0, ordinal: 0 }, no, 'new');
}
