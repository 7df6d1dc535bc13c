import type { IdentityStatement, StatedIdentifier } from '../../fhir/index.ts';
import { systemOf } from '../datatypes/index.ts';
import {
  type Cell,
  type Collector,
  component,
  fieldPath,
  type ReadPath,
  readField,
  readPath,
} from '../reading/index.ts';
import type { Run } from '../rules/index.ts';

type Verb = IdentityStatement['verb'];

/**
 * Trigger events that say something of identities (HL7 v2.5.1 chapter 3). A35, A41, A42, A44, A45,
 * A49, A50 and A51 move or renumber accounts and visits, A43 moves a file whole, A17 swaps beds:
 * none of them says that two persons are one.
 */
const verbs: ReadonlyMap<string, Verb> = new Map([
  ['A18', 'merge'],
  ['A24', 'link'],
  ['A30', 'merge'],
  ['A34', 'merge'],
  ['A36', 'merge'],
  ['A37', 'unlink'],
  ['A39', 'merge'],
  ['A40', 'merge'],
  ['A46', 'change'],
  ['A47', 'change'],
]);

const pathOf = (text: string): ReadPath => readPath(fieldPath(text));

/** Up to 2.3 a sender may fill only the external or the alternate number, in PID and in MRG. */
const patientNumbers = ['PID-3', 'PID-2', 'PID-4'].map(pathOf);
const priorNumbers = ['MRG-1', 'MRG-4', 'MRG-2'].map(pathOf);

/** What a message says of who is whom; undefined for those that say nothing of it. */
export function readStatements(
  run: Run & { readonly collector: Collector },
): readonly IdentityStatement[] | undefined {
  const { trigger, messageType } = run;
  const verb = messageType.startsWith('ADT') ? verbs.get(trigger) : undefined;
  if (verb === undefined) return undefined;
  return verb === 'link' || verb === 'unlink' ? readPair(run, verb) : readPriorNumbers(run, verb);
}

type StatementRun = Parameters<typeof readStatements>[0];

/** A24 and A37: two PIDs, and what is said of them. */
function readPair(run: StatementRun, verb: Verb): readonly IdentityStatement[] {
  const [first, ...others] = patientsOf(run);
  if (first === undefined || others.length === 0) {
    const text = 'a message that links or unlinks names two patients, and this one does not';
    run.collector.hold('second-patient-missing', `${text}.`, 'PID', undefined);
    return [];
  }
  const kept = { identifiers: numbersAt(run, first, patientNumbers, undefined) };
  return others.map((at) => ({
    verb,
    trigger: run.trigger,
    kept,
    other: { identifiers: numbersAt(run, at, patientNumbers, undefined) },
  }));
}

/** Each MRG against the PID that it follows. */
function readPriorNumbers(run: StatementRun, verb: Verb): readonly IdentityStatement[] {
  const statements: IdentityStatement[] = [];
  for (const patient of patientsOf(run)) {
    const kept = numbersAt(run, patient, patientNumbers, undefined);
    const prior = run.scope.below(patient, 'MRG').flatMap((at) => {
      const identifiers = numbersAt(run, at, priorNumbers, onlySystem(kept));
      return identifiers.length === 0 ? [] : [identifiers];
    });
    if (prior.length === 0) {
      const { offset } = run.reader.segments[patient]!;
      const text = 'PID has no MRG with a number after it, so what is merged is not known';
      run.collector.hold('prior-number-missing', `${text}.`, 'MRG-1', offset);
    }
    for (const identifiers of prior)
      statements.push({
        verb,
        trigger: run.trigger,
        kept: { identifiers: kept },
        other: { identifiers },
      });
  }
  return statements;
}

function patientsOf({ scope }: StatementRun): number[] {
  return scope.names.flatMap((name, index) => (name === 'PID' ? [index] : []));
}

/**
 * The numbers of the first field that has any. One without an authority is of `authority`, else of
 * the sender's default: many senders leave MRG-1 bare and mean the authority of PID-3.
 */
function numbersAt(
  run: StatementRun,
  index: number,
  fields: readonly ReadPath[],
  authority: string | undefined,
): readonly StatedIdentifier[] {
  for (const path of fields) {
    const { cells } = readField(run.reader, index, path);
    const found = cells.flatMap((cell) => numberOf(run, cell, authority));
    if (found.length > 0) return found;
  }
  return [];
}

function numberOf(
  { environment }: StatementRun,
  cell: Cell,
  authority: string | undefined,
): StatedIdentifier[] {
  const value = component(cell, 1);
  if (value === '') return [];
  const system = systemOf(cell, 4, environment) ?? authority ?? environment.defaultAuthority();
  const type = component(cell, 5);
  return [
    {
      ...(system === undefined ? {} : { system }),
      value,
      ...(type === '' ? {} : { type }),
    },
  ];
}

/** The one authority that all of these name. */
function onlySystem(identifiers: readonly StatedIdentifier[]): string | undefined {
  const systems = new Set(identifiers.map(({ system }) => system));
  return systems.size === 1 ? identifiers[0]!.system : undefined;
}
