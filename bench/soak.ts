// The kill test of test/faults/kill.test.ts for long: `npm run soak -- --rounds 1000 --seed 7`.
// Exit 0 when the books are right after every 50 rounds, else 1 with what is wrong.
import { parseArgs } from 'node:util';
import { runKillRounds } from '../test/faults/rounds.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    connections: { type: 'string', default: '8' },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  console.error('usage: soak [--rounds N] [--seed N] [--connections N]');
  process.exit(64);
}
console.error(`${rounds} rounds of kill -9, seed ${seed}`);
const report = await runKillRounds({
  rounds,
  seed,
  connections: Number(values.connections),
  auditEvery: 50,
  onRound(round, acknowledged) {
    if (round % 10 === 0) console.error(`round ${round}: ${acknowledged} acknowledged`);
  },
});
console.log(JSON.stringify({ rounds, seed, ...report }));
process.exit(report.findings.length === 0 ? 0 : 1);
