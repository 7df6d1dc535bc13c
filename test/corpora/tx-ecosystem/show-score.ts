// Prints the score of HL7's terminology tests by suite, and what is wrong with each that fails:
//   PLEXUS_CORPORA=... npm run score:tx [WORD of a test's name]
import { misses } from './misses.ts';
import { runTests } from './run.ts';

const [word] = process.argv.slice(2);
const results = await runTests('general');
const failed = results.filter(({ difference }) => difference !== undefined);

if (word !== undefined)
  for (const { test, difference, actual } of results) {
    if (!`${test.suite}/${test.name}`.includes(word)) continue;
    console.log(`${test.suite}/${test.name}: ${difference ?? 'passed'}`);
    console.log(JSON.stringify(actual, undefined, 1));
  }
else
  for (const { test, difference } of failed) {
    const name = `${test.suite}/${test.name}`;
    console.log(`${name}\t${misses[name] ?? difference}`);
  }

const suites = [...new Set(results.map(({ test }) => test.suite))];
for (const suite of suites) {
  const own = results.filter(({ test }) => test.suite === suite);
  const passed = own.filter(({ difference }) => difference === undefined).length;
  console.log(`${suite.padEnd(28)}${String(passed).padStart(5)} of ${own.length}`);
}
const passed = results.length - failed.length;
const share = ((100 * passed) / results.length).toFixed(1);
const tolerated = results.filter(({ isTolerated }) => isTolerated).length;
console.log(`${'all'.padEnd(28)}${String(passed).padStart(5)} of ${results.length}: ${share} %`);
console.log(`of these, ${tolerated} with an issue.location that the test does not know`);
