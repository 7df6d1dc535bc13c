// Goal: what HL7 publishes as right is right here: every example of US Core 6.1.0 and 7.0.0; and
// the
// snapshots that are generated from its differentials say what HL7's own say.
// Method: the packages of PLEXUS_CORPORA are read as they are; each example is validated against
// the
// profiles it names, once with HL7's snapshots and once with generated ones. Generated snapshots
// are compared element by element; where they differ is listed here with the reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import {
  type ElementDefinition,
  type StructureDefinition,
  typeCodeOf,
} from '../../../transforms/fhir/index.ts';
import {
  createDefinitions,
  createValidator,
  type FhirPackage,
  readPackage,
} from '../../../transforms/validation/index.ts';

const corpora = process.env.PLEXUS_CORPORA ?? '';

async function examplesIn(bytes: Uint8Array): Promise<readonly (readonly [string, unknown])[]> {
  const entries = await unpackTar(gunzipSync(bytes), {
    filter: ({ name }) => /^package\/example\/.*\.json$/.test(name) && !name.includes('/.index'),
  });
  return entries.map(({ header, data }) => [
    header.name,
    JSON.parse(new TextDecoder().decode(data)) as unknown,
  ]);
}

function withoutSnapshots(read: FhirPackage): FhirPackage {
  const structures = read.structures.map(({ snapshot: _, ...rest }) => rest);
  return { ...read, structures };
}

function errorsOf(read: FhirPackage, examples: readonly (readonly [string, unknown])[]): string[] {
  const definitions = createDefinitions([read]);
  const validator = createValidator({ definitions, valueSets: definitions.valueSets });
  return examples.flatMap(([name, resource]) =>
    validator
      .validate(resource)
      .issues.filter(({ severity }) => severity === 'error')
      .map(({ code, path, diagnostics }) => `${name} ${code} ${path} ${diagnostics}`),
  );
}

/** Invariants that the packed definitions leave out: they are checked without FHIRPath. */
const structural = new Set(['ele-1', 'ext-1']);

function viewOf(element: ElementDefinition): Record<string, unknown> {
  const { min, max, type = [], binding, slicing, constraint = [] } = element;
  const said = Object.entries(element).filter(([name]) => /^(fixed|pattern|m..Value)/.test(name));
  const isBinding = /required|extensible/.test(binding?.strength ?? '');
  return {
    ...{ min, max, said },
    // R4 calls a resource's id a string where later tools of HL7 say id, which it is.
    type: /^[A-Z]\w+\.id$/.test(element.path)
      ? 'id'
      : type.map((one) => [typeCodeOf(one), one.profile, [...(one.targetProfile ?? [])].sort()]),
    binding: isBinding ? [binding?.strength, binding?.valueSet] : undefined,
    slicing: slicing && [slicing.discriminator, slicing.rules],
    constraint: constraint
      .map(({ key }) => key)
      .filter((key) => !structural.has(key))
      .sort(),
  };
}

/** By id, for HL7's tool writes elements of one parent in another order at times. */
function differences(own: StructureDefinition, made: StructureDefinition | undefined): string[] {
  const byId = new Map(made?.snapshot?.element.map((one) => [one.id, one]));
  const elements = own.snapshot?.element ?? [];
  const ids = new Set(elements.map(({ id }) => id));
  const more = [...byId.keys()].filter((id) => !ids.has(id)).map((id) => `${own.name} +${id}`);
  const other = elements.flatMap((element) => {
    const same = byId.get(element.id);
    if (same === undefined) return `${own.name} -${element.id}`;
    const [mine, theirs] = [viewOf(same), viewOf(element)];
    return Object.keys(theirs)
      .filter((name) => JSON.stringify(mine[name]) !== JSON.stringify(theirs[name]))
      .map((name) => `${own.name} ${element.id} ${name}`);
  });
  return [...more, ...other];
}

/**
 * HL7's tool copies a constraint of the extension's own definition to the slice that names it; here
 * the extension is checked by that definition itself.
 */
const explained = new Set(['USCorePatientProfile Patient.extension:race constraint']);

for (const file of ['hl7.fhir.us.core-610.tgz', 'hl7.fhir.us.core-700.tgz']) {
  describe(`US Core, ${file}`, () => {
    const bytes = readFileSync(join(corpora, 'us-core', file));
    let read: FhirPackage;
    let examples: readonly (readonly [string, unknown])[];
    before(async () => {
      read = await readPackage(bytes);
      examples = await examplesIn(bytes);
      assert.ok(examples.length > 180);
    });

    it('has no example with an error', () => assert.deepEqual(errorsOf(read, examples), []));

    it('has answers that fit their Questionnaires', () => {
      const all = examples.map(
        ([, one]) => one as { resourceType: string; url?: string; questionnaire?: string },
      );
      const questionnaires = all.filter(({ resourceType }) => resourceType === 'Questionnaire');
      const answered = all.filter(({ questionnaire }) => questionnaire !== undefined);
      assert.ok(questionnaires.length > 0 && answered.length > 0);
      const definitions = createDefinitions([{ ...read, questionnaires }]);
      const validator = createValidator({ definitions, valueSets: definitions.valueSets });
      for (const one of answered) {
        const { issues, unchecked } = validator.validate(one);
        assert.deepEqual([...issues, ...unchecked], []);
      }
    });

    it('has none with generated snapshots', () =>
      assert.deepEqual(errorsOf(withoutSnapshots(read), examples), []));

    it('has the snapshots that its differentials give', () => {
      const made = createDefinitions([withoutSnapshots(read)]);
      // Its base is of another package (SDC), which is not at hand.
      const own = read.structures.filter(
        ({ name }) => name !== 'USCoreQuestionnaireResponseProfile',
      );
      const found = own.flatMap((one) => differences(one, made.structure(one.url)));
      assert.deepEqual(
        found.filter((one) => !explained.has(one)),
        [],
      );
    });
  });
}
