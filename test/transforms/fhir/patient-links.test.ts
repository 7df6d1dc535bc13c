// Goal: what FHIR Patients say of who is whom reaches the identify stage, and what says nothing
// usable is told. Method: the stage read-fhir on each form of a link that servers write.
import assert from 'node:assert/strict';
import type { MessageId, Outcome, Work } from '../../../engine/index.ts';
import { type Conversion, readFhirStage } from '../../../transforms/fhir/index.ts';

const stage = readFhirStage.create(
  { source: 'north' },
  {
    channel: 'c',
    revision: 'r',
    configDir: '',
    dataDir: '',
    key: Buffer.alloc(32),
  },
);

function read(patient: Record<string, unknown>) {
  const raw = Buffer.from(JSON.stringify({ resourceType: 'Patient', ...patient }));
  const work: Work = {
    ...{ id: 1 as MessageId, generation: 0, channel: 'c', revision: 'r', raw },
    ...{ sha256: 'x', receivedUs: 1, body: undefined },
  };
  const outcome = stage.run(work) as Outcome<Conversion>;
  assert.ok(outcome.kind === 'pass');
  return { ...outcome.body, codes: outcome.issues.map(({ code }) => code) };
}

const identifier = [{ system: 'urn:a', value: '18', type: { coding: [{ code: 'MR' }] } }];
const own = { system: 'urn:a', value: '18', type: 'MR' };

describe('links of FHIR patients', () => {
  it('are absent in nearly all messages', () => {
    assert.equal(read({ id: 'p', identifier }).statements, undefined);
  });

  it('name the survivor by identifier, by search or by id', () => {
    const kept = { system: 'urn:a', value: '17' };
    for (const other of [
      { identifier: kept },
      { reference: 'Patient?identifier=urn:a|17' },
      { reference: 'https://north.example/fhir/Patient?identifier=urn%3Aa%7C17' },
    ]) {
      const link = [{ type: 'replaced-by', other }];
      const { statements, contributions } = read({ id: 'p', active: false, identifier, link });
      assert.deepEqual(statements, [
        {
          verb: 'merge',
          trigger: 'replaced-by',
          kept: { identifiers: [kept] },
          other: { resource: contributions[0]?.id, identifiers: [own] },
        },
      ]);
    }
    const byId = [{ type: 'replaced-by', other: { reference: 'Patient/q' } }];
    const { statements } = read({ id: 'p', active: false, identifier, link: byId });
    assert.equal(statements?.[0]?.kept.resource, read({ id: 'q' }).contributions[0]?.id);
  });

  it('say the same from the survivor, and less by `seealso`', () => {
    const link = ['replaces', 'seealso', 'refer'].map((type) => ({
      type,
      other: { identifier: { system: 'urn:a', value: '17' } },
    }));
    const verbs = read({ id: 'p', identifier, link }).statements?.map(({ verb }) => verb);
    assert.deepEqual(verbs, ['merge', 'link', 'link']);
  });

  it('are told where they cannot be acted upon', () => {
    const other = { identifier: { system: 'urn:a', value: '17' } };
    for (const link of [
      { type: 'replaced-by', other },
      { type: 'replaces', other: {} },
      { type: 'replaces', other: { reference: 'Practitioner/1' } },
      { type: 'unheard', other },
      'text',
    ])
      assert.deepEqual(read({ id: 'p', identifier, link: [link] }).codes, [
        'patient-link-unusable',
      ]);
  });
});
