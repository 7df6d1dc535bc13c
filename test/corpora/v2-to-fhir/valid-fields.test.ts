// Goal: no value that a sender could write into a field makes a resource that R4 does not take: the
// gate would hold the message for it. Method: messages of our own, of every structure, a field of
// theirs filled with a value of any data type, drawn at random; each resource of the shared base is
// judged by the validator of the gate, and each reference must lead somewhere.
// Left out: periods of a visit, a result or an order that end before they begin. Nobody knows which
// of the two is wrong, so they stay as they came, and the gate holds them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { createDefinitions, createValidator } from '../../../transforms/validation/index.ts';
import { withField } from './probe.ts';
import { skeleton, structures } from './skeletons.ts';

const base = loadMapping(join(import.meta.dirname, '../../../config'), 'base');
const definitions = createDefinitions();
const validator = createValidator({ definitions, valueSets: definitions.valueSets });
/** How many fields are filled; PLEXUS_FIELDS=60000 is minutes. */
const runs = Number(process.env.PLEXUS_FIELDS ?? 1_500);

const values = [
  ...['Sample one', '7', '-3.5', '0', '1015', 'Y', 'N', 'A', 'D', 'U', '""', '^^^', '&&sub'],
  ...['20230405', '20230405101500+0100', '20230405^20230506', '20230506^20230405', 'A~~B', ' x '],
  ...['C1^First^L^B1^Second^L^1^2^Words', 'C1^First^L~C2^Other^L', '^second', 'é ü'],
  ...['12345^4^M10^NS&2.999.7&ISO^MR^^20210101^20200101', 'E1^NS^2.999.7^ISO', '100&USD'],
  ...['Hill^Gwen^May^Jr^Dr^MD^L', '99^Hill^Gwen^May^Jr^Dr^MD^^NS&2.999.7&ISO^L^^^NPI'],
  ...['^PRN^PH^^1^518^5550100', '^NET^Internet^a@b.example', '^PRN', 'W1^R1^B1^FAC^^N^BLD^FL1'],
  ...['1 Elm St^Apt 4^Troy^NY^12180^USA^H^^Kent', 'Org one^L^11^^^NS&2.999.7&ISO^XX^^^O1'],
];

/** What HL7 lets stand once in a field, and stands there twice; the periods that are left out. */
const isLeft = (text: string): boolean =>
  text.includes('at most') ||
  (text.includes('per-1') && !/identifier|address|name|telecom/i.test(text.split(':')[0]!));

function faultsOf(message: readonly string[]): string[] {
  const { bundle } = convertBytes(base, Buffer.from(`${message.join('\r')}\r`));
  const resources = (bundle?.entry ?? []).map(({ resource }) => JSON.stringify(resource));
  const read = resources.map((text) => JSON.parse(text) as fhir4.Resource);
  const known = new Set(read.map(({ resourceType, id }) => `${resourceType}/${id}`));
  const dangling = resources
    .flatMap((text) => [...text.matchAll(/"reference":"([^"]*)"/g)].map(([, to]) => to!))
    .filter((to) => !known.has(to));
  const faults = read.flatMap((resource) =>
    validator
      .validate(resource)
      .issues.filter(({ severity }) => severity === 'error')
      .map(({ path, diagnostics }) => `${path}: ${diagnostics}`),
  );
  return [...dangling, ...faults.filter((text) => !isLeft(text))];
}

const filled = fc
  .record({
    type: fc.constantFrom(...Object.keys(structures)),
    at: fc.nat(),
    field: fc.integer({ min: 1, max: 50 }),
    value: fc.constantFrom(...values),
  })
  .map(({ type, at, field, value }) => {
    const message = skeleton(type);
    const index = 1 + (at % (message.length - 1));
    const name = `${message[index]!.slice(0, 3)}-${field}`;
    return { type, name, value, message: withField(message, index, name, value) };
  });

describe('a field with any value', () => {
  it('makes nothing that R4 does not take', () => {
    fc.assert(
      fc.property(filled, ({ message, name, value }) => {
        assert.deepEqual(faultsOf(message), [], `${name} ${value}`);
      }),
      { numRuns: runs, seed: 20261123 },
    );
  });
});
