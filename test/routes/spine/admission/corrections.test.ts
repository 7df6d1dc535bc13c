// Goal: a correction, deletion or cancellation of a result changes exactly the one that was told
// earlier, or waits. Method: HL7 messages through the shared base into a real spine, in the order
// in which hospitals send them and in the wrong one, with replays.
import assert from 'node:assert/strict';
import type { Conversion } from '../../../../transforms/fhir/index.ts';
import { convertBytes, loadMapping } from '../../../../transforms/mapping/index.ts';
import { bytes } from '../../../transforms/mapping/messages.ts';
import { openStage, temporaryFolder, workOf } from '../spine-fixture.ts';

const base = loadMapping('config', 'base');

type Sent = { value?: string; status?: string; report?: string; twice?: boolean; filler?: string };

function result({ value = '5.1', status = 'F', report = 'F', twice, filler = 'F1' }: Sent) {
  const segments = [
    'MSH|^~\\&|LAB|HOSP|PLEXUS|HUB|20240310150000-0500||ORU^R01^ORU_R01|C1|P|2.5.1',
    'PID|1||4711^^^HOSP&2.999.1&ISO^MR||Young^Ada||19800229|F',
    `OBR|1|P1^EHR|${filler}^LAB|24323-8^CMP^LN|||20240310143000-0500|||||||||||||||||` +
      `CH|${report}`,
    `OBX|1|NM|2345-7^Glucose^LN||${value}|mmol/L|3.5-5.0|H|||${status}`,
    ...(twice ? [`OBX|2|NM|2345-7^Glucose^LN||${value}|mmol/L|||||${status}`] : []),
  ];
  const { conversion, issues } = convertBytes(base, bytes(segments));
  assert.ok(conversion, JSON.stringify(issues));
  return conversion;
}

describe('corrections in the spine', () => {
  const dataDir = temporaryFolder();
  const stage = openStage(dataDir, 'test-oru');
  after(() => stage.close?.());
  let message = 0;

  function store(id: number, generation: number, conversion: Conversion) {
    stage.transaction?.begin();
    const work = workOf(id, generation, conversion.contributions);
    const outcome = stage.run(work) as ReturnType<typeof stage.run> & object;
    stage.transaction?.commit();
    assert.ok('kind' in outcome);
    if (outcome.kind === 'hold') return outcome.issues.map((issue) => issue.code);
    assert.equal(outcome.kind, 'pass');
    return outcome.kind === 'pass'
      ? outcome.body.written.map(({ json }) => JSON.parse(String(json)))
      : [];
  }
  const send = (conversion: Conversion) => {
    message += 1;
    return store(message, 0, conversion);
  };
  const observation = (written: readonly unknown[]) =>
    written.find((one) => (one as { resourceType?: string }).resourceType === 'Observation') as {
      status: string;
      valueQuantity?: { value: number };
      meta: { versionId: string };
    };

  it('preliminary, final and corrected are versions of one resource', () => {
    send(result({ value: '5.0', status: 'P', report: 'P' }));
    send(result({ value: '5.1' }));
    const corrected = observation(send(result({ value: '5.2', status: 'C', report: 'C' })));
    assert.equal(corrected.status, 'corrected');
    assert.equal(corrected.valueQuantity?.value, 5.2);
    assert.equal(corrected.meta.versionId, '3');
  });

  for (const status of ['C', 'D', 'W'])
    it(`${status} without an earlier result waits, and passes when that has come`, () => {
      const filler = `late-${status}`;
      message += 1;
      const waiting = message;
      const correction = result({ value: '7.0', status, filler });
      assert.deepEqual(store(waiting, 0, correction), ['correction-unmatched']);
      assert.deepEqual(store(waiting, 1, correction), ['correction-unmatched']);
      send(result({ value: '6.0', filler }));
      const replayed = observation(store(waiting, 2, correction));
      assert.equal(replayed.status, status === 'C' ? 'corrected' : 'entered-in-error');
      assert.equal(replayed.valueQuantity?.value, 7);
      assert.equal(observation(store(waiting, 3, correction)).valueQuantity?.value, 7);
      const after = observation(send(result({ value: '8.0', filler })));
      assert.deepEqual([after.status, after.valueQuantity?.value], ['final', 8]);
    });

  it('a corrected report without an earlier one waits, though its results are new', () => {
    const correction = result({ report: 'C', filler: 'report' });
    assert.deepEqual(send(correction), ['correction-unmatched']);
  });

  it('a correction of what was told twice waits; of both, position tells them apart', () => {
    send(result({ filler: 'two', twice: true }));
    assert.deepEqual(send(result({ filler: 'two', status: 'C' })), ['correction-ambiguous']);
    assert.deepEqual(send(result({ filler: 'two', status: 'X' })), ['correction-ambiguous']);
    const both = send(result({ filler: 'two', status: 'C', twice: true }));
    assert.equal(observation(both).status, 'corrected');
  });

  it('a cancelled result may be the first that is heard of it', () => {
    assert.equal(observation(send(result({ filler: 'x', status: 'X' }))).status, 'cancelled');
  });

  it('says where the message says so, and nothing of the patient', () => {
    message += 1;
    const outcome = stage.run(
      workOf(message, 0, result({ filler: 'where', status: 'C' }).contributions),
    ) as unknown as { issues: { path: string; offset: number; diagnostics: string }[] };
    stage.transaction?.rollback();
    const [issue] = outcome.issues;
    assert.equal(issue?.path, 'OBX-11');
    assert.ok((issue?.offset ?? 0) > 200);
    assert.doesNotMatch(issue?.diagnostics ?? '', /Young|4711|5\.1/);
  });
});
