// Goal: HL7's 99 v2-to-FHIR code tables import whole; what they leave blank is counted, for it
// seeds the work list; the rows of our own base mappings agree with them, or it is said why not.
// Method: the files of PLEXUS_CORPORA through the importer into a store; each row of ours whose
// table names its HL7 table is looked for among theirs.
import assert from 'node:assert/strict';
import { type Opened, openStore } from '../../transforms/terminology/store/opened.ts';
import { differences, importTables } from './imported-tables.ts';

/** Why a row of ours is another than HL7's: `table code`, a pattern, and the reason. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^(medication|dispense)-[a-z-]+ \d+ (CA|CR|OC|DC|DR|OD|RP|IP|SC):/,
    'HL7 gives words of a ServiceRequest; those of a medicine and its dispense are others',
  ],
  [
    /^(order|medication|dispense)-[a-z-]+ 0119 (CA|RQ|HD):/,
    'HL7 leaves an order active until its request is confirmed; ours ends or halts it as asked',
  ],
  [
    /^(medication|dispense)-order-status 0038 ER:|^dispense-status 0038 ER:/,
    'the order was not found, which says nothing of the resource; HL7 calls it entered in error',
  ],
  [/^medication-order-begun 0119 FU:/, 'a refill that was told goes on; HL7 calls it completed'],
  [
    /^administration-status 0322 PA:/,
    'given in part is stopped, so that nobody counts it as given',
  ],
  [
    /^address-use 0190 (M|SH):/,
    'these are the type of an address, which another table of ours says',
  ],
  [/^telecom-system 0202 (CP|SAT):/, 'mobile is a use, not a system; a satellite phone is a phone'],
  [
    /^(allergy|reaction)-[a-z-]+ 0\d+ (MA|MC|MO|U):/,
    'HL7 keeps the v2 code or a code that FHIR has not, where ours says what FHIR has or nothing',
  ],
];

describe("HL7's v2-to-FHIR code tables", function () {
  this.timeout(120_000);
  let opened: Opened;
  before(async () => {
    opened = openStore();
    const { outcome, releases, findings } = await importTables(opened.store);
    assert.equal(outcome, 'imported', JSON.stringify(findings[0]));
    assert.equal(releases.length, 99);
  });
  after(() => opened.close());

  it('import all, and stay what they are', () => {
    assert.equal(opened.store.list('ConceptMap').length, 99);
    assert.deepEqual(opened.store.verify().damaged, []);
  });

  it('leave 490 codes of 24 tables blank, which are questions to somebody', () => {
    const { store } = opened;
    const open = store
      .list('ConceptMap')
      .map(({ url, version }) => [...store.openSources(url, version)].length);
    assert.equal(
      open.reduce((sum, one) => sum + one, 0),
      490,
    );
    assert.equal(open.filter((one) => one > 0).length, 24);
  });

  it('agree with our own rows, or it is said why not', () => {
    const { agreed, different } = differences(opened.store);
    const unexplained = different.filter((one) => !reasons.some(([which]) => which.test(one)));
    assert.deepEqual(unexplained, []);
    const unused = reasons.filter(([which]) => !different.some((one) => which.test(one)));
    assert.deepEqual(unused, []);
    assert.deepEqual([agreed, different.length], [243, 43]);
  });
});
