// Goal: destinations learn that a resource ceased to be: who keeps, of all that a message is said
// to have made, the highest version of each id, has what the spine has. Method: random messages
// that tell of resources and delete them, with later generations that take back, in random order;
// a consumer of the lines is compared with the spine; and single cases by name.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageId, ResourceLine } from '../../../engine/index.ts';
import { openSpineReader } from '../../../routes/spine/index.ts';
import type { Contribution } from '../../../transforms/fhir/index.ts';
import { contribution, ids } from './random-contribution.ts';
import { key, openStage, runBatch, temporaryFolder, workOf } from './spine-fixture.ts';

const deletion = (id: string): Contribution => ({
  ...{ type: 'Observation', id, set: {}, remove: [] },
  deleted: true,
});
const said = fc.oneof(
  contribution,
  contribution,
  fc.constantFrom(...ids).map((id) => deletion(id)),
);
const runs = fc.uniqueArray(
  fc.record({
    message: fc.integer({ min: 1, max: 5 }),
    generation: fc.integer({ min: 0, max: 2 }),
    said: fc.uniqueArray(said, { selector: ({ id }) => id, maxLength: 2 }),
  }),
  { selector: ({ message, generation }) => `${message}/${generation}`, maxLength: 10 },
);

type Kept = { readonly version: number; readonly json: string | undefined };

/** What somebody who reads the lines one after the other ends up with. */
function consumer() {
  const kept = new Map<string, Kept>();
  return {
    take({ type, id, json, deleted }: ResourceLine): void {
      const { meta } = JSON.parse(json) as Line;
      assert.equal(meta.tag?.some(({ code }) => code === 'deleted') ?? false, deleted === true);
      const version = Number(meta.versionId);
      const known = kept.get(`${type}/${id}`)?.version ?? 0;
      if (version >= known)
        kept.set(`${type}/${id}`, { version, json: deleted ? undefined : json });
    },
    of: (type: string, id: string) => kept.get(`${type}/${id}`)?.json,
  };
}

type Line = {
  readonly meta: { readonly versionId: string; readonly tag?: readonly { code: string }[] };
};

describe('routes/spine tombstones', () => {
  it('leaves who reads the lines with what the spine has', () => {
    fc.assert(
      fc.property(runs, (all) => {
        const dataDir = temporaryFolder();
        const stage = openStage(dataDir);
        const reader = openSpineReader(dataDir, key);
        const reads = consumer();
        for (const { message, generation, said: contributions } of all) {
          const plain = contributions.map(withoutTag);
          const [stored] = runBatch(stage, [workOf(message, generation, plain)]);
          for (const line of stored!.written) reads.take(line);
          assert.deepEqual(
            [...reader.resourcesOf(message as MessageId, generation)].sort(byId),
            [...stored!.written].sort(byId),
            'read back from the spine they are the same',
          );
        }
        for (const id of ids)
          assert.equal(reads.of('Observation', id), reader.current('Observation', id)?.json);
        reader.close();
        stage.close?.();
      }),
      { numRuns: 40 },
    );
  });

  it('tells of an end once there was a beginning, with the version and the time', () => {
    const stage = openStage(temporaryFolder());
    const place = (message: number, contributions: Contribution[]) =>
      runBatch(stage, [workOf(message, 0, contributions)])[0]!.written;
    assert.deepEqual(place(1, [deletion('o')]), [], 'of what never was there is nothing to tell');
    const made = { type: 'Observation', id: 'o', set: { status: 'final' }, remove: [] };
    assert.equal(place(2, [made])[0]?.deleted, undefined);
    const [gone] = place(3, [deletion('o')]);
    assert.equal(gone!.deleted, true);
    assert.deepEqual(JSON.parse(gone!.json), {
      resourceType: 'Observation',
      id: 'o',
      meta: {
        versionId: '3',
        lastUpdated: '2023-11-14T22:13:23.000Z',
        tag: [{ system: 'urn:plexus:tag', code: 'deleted' }],
      },
    });
    const mistaken = { ...made, set: { status: 'entered-in-error' } };
    const [wrong] = place(4, [mistaken]);
    assert.equal(JSON.parse(wrong!.json).status, 'entered-in-error', 'is told like any change');
    stage.close?.();
  });
});

const byId = (left: ResourceLine, right: ResourceLine): number => (left.id < right.id ? -1 : 1);

/** The contributions have tags of their own, which here must not look like ours. */
function withoutTag(one: Contribution): Contribution {
  const { meta: _meta, ...set } = one.set;
  return { ...one, set };
}
