// Prints how much of HL7's own mapping tables the base carries out, and each row that it leaves:
//   PLEXUS_CORPORA=... npm run coverage:v2 [SEGMENT]
// What counts as executable and as covered is told in measure.ts; what is left on purpose, and why,
// in reasons.ts.
import { join } from 'node:path';
import { loadMapping } from '../../../transforms/mapping/index.ts';
import { type Measured, measureSegments } from './measure.ts';
import { leavesOf } from './probe.ts';
import { mapLeft } from './reasons.ts';
import { skeleton, structures } from './skeletons.ts';

const [word = ''] = process.argv.slice(2);
// The base, and what it makes only of mappings that ask for it by `also`.
const base = loadMapping(join(import.meta.dirname, 'config'), 'whole');
const measured = measureSegments(base, word);
const maps = [...new Set(measured.map(({ row }) => row.map))];

for (const type of Object.keys(structures))
  if (!leavesOf(base, skeleton(type))) console.log(`${type} is not converted`);

for (const { row, verdict } of measured) {
  const { map, line, source, condition, target, assignment } = row;
  if (verdict.kind !== 'left' || mapLeft(map) !== undefined) continue;
  const shown = [source, condition, `-> ${target}`, assignment && `= ${assignment}`];
  const text = shown.filter((part) => part !== '').join(' ');
  console.log(`${map}:${line}\t${text}\t${verdict.reason ?? ''}`);
}

/** Made of what the journal and the store keep themselves: only where a mapping says so. */
const asked = /\[(Provenance|MessageHeader)|^SFT\[/;

const count = (rows: readonly Measured[], kind: string): number =>
  rows.filter(({ verdict }) => verdict.kind === kind).length;

function line(name: string, rows: readonly Measured[]): string {
  const covered = count(rows, 'covered');
  const executable = covered + count(rows, 'left');
  const share = executable === 0 ? '' : `${((100 * covered) / executable).toFixed(1)} %`;
  const counts = [rows.length, executable, covered].map((one) => String(one).padStart(11));
  return `${name.padEnd(52)}${counts.join('')}${share.padStart(9)}`;
}

console.log(`${'map'.padEnd(52)}       rows executable    covered`);
for (const map of maps)
  console.log(
    line(
      map,
      measured.filter(({ row }) => row.map === map),
    ),
  );
const used = measured.filter(({ row }) => mapLeft(row.map) === undefined);
const isAsked = ({ row }: Measured): boolean => asked.test(row.map);
console.log(line('all', measured));
console.log(
  line(
    'all but what a mapping asks for',
    measured.filter((one) => !isAsked(one)),
  ),
);
console.log(line('all but the maps left', used));
const meant = ({ verdict }: Measured): boolean => verdict.kind === 'left' && !!verdict.reason;
console.log(
  line(
    'all but the maps and rows left',
    used.filter((one) => !meant(one)),
  ),
);
for (const map of maps) {
  const why = mapLeft(map);
  if (why !== undefined) console.log(`left: ${map}: ${why}`);
}
