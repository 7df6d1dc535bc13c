// Goal: G1, G3, G5, G6, G11 and G13 under kill -9: no acknowledged message is missing, none is
// delivered twice at an idempotent route, each patient's order holds, and the counts add up.
// Method: 20 rounds of the real engine as a process, fed over real sockets and killed at random
// moments (also while it starts); every second round first lets the rest of the others settle, so
// that none is under way at three crashes; then a start in peace, and an audit from outside.
// The seed is random and printed on failure: PLEXUS_SEED=n repeats it. `npm run soak` runs 1,000
// rounds.
import assert from 'node:assert/strict';
import { runKillRounds } from './rounds.ts';

describe('kill -9', () => {
  it('loses nothing and doubles nothing in 20 rounds', async function () {
    this.timeout(600_000);
    const seed = Number(process.env.PLEXUS_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const options = { rounds: 20, seed, connections: 4, auditEvery: 20, restEvery: 2 };
    const report = await runKillRounds(options).catch((cause) => {
      throw new Error(`PLEXUS_SEED=${seed}: ${cause.message}`, { cause });
    });
    assert.deepEqual(report.findings, [], `PLEXUS_SEED=${seed}`);
    assert.ok(report.acknowledged > 100, `only ${report.acknowledged} acknowledged`);
    assert.equal(report.held, 0, `PLEXUS_SEED=${seed}: held without three crashes`);
  });
});
