// The kill tests for long: `npm run soak -- --rounds 1000 --linking 200 --seed 7`. First the engine
// (test/faults/kill.test.ts), then patient linking (linking.test.ts there). Exit 0 when
// the books are right after every 50 rounds and the graph after each, else 1 with what is wrong.
import { parseArgs } from 'node:util';
import { runLinkingKills } from '../test/faults/linking-rounds.ts';
import { runKillRounds } from '../test/faults/rounds.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    linking: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    connections: { type: 'string', default: '8' },
  },
});
const [rounds, linking] = [Number(values.rounds), Number(values.linking)];
const seed = Number(values.seed);
if (!(rounds >= 0 && linking >= 0 && Number.isInteger(rounds + linking + seed))) {
  console.error('usage: soak [--rounds N] [--linking N] [--seed N] [--connections N]');
  process.exit(64);
}
console.error(`${rounds} rounds of kill -9, ${linking} of linking, seed ${seed}`);
const engine =
  rounds === 0
    ? undefined
    : await runKillRounds({
        rounds,
        seed,
        connections: Number(values.connections),
        auditEvery: 50,
        onRound(round, acknowledged) {
          if (round % 10 === 0) console.error(`round ${round}: ${acknowledged} acknowledged`);
        },
      });
const graph = await runLinkingKills({ rounds: linking, seed });
console.log(JSON.stringify({ rounds, seed, ...engine, graph }));
process.exit((engine?.findings.length ?? 0) + graph.findings.length === 0 ? 0 : 1);
