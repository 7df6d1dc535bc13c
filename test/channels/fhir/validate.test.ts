// Goal: `$validate` says what the channel's own gate says, stores nothing, and is there only where
// the channel judges. Method: the real listener over a gate that finds what its test tells it.
import assert from 'node:assert/strict';
import { fhirSource } from '../../../channels/fhir/index.ts';
import type { Gate, Source } from '../../../engine/index.ts';
import { memoryContext } from '../source-context.ts';
import { type Json, type Told, toldBy } from './door.ts';

describe('$validate at channels/fhir', () => {
  const open: Source[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((source) => source.close(100)));
  });

  async function listen(gate?: Gate) {
    const { context, state } = memoryContext();
    const source = fhirSource.create(fhirSource.schema.parse({ port: 8661 }), {
      ...context,
      ...(gate === undefined ? {} : { gate: () => gate }),
    });
    open.push(source);
    const [listening] = await source.open();
    const base = `http://${listening!.host}:${listening!.port}/fhir`;
    const ask = async (path: string, body: unknown): Promise<Told> =>
      toldBy(
        await fetch(`${base}${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/fhir+json' },
          body: JSON.stringify(body),
        }),
      );
    return { ask, base, state };
  }

  const gate: Gate = {
    stage: 'validate',
    close() {},
    judge(resource, about) {
      const { birthDate } = resource as Json;
      const profiles = about?.profiles ?? [];
      const issue = { severity: 'error', code: 'x-wrong', path: 'Patient.birthDate' } as const;
      return {
        issues: birthDate === 'never' ? [{ ...issue, diagnostics: 'This is no date.' }] : [],
        unchecked: profiles.map((url) => ({
          severity: 'information',
          code: 'unchecked',
          diagnostics: `Nobody here has ${url}.`,
        })),
      };
    },
  };

  it('judges a resource, or what Parameters hold, by the gate and the profiles named', async () => {
    const { ask, state } = await listen(gate);
    const bad = { resourceType: 'Patient', birthDate: 'never' };
    const found = await ask('/$validate', bad);
    assert.deepEqual([found.status, found.codes], [200, ['x-wrong']]);
    assert.deepEqual((found.body!.issue as Json[])[0]?.expression, ['Patient.birthDate']);
    const good = { resourceType: 'Patient', birthDate: '2020-01-01' };
    assert.deepEqual((await ask('/Patient/$validate', good)).codes, ['valid']);
    const parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'resource', resource: bad },
        { name: 'profile', valueUri: 'urn:p' },
      ],
    };
    const both = await ask('/Patient/$validate?profile=urn:q', parameters);
    assert.deepEqual(both.codes, ['x-wrong', 'unchecked', 'unchecked']);
    const other = await ask('/Group/$validate', good);
    assert.deepEqual([other.status, other.codes], [400, ['fhir-type-mismatch']]);
    for (const resource of [null, 'text', undefined]) {
      const parameter = [{ name: 'resource', resource }];
      const none = await ask('/Patient/$validate', { resourceType: 'Parameters', parameter });
      assert.deepEqual([none.status, none.codes], [400, ['fhir-type-mismatch']]);
    }
    assert.equal(state.landings.length, 0);
  });

  it('says what of a mode was not judged, and refuses what it cannot take as asked', async () => {
    const { ask, base, state } = await listen(gate);
    const good = { resourceType: 'Patient', birthDate: '2020-01-01' };
    const whole = (...more: object[]) => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'resource', resource: good }, ...more],
    });
    const mode = (valueCode: string) => whole({ name: 'mode', valueCode });
    const cases: readonly [path: string, body: unknown, status: number, codes: string[]][] = [
      ['/Patient/$validate?mode=delete', good, 200, ['unchecked']],
      ['/Patient/$validate?mode=profile', good, 200, ['valid']],
      ['/Patient/$validate', mode('update'), 200, ['unchecked']],
      ['/Patient/$validate?mode=create', mode('update'), 400, ['fhir-request-invalid']],
      ['/Patient/$validate?mode=other', good, 400, ['fhir-request-invalid']],
      ['/Patient/$validate?profile=urn:a&profile=urn:b', good, 200, ['unchecked', 'unchecked']],
      ['/$validate', whole({ name: 'resource', resource: good }), 400, ['fhir-type-mismatch']],
    ];
    for (const [path, body, status, codes] of cases) {
      const told = await ask(path, body);
      assert.deepEqual([told.status, told.codes], [status, codes], path);
    }
    for (const path of ['/$validate', '/Patient/$validate']) {
      const told = await toldBy(await fetch(`${base}${path}`));
      assert.deepEqual([told.status, told.headers.get('allow')], [405, 'POST']);
    }
    assert.equal(state.landings.length, 0);
  });

  it('judges nothing so large that all others would wait', async () => {
    const { ask, state } = await listen(gate);
    const patient = (bytes: number) => ({ resourceType: 'Patient', id: 'x'.repeat(bytes) });
    const large = await ask('/Patient/$validate', patient(2 * 1024 * 1024));
    assert.deepEqual([large.status, large.codes], [413, ['body-too-large']]);
    assert.match(JSON.stringify(large.body), /over 2 MB .*plexus validate/);
    assert.equal((await ask('/Patient/$validate', patient(2_000_000))).status, 200);
    assert.equal(state.landings.length, 0);
  });

  it('names the element that is there twice', async () => {
    const { base } = await listen(gate);
    const body = '{"resourceType":"Patient","name":[{},{"family":"A","family":"B"}]}';
    for (const path of ['/Patient', '/Patient/$validate']) {
      const headers = { 'Content-Type': 'application/fhir+json' };
      const told = await toldBy(await fetch(`${base}${path}`, { method: 'POST', headers, body }));
      const [issue] = told.body!.issue as Json[];
      assert.deepEqual([told.status, told.codes], [400, ['fhir-duplicate-key']]);
      assert.deepEqual(issue?.expression, ['Patient.name[1].family']);
    }
  });

  it('is not there, and not told of, where the channel does not judge', async () => {
    const { ask, base } = await listen();
    assert.equal((await ask('/$validate', { resourceType: 'Patient' })).status, 404);
    const { body } = await toldBy(await fetch(`${base}/metadata`));
    assert.ok(!JSON.stringify(body).includes('validate'));
  });
});
