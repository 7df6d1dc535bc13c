// Goal: what FHIR senders ask for is decided against what is stored, once: versions, conditions,
// deletions and patches do what the standard says, a transaction does all or nothing, and a message
// that is processed again is decided as before. Method: raw payloads through read-fhir and store; a
// property runs random requests against a model of a FHIR server, in random batches and lives of
// the store.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { MessageId, Outcome, Stage, Work, Written } from '../../../../engine/index.ts';
import { openSpineReader, type Stored } from '../../../../routes/spine/index.ts';
import { type Conversion, readFhirStage, resourceId } from '../../../../transforms/fhir/index.ts';
import { key, openStage, temporaryFolder } from '../spine-fixture.ts';

type Json = Record<string, unknown>;

const context = { channel: 'c', revision: 'r', configDir: '', dataDir: '', key };
const readFhir = readFhirStage.create({ source: 'north' }, context);

/** A spine with what a FHIR channel would do to it. */
function door(folder = temporaryFolder()) {
  let store: Stage<Conversion, Stored> = openStage(folder);
  const reader = openSpineReader(folder, key);
  let message = 0;

  function send(payload: unknown, options: { message?: number; generation?: number } = {}) {
    message = options.message ?? message + 1;
    const { generation = 0 } = options;
    const work: Work<undefined> = {
      id: message as MessageId,
      generation,
      channel: 'c',
      revision: 'r',
      raw: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      sha256: message.toString(16).padStart(64, '0'),
      receivedUs: 1_700_000_000_000_000 + message * 1_000_000,
      body: undefined,
    };
    const read = readFhir.run(work) as Outcome<Conversion>;
    if (read.kind !== 'pass') return { kind: read.kind, codes: codesOf(read) };
    store.transaction?.begin();
    const outcome = store.run({ ...work, body: read.body }) as Outcome<Stored>;
    store.transaction?.commit();
    const written = reader.writtenBy?.(message as MessageId);
    return { kind: outcome.kind, codes: codesOf(outcome, written), written };
  }

  return {
    send,
    reader,
    restart() {
      store.close?.();
      store = openStage(folder);
    },
    now(type: string, id: string): Json | undefined {
      const line = reader.current(type, resourceId('north', type, id));
      return line && (JSON.parse(line.json) as Json);
    },
    did: (payload: unknown) => send(payload).written?.granted.map(({ did }) => did),
  };
}

function codesOf(outcome: Outcome<unknown>, written?: Written): (string | undefined)[] {
  if (written !== undefined) return written.refused.map(({ issue }) => issue.code);
  return outcome.kind === 'hold' ? outcome.issues.map(({ code }) => code) : [];
}

const entry = (method: string, url: string, resource?: unknown, more: Json = {}) => ({
  ...(resource === undefined ? {} : { resource }),
  request: { method, url, ...more },
});
const transaction = (...entries: unknown[]) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: entries,
});
const patient = (number: string, more: Json = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:mrn', value: number }],
  ...more,
});
const jsonPatch = (...operations: unknown[]) => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

describe('routes/spine requests', () => {
  it('creates, updates, deletes and begins anew, with a version each', () => {
    const { send, now, reader, did } = door();
    const bed = (status: string) => ({ resourceType: 'Location', id: 'b1', status });
    assert.deepEqual(did(entry('PUT', 'Location/b1', bed('active'))), ['created']);
    assert.deepEqual(did(entry('PUT', 'Location/b1', bed('active'))), ['unchanged']);
    assert.deepEqual(did(entry('PUT', 'Location/b1', bed('inactive'))), ['updated']);
    assert.deepEqual(did(entry('DELETE', 'Location/b1')), ['deleted']);
    assert.equal(now('Location', 'b1'), undefined);
    assert.deepEqual(did(entry('DELETE', 'Location/b1')), ['absent']);
    const { written } = send(entry('PUT', 'Location/b1', bed('active')));
    assert.deepEqual(
      written?.granted.map((one) => [one.did, one.id, one.version]),
      [['created', 'b1', 4]],
    );
    const versions = reader.versions('Location', resourceId('north', 'Location', 'b1'));
    assert.deepEqual(
      versions.map(({ json }) => json !== undefined),
      [true, true, false, true],
    );
  });

  it('changes only the version that the sender knows', () => {
    const { send } = door();
    const put = (more: Json) => send(entry('PUT', 'Location/b', location, more)).codes;
    const location = { resourceType: 'Location', id: 'b', name: 'one' };
    assert.deepEqual(put({ ifMatch: 'W/"1"' }), ['fhir-version-conflict']);
    assert.deepEqual(put({ ifNoneMatch: '*' }), []);
    assert.deepEqual(put({ ifNoneMatch: '*' }), ['fhir-exists']);
    assert.deepEqual(put({ ifMatch: 'W/"2"' }), ['fhir-version-conflict']);
    assert.deepEqual(put({ ifMatch: 'W/"1"' }), []);
    const gone = send(entry('DELETE', 'Location/b', undefined, { ifMatch: 'W/"7"' }));
    assert.deepEqual(gone.codes, ['fhir-version-conflict']);
  });

  it('creates once what is created on condition, and points to what is there', () => {
    const { send, now } = door();
    const create = () =>
      transaction(
        {
          ...entry('POST', 'Patient', patient('7'), { ifNoneExist: 'identifier=urn:mrn|7' }),
          fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
        },
        entry('PUT', 'Observation/o', {
          resourceType: 'Observation',
          id: 'o',
          subject: { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' },
        }),
      );
    send(entry('PUT', 'Patient/p7', patient('7', { id: 'p7' })));
    const { written } = send(create());
    assert.deepEqual(
      written?.granted.map(({ did, id }) => [did, id]),
      [
        ['found', 'p7'],
        ['created', 'o'],
      ],
    );
    const subject = { reference: `Patient/${resourceId('north', 'Patient', 'p7')}` };
    assert.deepEqual(now('Observation', 'o')?.subject, subject);
    send(entry('PUT', 'Patient/p8', patient('7', { id: 'p8' })));
    assert.deepEqual(send(create()).codes, ['fhir-several-match']);
  });

  it('addresses a resource by the id that it was told', () => {
    const { send, now } = door();
    const made = send(patient('9')).written?.granted[0];
    assert.equal(made?.did, 'created');
    const { id = '' } = made ?? {};
    const next = send(entry('PUT', `Patient/${id}`, patient('9', { id, active: true })));
    assert.deepEqual(next.written?.granted[0]?.did, 'updated');
    assert.equal(now('Patient', id)?.active, true);
    const found = send(entry('PUT', 'Patient?identifier=urn:mrn|9', patient('9')));
    assert.deepEqual(
      found.written?.granted.map((one) => [one.did, one.id, one.version]),
      [['updated', id, 3]],
    );
    const other = patient('9', { id: 'else' });
    const wrong = send(entry('PUT', 'Patient?identifier=urn:mrn|9', other));
    assert.deepEqual(wrong.codes, ['fhir-id-mismatch']);
    assert.deepEqual(send(entry('DELETE', 'Patient?identifier=urn:mrn|9')).codes, []);
    assert.equal(now('Patient', id), undefined);
    assert.deepEqual(send(patient('9')).written?.granted[0]?.did, 'created');
  });

  it('works a transaction off in the order of the standard, references by search last', () => {
    const { send, now } = door();
    const { written, codes } = send(
      transaction(
        entry('PUT', 'Encounter/e', {
          resourceType: 'Encounter',
          id: 'e',
          subject: { reference: 'Patient?identifier=urn:mrn|1' },
          serviceProvider: { reference: 'Organization?identifier=urn:org|none' },
        }),
      ),
    );
    assert.deepEqual(codes, ['fhir-reference-unmatched', 'fhir-reference-unmatched']);
    assert.equal(written?.granted.length, 0);
    assert.equal(now('Encounter', 'e'), undefined);
    const good = send(
      transaction(
        entry('PUT', 'Encounter/e', {
          resourceType: 'Encounter',
          id: 'e',
          subject: { reference: 'Patient?identifier=urn:mrn|1' },
        }),
        entry('POST', 'Patient', patient('1')),
        entry('DELETE', 'Location/none'),
      ),
    );
    assert.deepEqual(
      good.written?.granted.map((one) => [one.entry, one.did]),
      [
        [2, 'absent'],
        [1, 'created'],
        [0, 'created'],
      ],
    );
    const made = good.written?.granted[1]?.id ?? '';
    const subject = { reference: `Patient/${resourceId('north', 'Patient', made)}` };
    assert.deepEqual(now('Encounter', 'e')?.subject, subject);
    const twice = [entry('PUT', 'Encounter/e', { resourceType: 'Encounter', id: 'e' })];
    twice.push(entry('DELETE', 'Encounter/e'));
    assert.deepEqual(send(transaction(...twice)).codes, ['fhir-entry-duplicate']);
  });

  it('patches what is there, keeps the digits, and says what does not fit', () => {
    const { send, now, reader } = door();
    const sent = '{"resourceType":"Observation","id":"o","valueQuantity":{"value":5.10},"note":[]}';
    send(sent);
    const patch = (...operations: unknown[]) =>
      send(entry('PATCH', 'Observation/o', jsonPatch(...operations)));
    assert.deepEqual(patch({ op: 'remove', path: '/status' }).codes, ['fhir-patch-failed']);
    const wrong = patch({ op: 'replace', path: '/id', value: 'x' });
    assert.deepEqual([wrong.kind, wrong.codes], ['hold', ['fhir-patch-invalid']]);
    const done = patch(
      { op: 'test', path: '/valueQuantity/value', value: 5.1 },
      { op: 'add', path: '/note/-', value: { text: 'seen' } },
      { op: 'add', path: '/status', value: 'final' },
    );
    assert.deepEqual(done.written?.granted[0]?.did, 'updated');
    assert.deepEqual(
      [now('Observation', 'o')?.status, now('Observation', 'o')?.note],
      ['final', [{ text: 'seen' }]],
    );
    const line = reader.current('Observation', resourceId('north', 'Observation', 'o'));
    assert.match(line?.json ?? '', /"value":5\.10/);
    const nobody = send(entry('PATCH', 'Observation/x', jsonPatch()));
    assert.deepEqual(nobody.codes, ['fhir-not-found']);
  });

  it('decides a condition by the common parameters of a type beside an identifier', () => {
    const { send, did } = door();
    const observation = (number: string, more: Json) => ({
      resourceType: 'Observation',
      identifier: [{ system: 'urn:lab', value: number }],
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: 'Patient/p1' },
      effectiveDateTime: '2025-03-01T10:00:00Z',
      ...more,
    });
    send(entry('POST', 'Observation', observation('1', {})));
    send(
      entry(
        'POST',
        'Observation',
        observation('1', { id: 'other', status: 'amended', subject: {} }),
      ),
    );
    const create = (search: string) =>
      send(
        entry('POST', 'Observation', observation(search, {}), {
          ifNoneExist: `identifier=urn:lab|1&${search}`,
        }),
      );
    for (const one of [
      'status=final',
      'subject=Patient/p1',
      'patient=p1',
      'status=final&code=http://loinc.org|8867-4&code=8867-4&date=2025-03',
    ])
      assert.deepEqual(create(one).written?.granted[0]?.did, 'found', one);
    const dated = ['ge2025-03-01', 'le2025-03', 'ge2025', 'gt2024-12', 'ne2025-03-02', 'eq2025'];
    const wide = dated.map((date) => `date=${date}`);
    for (const several of ['code=8867-4', 'date=2025-03-01', 'code=http://loinc.org|', ...wide])
      assert.deepEqual(create(several).codes, ['fhir-several-match'], several);
    const other = ['status=registered', 'patient=p2', 'code=urn:x|8867-4', 'code=urn:x|'];
    const missed = ['2025-04', 'gt2025-03-01', 'lt2025-03-01', 'ne2025-03', 'le2024', 'ge2025-04'];
    for (const none of [...other, ...missed.map((date) => `date=${date}`)])
      assert.deepEqual(create(none).written?.granted[0]?.did, 'created', none);
    const unread = ['date=ap2025-01-01', 'date=2025-03-01T10:00', 'status=urn:x|final'];
    for (const wrong of ['value-string=x', 'birthdate=2025', 'code:in=x', ...unread])
      assert.deepEqual(create(wrong).codes, ['fhir-condition-unsupported'], wrong);
    const alone = entry('POST', 'Observation', observation('3', {}), {
      ifNoneExist: 'status=final',
    });
    assert.deepEqual(send(alone).codes, ['fhir-condition-unsupported'], 'nothing finds it');
    send(entry('PUT', 'Patient/a', { ...patient('9'), id: 'a', name: [{ family: 'Ängström' }] }));
    const update = (search: string) =>
      did(entry('PUT', `Patient?identifier=urn:mrn|9&${search}`, patient('9')));
    assert.deepEqual(update('family=angs'), ['updated']);
    assert.deepEqual(did(entry('DELETE', 'Patient?identifier=urn:mrn|9&family=angs')), ['absent']);
    assert.deepEqual(did(entry('DELETE', 'Patient?identifier=urn:mrn|9')), ['deleted']);
  });

  it('patches a Patient but for what identity knows it by, which is sent whole', () => {
    const { send, now } = door();
    const link = [{ other: { reference: 'Patient/q' }, type: 'seealso' }];
    send(entry('PUT', 'Patient/p', { resourceType: 'Patient', id: 'p', active: true, link }));
    const patch = (...operations: unknown[]) =>
      send(entry('PATCH', 'Patient/p', jsonPatch(...operations)));
    const languages = [{ language: { text: 'Welsh' } }];
    const done = patch({ op: 'add', path: '/communication', value: languages });
    assert.equal(done.written?.granted[0]?.did, 'updated');
    assert.deepEqual(now('Patient', 'p')?.communication, languages);
    for (const [path, value] of [
      ['/birthDate', '1970-01-01'],
      ['/name', [{ family: 'Teststone' }]],
      ['/link/0/type', 'replaced-by'],
      ['/active', false],
    ] as const)
      assert.deepEqual(patch({ op: 'add', path, value }).codes, ['fhir-patch-patient'], path);
    const parts = { name: 'value', part: [{ name: 'language', valueCodeableConcept: {} }] };
    const [type, path] = [
      { name: 'type', valueCode: 'delete' },
      { name: 'path', valueString: 'Patient.communication[0]' },
    ];
    const parameter = [{ name: 'operation', part: [type, path, parts] }];
    send(entry('PATCH', 'Patient/p', { resourceType: 'Parameters', parameter }));
    assert.equal(now('Patient', 'p')?.communication, undefined);
    const deeper = Array.from({ length: 70 }, (_, depth) => ({
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'add' },
        { name: 'path', valueString: `Patient${'.extension[0]'.repeat(depth)}` },
        { name: 'name', valueString: 'extension' },
        { name: 'value', part: [{ name: 'url', valueUri: 'urn:x' }] },
      ],
    }));
    const deep = { resourceType: 'Parameters', parameter: deeper };
    assert.deepEqual(send(entry('PATCH', 'Patient/p', deep)).codes, ['fhir-patch-failed']);
    const renamed = { ...path, valueString: 'Patient.id' };
    const wrong = {
      resourceType: 'Parameters',
      parameter: [{ name: 'operation', part: [type, renamed] }],
    };
    assert.deepEqual(send(entry('PATCH', 'Patient/p', wrong)).codes, ['fhir-patch-failed']);
  });

  it('decides a message once, whatever has happened before it runs again', () => {
    const { send, now, restart } = door();
    const location = { resourceType: 'Location', id: 'l', name: 'first', status: 'active' };
    send(entry('PUT', 'Location/l', location));
    const patch = entry('PATCH', 'Location/l', jsonPatch({ op: 'add', path: '/name', value: '2' }));
    const first = send(patch, { message: 2 }).written;
    const refused = send(entry('PUT', 'Location/l', location, { ifMatch: '9' }), { message: 3 });
    send(entry('PUT', 'Location/l', { ...location, status: 'inactive' }), { message: 4 });
    restart();
    assert.deepEqual(send(patch, { message: 2 }).written, first);
    assert.deepEqual(send(patch, { message: 2, generation: 1 }).written, first);
    const again = send(entry('PUT', 'Location/l', location, { ifMatch: '3' }), { message: 3 });
    assert.deepEqual(again.codes, refused.codes);
    assert.deepEqual(
      [now('Location', 'l')?.name, now('Location', 'l')?.status],
      ['first', 'inactive'],
    );
  });

  it('agrees with a model, whatever is asked for, all or nothing', () => {
    const step = fc.record({
      verb: fc.constantFrom('PUT', 'PUT', 'DELETE', 'POST', 'SEARCHPUT'),
      id: fc.constantFrom('a', 'b', 'c'),
      number: fc.constantFrom('1', '2'),
      value: fc.constantFrom('x', 'y', 'z'),
      match: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 4 }),
    });
    const message = fc.uniqueArray(step, { minLength: 1, maxLength: 3, selector: ({ id }) => id });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.nat({ max: 11 }), (messages, crash) => {
        const { send, now, restart } = door();
        let model: Model = new Map();
        messages.forEach((steps, at) => {
          if (at === crash) restart();
          const tried = attempt(model, steps);
          const outcome = send(transaction(...steps.map(requestOf)));
          assert.equal(outcome.kind, tried === undefined ? 'filter' : 'pass', outcome.codes.join());
          model = tried ?? model;
          for (const [id, { name, version }] of model) {
            const stored = now('Location', id);
            assert.equal(stored?.name, name);
            if (stored) assert.equal((stored.meta as Json).versionId, String(version));
          }
        });
      }),
      { numRuns: 25 },
    );
  });
});

type Step = { verb: string; id: string; number: string; value: string; match: number | null };
/** Locations by id; a name of undefined says that it was deleted. */
type Model = Map<string, { name: string | undefined; number: string; version: number }>;

function requestOf({ verb, id, number, value, match }: Step): unknown {
  const condition = `identifier=urn:n|${number}`;
  const resource = {
    resourceType: 'Location',
    identifier: [{ system: 'urn:n', value: number }],
    name: value,
    ...(verb === 'PUT' || verb === 'POST' ? { id } : {}),
  };
  const ifMatch = match === null || verb === 'POST' ? {} : { ifMatch: `W/"${match}"` };
  switch (verb) {
    case 'PUT':
      return entry('PUT', `Location/${id}`, resource, ifMatch);
    case 'DELETE':
      return entry('DELETE', `Location/${id}`, undefined, ifMatch);
    case 'POST':
      return entry('POST', 'Location', resource, { ifNoneExist: condition });
    default:
      return entry('PUT', `Location?${condition}`, resource, ifMatch);
  }
}

/** What a FHIR server would hold after these; undefined when one of them cannot be granted. */
function attempt(model: Model, steps: readonly Step[]): Model | undefined {
  const next: Model = new Map(model);
  const targets = new Map<string, 'found' | 'written'>();
  const order = ['DELETE', 'POST', 'PUT', 'SEARCHPUT'];
  const turn = ({ verb }: Step): number => Math.min(order.indexOf(verb), 2);
  for (const step of steps.toSorted((left, right) => turn(left) - turn(right))) {
    const { verb, id, number, value, match } = step;
    const isSearch = verb === 'POST' || verb === 'SEARCHPUT';
    const found = [...model].filter(([, one]) => one.name !== undefined && one.number === number);
    if (isSearch && found.length > 1) return undefined;
    const gone = (name: string): boolean => next.get(name)?.name === undefined;
    const hit = isSearch ? found.map(([name]) => name).find((name) => !gone(name)) : undefined;
    const made = resourceId('north', 'Location', `urn:n|${number}`);
    const target = hit ?? (verb === 'SEARCHPUT' ? made : id);
    const how = verb === 'POST' && hit !== undefined ? 'found' : 'written';
    if (targets.has(target) && !(how === 'found' && targets.get(target) === how)) return undefined;
    targets.set(target, how);
    const before = model.get(target);
    const isThere = isSearch ? hit !== undefined : before?.name !== undefined;
    if (verb !== 'POST' && match !== null && !(isThere && before?.version === match))
      return undefined;
    if (verb === 'POST' && hit !== undefined) continue;
    const name = verb === 'DELETE' ? undefined : value;
    const changed = before?.name !== name || (name !== undefined && before?.number !== number);
    const version = (before?.version ?? 0) + (changed || before === undefined ? 1 : 0);
    next.set(target, { name, number, version });
  }
  return next;
}
