import assert from 'node:assert/strict';
import { feeds, simulate, targetsOf } from '../../../bin/simulate/index.ts';
import { fhirSource } from '../../../channels/fhir/index.ts';
import { mllpSource } from '../../../channels/mllp/index.ts';
import { PlexusError, type Source } from '../../../engine/index.ts';
import { memoryContext } from '../../channels/source-context.ts';

// Goal: the simulator feeds real listeners in order, counts what they answered, and says so when
// nobody is there.
// Method: the project's own MLLP and FHIR listeners on free ports over a journal in memory.
describe('bin/simulate: over sockets', () => {
  const open: Source[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(100)));
  });

  async function listen(component: typeof fhirSource | typeof mllpSource) {
    const memory = memoryContext();
    const config = component.schema.parse({ port: 6661 }) as never;
    const source = component.create(config, memory.context);
    open.push(source);
    const [listening] = await source.open();
    assert.ok(listening);
    return { target: { host: listening.host, port: listening.port }, listening, memory };
  }

  it('sends every feed to its listener, in order', async () => {
    const [north, fhir, mercy, anne] = await Promise.all(
      [mllpSource, fhirSource, mllpSource, mllpSource].map(listen),
    );
    assert.ok(north && fhir && mercy && anne);
    let updates = 0;
    const tally = await simulate({
      seed: 4,
      count: 300,
      wrongShare: 0,
      targets: targetsOf(
        [north, fhir, mercy, anne].map(({ listening }, index) => ({
          ...listening,
          channel: feeds[index] ?? '',
        })),
      ),
      onProgress: () => {
        updates += 1;
      },
    });
    assert.deepEqual([tally.sent, tally.accepted, tally.refused, updates], [300, 300, 0, 300]);
    const landed = [north, fhir, mercy, anne].map(({ memory }) => memory.state.landings);
    assert.equal(landed.flat().length, 300);
    const controlIds = landed[2]?.map(({ controlId }) => Number(controlId?.slice(2))) ?? [];
    assert.deepEqual(
      controlIds,
      [...controlIds].sort((a, b) => a - b),
    );
  });

  it('stops when told, and gives up on a port where nobody listens', async () => {
    const { target } = await listen(mllpSource);
    const stop = new AbortController();
    const tally = await simulate({
      seed: 1,
      targets: { 'mercy-west': target },
      signal: stop.signal,
      onProgress: ({ sent }) => sent === 20 && stop.abort(),
    });
    assert.ok(tally.sent >= 20 && tally.sent < 60);
    await Promise.all(open.splice(0).map((source) => source.close(100)));
    await assert.rejects(
      simulate({ seed: 1, count: 1, targets: { 'mercy-west': target }, patienceMs: 150 }),
      (error) => error instanceof PlexusError && error.code === 'target-unreachable',
    );
    await assert.rejects(
      simulate({ seed: 1, count: 1, targets: {} }),
      (error) => error instanceof PlexusError && error.code === 'no-target',
    );
  });
});
