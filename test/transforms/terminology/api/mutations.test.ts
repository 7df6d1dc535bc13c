// Goal: no question, however wrong, is a bug of the FHIR face: each gets an answer below 500, and
// what is refused an OperationOutcome. Method: a right question to each operation, and a batch,
// with random faults in it (fast-check chooses the seeds).
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mutate } from '../../../../bench/mutate.ts';
import { randomOf } from '../../../../bench/people/index.ts';
import { createTerminologyFace } from '../../../../transforms/terminology/api/index.ts';
import { memoryKnowledge } from '../../../../transforms/terminology/memory/index.ts';
import { createClosureTables } from '../../../../transforms/terminology/operations/index.ts';
import { colourSystem, colours, valueSet } from '../operations/asking.ts';

const coding = { system: colours, code: 'red', display: 'Red' };
const set = valueSet(
  {
    include: [
      { system: colours, filter: [{ property: 'code', op: 'regex', value: 'r.*' }] },
      { system: colours, concept: [{ code: 'blue', designation: [{ value: 'x' }] }] },
      { valueSet: ['urn:known'] },
    ],
    exclude: [{ system: colours, concept: [{ code: 'red' }] }],
  },
  { url: 'urn:asked' },
);
const known = valueSet({ include: [{ system: colours }] }, { url: 'urn:known' });
const map = {
  ...{ resourceType: 'ConceptMap', url: 'urn:map', status: 'active' },
  group: [
    {
      ...{ source: colours, target: 'urn:t', unmapped: { mode: 'fixed', code: 'x' } },
      element: [{ code: 'red', target: [{ code: 'R', equivalence: 'equal', product: [{}] }] }],
    },
  ],
};
const asks = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });
const own = { name: 'tx-resource', resource: colourSystem };
const lookup = asks({ name: 'coding', valueCoding: coding }, { name: 'property', valueCode: '*' });
const questions: readonly (readonly [path: string, body: object])[] = [
  ['/ValueSet/$expand', asks({ name: 'valueSet', resource: set }, own)],
  [
    '/ValueSet/$expand',
    asks({ name: 'url', valueUri: 'urn:known' }, { name: 'count', valueInteger: 2 }),
  ],
  [
    '/ValueSet/$validate-code',
    asks({ name: 'valueSet', resource: set }, { name: 'coding', valueCoding: coding }),
  ],
  ['/CodeSystem/$lookup', lookup],
  [
    '/CodeSystem/$validate-code',
    asks({ name: 'codeSystem', resource: colourSystem }, { name: 'coding', valueCoding: coding }),
  ],
  [
    '/CodeSystem/$subsumes',
    asks({ name: 'codingA', valueCoding: coding }, { name: 'codingB', valueCoding: coding }),
  ],
  [
    '/ConceptMap/$translate',
    asks({ name: 'conceptMap', resource: map }, { name: 'coding', valueCoding: coding }),
  ],
  [
    '/ConceptMap/$closure',
    asks({ name: 'name', valueString: 'n' }, { name: 'concept', valueCoding: coding }),
  ],
  [
    '/',
    {
      ...{ resourceType: 'Bundle', type: 'batch' },
      entry: [{ request: { method: 'POST', url: 'CodeSystem/$lookup' }, resource: lookup }],
    },
  ],
];

describe('the FHIR face of terminology, asked wrongly', () => {
  const faults: unknown[] = [];
  const knowledge = memoryKnowledge([colourSystem, known]);
  const face = createTerminologyFace({
    ...{ knowledge: () => knowledge, document: () => undefined, nowUs: () => 0 },
    ...{ closures: createClosureTables(), about: { version: '0' } },
    ...{ bug: (cause) => faults.push(cause), unavailable: (code) => faults.push(code) },
  });
  const ask = async (path: string, body: unknown) => {
    const headers = { 'Content-Type': 'application/fhir+json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const env = { principal: { id: 'tests', kind: 'client' } };
    return face.fetch(new Request(`http://here.example${path}`, init), env as never);
  };

  it('answers the right questions', async () => {
    await ask('/ConceptMap/$closure', asks({ name: 'name', valueString: 'n' }));
    for (const [path, body] of questions) assert.equal((await ask(path, body)).status, 200, path);
  });

  it('says of a list with a gap which one it is', async () => {
    for (const [path, body, name] of [
      ['/', { resourceType: 'Bundle', type: 'batch', entry: [null] }, 'entry'],
      ['/ValueSet/$expand', { resourceType: 'Parameters', parameter: [null] }, 'parameter'],
    ] as const) {
      const answer = await ask(path, body);
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), new RegExp(`\`${name}\` is a list with a`));
    }
  });

  it('has no bug', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...questions), fc.nat(), async ([path, body], seed) => {
        const mutant = mutate(body, randomOf(seed).next);
        const answer = await ask(path, mutant);
        const said = JSON.stringify(mutant);
        assert.ok(answer.status < 500, `${path} ${answer.status} ${String(faults.at(-1))} ${said}`);
        if (answer.status < 400) return;
        const { resourceType } = (await answer.json()) as { resourceType: string };
        assert.equal(resourceType, 'OperationOutcome');
      }),
      { numRuns: 300, seed: 7 },
    ));
});
