import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dataKey, type MessageId, openDatabase } from '../../../../engine/index.ts';
import { identityFile, verifyRegistry } from '../../../../transforms/identity/index.ts';
import {
  ada,
  allOf,
  codeOf,
  type Json,
  type Network,
  parameters,
  startNetwork,
  systems,
  twin,
} from './hospitals.ts';

// Goal: a steward's merge, and what takes it back, over FHIR: ids lead on and come back, what was
// written meanwhile is told and published again, wrong orders change nothing and say why, and an
// order that cannot be carried out now holds nobody else up.
// Method: the example network in this process, fed over MLLP, its identity store locked by another
// handle where that is the question; afterwards the state must be the fold of the events.

const number = (hospital: keyof typeof systems, value: string) => ({
  valueIdentifier: { system: systems[hospital], value },
});
const by = [
  { name: 'by', valueString: 'Ines' },
  { name: 'reason', valueString: 'seen the papers' },
];
const second = { name: 'second', valueString: 'Karl' };

describe('stewards over FHIR', function () {
  this.timeout(600_000);
  let network: Network;
  let ids: { ada: string; other: string };
  before(async () => {
    network = await startNetwork();
    await network.tell('north-general', 'A04', ada, 'N1');
    await network.tell('mercy-west', 'A04', ada, 'M1');
    await network.tell('north-general', 'A04', twin, 'N2');
    await network.tell('north-general', 'A04', ada, 'N3');
    ids = {
      ada: await personOf('north-general', 'N1'),
      other: await personOf('north-general', 'N3'),
    };
  });
  afterEach(() => {
    const file = identityFile(network.data);
    const found = verifyRegistry(file, dataKey(network.data, {}).value);
    assert.deepEqual(found.findings, []);
  });
  after(() => network.end());

  async function personOf(hospital: keyof typeof systems, value: string): Promise<string> {
    const source = `sourceIdentifier=${systems[hospital]}|${value}`;
    const answer = await network.fhir(`/Patient/$ihe-pix?${source}`);
    return allOf(answer, 'targetId')[0].valueReference.reference.slice('Patient/'.length);
  }
  const merge = (...more: object[]) => network.post('/Patient/$merge', parameters(...by, ...more));
  const target = { name: 'target-patient-identifier', ...number('north-general', 'N1') };
  const source = { name: 'source-patient-identifier', ...number('north-general', 'N3') };
  const refusal = (answer: { status: number; body: Json }) => [answer.status, codeOf(answer)];
  const events = (): number => {
    const db = openDatabase(identityFile(network.data), {
      key: dataKey(network.data, {}).value,
      readonly: true,
    });
    const count = db.prepare('SELECT count(*) FROM event').pluck().get() as number;
    db.close();
    return count;
  };

  it('refuses wrong orders with a code each, and nothing is written', async () => {
    const before = events();
    assert.deepEqual(refusal(await merge(target, source)), [422, 'identity-second-person']);
    const itself = { name: 'source-patient', valueReference: { reference: `Patient/${ids.ada}` } };
    assert.deepEqual(refusal(await merge(target, itself)), [422, 'identity-merge-into-itself']);
    const cycle = { name: 'source-patient-identifier', ...number('mercy-west', 'M1') };
    assert.deepEqual(refusal(await merge(target, cycle)), [422, 'identity-merge-cycle']);
    const nobody = { name: 'source-patient-identifier', ...number('mercy-west', 'X') };
    assert.deepEqual(refusal(await merge(target, nobody)), [404, 'identity-unknown-record']);
    const noId = {
      name: 'source-patient',
      valueReference: { reference: `Person/${'0'.repeat(8)}` },
    };
    assert.deepEqual(refusal(await merge(target, noId)), [400, 'parameter-invalid']);
    assert.deepEqual(refusal(await merge(target)), [400, 'parameter-missing']);
    const unasked = await network.post('/Patient/$merge', parameters(target, source));
    assert.deepEqual(refusal(unasked), [400, 'parameter-missing'], 'no reason');
    const unmerge = (id: string, ...more: object[]) =>
      network.post(`/Person/${id}/$unmerge`, parameters(...by, ...more));
    assert.deepEqual(refusal(await unmerge(ids.ada)), [422, 'identity-not-merged']);
    const seven = { name: 'merge', valueInteger: 7 };
    assert.deepEqual(refusal(await unmerge(ids.ada, seven)), [422, 'identity-not-merged']);
    const unknown = '00000000-0000-5000-8000-000000000000';
    assert.deepEqual(refusal(await unmerge(unknown)), [404, 'identity-unknown-person']);
    for (const path of [`/Person/${unknown}`, `/Patient/${unknown}`, `/Linkage/${unknown}`])
      assert.equal((await network.fhir(path)).status, 404, path);
    assert.equal(events(), before);
  });

  it('previews a merge, and writes nothing', async () => {
    const before = events();
    const preview = await merge(target, source, second, { name: 'preview', valueBoolean: true });
    const [{ resource }] = allOf(preview, 'result');
    const values = resource.identifier.map(({ value }: Json) => value);
    assert.deepEqual(values.toSorted(), ['912345670', 'M1', 'N1', 'N3']);
    assert.equal(events(), before);
    assert.equal((await network.fhir(`/Person/${ids.other}`)).status, 200);
  });

  it('merges, leads the old id on, and takes it back with all that was written', async () => {
    const merged = await merge(target, source, second);
    assert.equal(merged.status, 200);
    const [{ valueInteger: merge1 }] = allOf(merged, 'merge');
    const person = await network.fhir(`/Person/${ids.ada}`);
    assert.deepEqual(person.body.link.map(({ assurance }: Json) => assurance).toSorted(), [
      'level2',
      'level4',
      'level4',
    ]);
    const led = await network.fhir(`/Person/${ids.other}`);
    assert.deepEqual([led.status, led.headers.get('location')], [307, `/fhir/Person/${ids.ada}`]);
    const absorbed = await network.fhir(`/Patient/${ids.other}`);
    assert.equal(absorbed.body.active, false);
    assert.deepEqual(absorbed.body.link, [
      { other: { reference: `Patient/${ids.ada}` }, type: 'replaced-by' },
    ]);
    const linkage = await network.fhir(`/Linkage?item=Patient/${ids.other}`);
    assert.equal(linkage.body.entry[0].resource.item.length, 3);

    const wrong = await network.tell('north-general', 'A08', ada, 'N3');
    const trace = () => network.serving.engine.operations.trace(wrong as MessageId)!;
    const made = trace().resources.map(({ type, id }) => `${type}/${id}`);
    const order = parameters(...by, { name: 'merge', valueInteger: merge1 }, republish);
    const parted = await network.post(`/Person/${ids.ada}/$unmerge`, order);
    assert.equal(parted.status, 200);
    assert.deepEqual(
      allOf(parted, 'message').map((one) => one.valueInteger),
      [wrong],
    );
    const written = allOf(parted, 'downstream').map(({ part }) => part[1].valueString);
    assert.deepEqual(written.toSorted(), made.toSorted());
    assert.equal(allOf(parted, 'republished')[0].valueInteger, 1);
    assert.equal((await network.fhir(`/Person/${ids.other}`)).status, 200);
    const isPublished = () =>
      trace().destinations.some(({ generation, state }) => generation === 1 && state === 'settled');
    while (!isPublished()) await wait(20);
    const [conserved] = network.serving.engine.operations.conservation();
    assert.equal(conserved!.violations, 0);

    assert.deepEqual(refusal(await merge(target, source, second)), [409, 'identity-do-not-link']);
    const told = await network.post(
      '/Patient/$explain',
      parameters(
        { name: 'a', ...number('north-general', 'N1') },
        { name: 'b', ...number('north-general', 'N3') },
      ),
    );
    assert.equal(allOf(told, 'isOnePerson')[0].valueBoolean, false);
    assert.equal(allOf(told, 'mayNotLink')[0].valueBoolean, true);
    assert.deepEqual(
      allOf(told, 'veto').map((one) => one.valueCode),
      ['strong-identifier-conflict'],
    );
    const history = await network.fhir(`/Person/${ids.other}/$identity-history`);
    const types = allOf(history, 'event').map(({ part }) => part[2].valueCode);
    assert.ok(types.includes('merged') && types.includes('unmerged'));
    assert.doesNotMatch(JSON.stringify(history.body), /BRANDENBURG|1971/);
    const changes = network.accesses.filter(
      ({ isChange, outcome }) => isChange && outcome === 'ok',
    );
    assert.deepEqual(
      changes.map((one) => [one.action, one.by]),
      [
        ['merge', 'Ines'],
        ['merge', 'Ines'],
        ['unmerge', 'Ines'],
      ],
    );
  });

  const republish = { name: 'republish', valueBoolean: true };

  it('waits for the chain workers so long and no longer, while others ask', async () => {
    const db = openDatabase(identityFile(network.data), { key: dataKey(network.data, {}).value });
    const mine = { name: 'source-patient-identifier', ...number('north-general', 'N2') };
    db.exec('BEGIN IMMEDIATE');
    const order = merge(target, mine, second);
    const asked = await network.fhir(`/Person/${ids.ada}`);
    assert.equal(asked.status, 200, 'a question is answered meanwhile');
    const late = await order;
    assert.deepEqual(refusal(late), [503, 'identity-busy']);
    assert.equal(late.headers.get('retry-after'), '2');
    const patient = merge(target, mine, second);
    await wait(200);
    db.exec('ROLLBACK');
    db.close();
    assert.equal((await patient).status, 200, 'who waits gets a turn');
    const undo = { name: 'undo', valueBoolean: true };
    const back = await network.post(`/Person/${ids.ada}/$unmerge`, parameters(...by, undo));
    assert.equal(back.status, 200, 'the newest merge, without its number');
  });

  it('says so when the model is damaged, and changes nothing', async () => {
    await network.stopEngine();
    const model = join(network.config, 'identity/models/example-2026.json');
    const right = readFileSync(model, 'utf8');
    await network.startEngine();
    writeFileSync(model, right.replace('"seed"', '"sead"'));
    const before = events();
    const answer = await merge(target, source, second);
    assert.equal(answer.status, 503);
    assert.equal(codeOf(answer), 'identity-model-corrupt');
    assert.equal(events(), before);
    writeFileSync(model, right);
    assert.deepEqual(refusal(await merge(target, source, second)), [409, 'identity-do-not-link']);
  });
});
