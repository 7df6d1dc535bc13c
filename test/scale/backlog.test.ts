// Goal: G10 at full size: 200,000 messages wait for a dead destination and resident memory stays
// flat. Method: as test/faults/backlog.test.ts; `npm run test:scale` runs it, `npm test` does not.
import assert from 'node:assert/strict';
import { runBacklog } from '../faults/backlog.ts';

describe('a dead destination at full size', () => {
  it('leaves memory flat with 200,000 messages queued', async function () {
    this.timeout(1_800_000);
    const report = await runBacklog(200_000, 16);
    console.log(`      ${JSON.stringify(report)}`);
    assert.ok(report.queued >= 200_000, `${report.queued} queued`);
    assert.deepEqual(report.findings, []);
    const grown = report.residentMost - report.residentEarly;
    assert.ok(grown < 96, `${report.residentEarly.toFixed()} MiB grew by ${grown.toFixed()} MiB`);
  });
});
