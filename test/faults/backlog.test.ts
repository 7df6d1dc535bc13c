// Goal: G10, a dead destination does not fill the memory, and does not hold up the living ones.
// Method: the real engine with one destination on a closed port; its resident memory is sampled
// from /proc while a load is acknowledged and queued. `npm run test:scale` does it with 200,000
// messages.
import assert from 'node:assert/strict';
import { runBacklog } from './backlog.ts';

describe('a dead destination', () => {
  it('leaves memory flat with 8,000 messages queued', async function () {
    this.timeout(300_000);
    if (process.platform !== 'linux') return console.log('      not run: needs /proc');
    const report = await runBacklog(8_000, 8);
    assert.ok(report.queued >= 8_000, `${report.queued} queued`);
    assert.deepEqual(report.findings, []);
    const grown = report.residentMost - report.residentEarly;
    assert.ok(grown < 96, `${report.residentEarly.toFixed()} MiB grew by ${grown.toFixed()} MiB`);
  });
});
