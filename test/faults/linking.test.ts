// Goal: a kill -9 in the middle of linking leaves no half: the graph equals the fold of its events,
// and everything that was said to be committed is there.
// Method: 20 rounds of a real process that sees, links, merges, unmerges and judges in
// transactions, killed at random moments, often several transactions after its start; after each
// round a fold from zero. The seed is random and printed on failure: PLEXUS_SEED=n repeats it.
// `npm run soak` runs 200 rounds.
import assert from 'node:assert/strict';
import { runLinkingKills } from './linking-rounds.ts';

describe('linking under kill -9', () => {
  it('is the fold of its events after each of 20 kills', async function () {
    this.timeout(600_000);
    const seed = Number(process.env.PLEXUS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const { findings, events } = await runLinkingKills({ rounds: 20, seed });
    assert.deepEqual(findings, [], `PLEXUS_SEED=${seed}`);
    assert.ok(events > 300, `PLEXUS_SEED=${seed}: only ${events} events`);
  });
});
