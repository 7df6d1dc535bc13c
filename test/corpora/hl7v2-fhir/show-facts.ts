// Prints each fact of the expected bundles that our bundle does not state, a line a fact:
//   file  fact  expected  got
//   PLEXUS_CORPORA=... ./bin/node24 test/corpora/hl7v2-fhir/show-facts.ts [WORD] [FACT]
// WORD: part of the file's name or of its message type, as `ADT-A0` or `SIU`; FACT: part of the
// fact's name, as `encounter`.
// Then the raw share of each kind of fact, with why the others differ, and of each message type.
import { measure, measureDataTypes, shareByFamily, shareByType } from './measure.ts';

const [word = '', fact = ''] = process.argv.slice(2);
const measured = [...measure(word), ...measureDataTypes(word)];
for (const { file, outcome, judged } of measured) {
  if (outcome !== 'converted') console.log(`${file}\t${outcome}`);
  for (const { name, by, value, holds, reason, got } of judged) {
    if (holds || reason !== undefined || !name.includes(fact)) continue;
    const shown = got.slice(0, 4).join(' ; ') || 'nothing';
    console.log(
      [file, by ? `${name} of ${by}` : name, `expected ${value}`, `got ${shown}`].join('\t'),
    );
  }
}
console.log(shareByFamily(measured));
console.log(shareByType(measured));
