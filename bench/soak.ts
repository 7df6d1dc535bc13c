// The tests that take long: `npm run soak -- --rounds 1000 --linking 200 --traps 20000 --seed 7`.
// First kills of the engine (test/faults/kill.test.ts), then of patient linking (linking.test.ts
// there), then that many pairs of each class of the trap suite (decide/traps.test.ts of identity).
// Exit 0 when the books are right after every 50 rounds, the graph after each, and no trap was
// linked; else 1 with what is wrong.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLinkingKills } from '../test/faults/linking-rounds.ts';
import { runKillRounds } from '../test/faults/rounds.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '1000' },
    linking: { type: 'string', default: '200' },
    traps: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    connections: { type: 'string', default: '8' },
  },
});
const [rounds, linking] = [Number(values.rounds), Number(values.linking)];
const [seed, traps] = [Number(values.seed), Number(values.traps)];
if (!(Math.min(rounds, linking, traps) >= 0 && Number.isInteger(rounds + linking + traps + seed))) {
  console.error('usage: soak [--rounds N] [--linking N] [--traps N] [--seed N] [--connections N]');
  process.exit(64);
}
console.error(`${rounds} rounds of kill -9, ${linking} of linking, seed ${seed}; ${traps} traps`);
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
const trapsHeld = traps === 0 || runTraps();
console.log(
  JSON.stringify({ rounds, seed, ...engine, graph, traps: { a_class: traps, trapsHeld } }),
);
process.exit((engine?.findings.length ?? 0) + graph.findings.length === 0 && trapsHeld ? 0 : 1);

/** The suite of `npm test` with more pairs; its rates go to stderr. */
function runTraps(): boolean {
  const root = join(import.meta.dirname, '..');
  const suite = join(root, 'test/transforms/identity/decide/traps.test.ts');
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  const env = { ...process.env, PLEXUS_TRAP_PAIRS: String(traps) };
  const arguments_ = [mocha, '--no-config', '--timeout', '3600000', suite];
  const { status } = spawnSync(process.execPath, arguments_, { env, stdio: ['ignore', 2, 2] });
  return status === 0;
}
