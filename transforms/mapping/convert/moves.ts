import { type Move, resourceId } from '../../fhir/index.ts';
import type { FullRun, Made } from '../ids/index.ts';
import type { CompiledMapping } from '../plans.ts';
import { segmentNumber } from '../reading/index.ts';

type Moving = {
  /** Type of what moves. */
  readonly type: 'Patient' | 'Account' | 'Encounter';
  /** Only what MRG names moves: the rest was of the patient in PID before. */
  readonly isPrior?: true;
};

/**
 * Trigger events by which something is of the patient in PID from now on, and was of the one in
 * MRG-1 (HL7 v2.5.1 chapter 3); a number that MRG names goes on under another one in the last six.
 */
const moving: ReadonlyMap<string, Moving> = new Map<string, Moving>([
  ['A43', { type: 'Patient' }],
  ['A44', { type: 'Account' }],
  ['A45', { type: 'Encounter' }],
  ...['A35', 'A41', 'A49'].map((event) => [event, { type: 'Account', isPrior: true }] as const),
  ...['A42', 'A50', 'A51'].map((event) => [event, { type: 'Encounter', isPrior: true }] as const),
]);

const priorNumber = segmentNumber('MRG');
const patientNumber = segmentNumber('PID');

/** What moves from one patient to another; undefined for messages that move nothing. */
export function readMoves(
  mapping: CompiledMapping,
  instances: readonly Made[],
  run: FullRun,
): readonly Move[] | undefined {
  const { trigger, messageType, scope } = run;
  const rule = messageType.startsWith('ADT') ? moving.get(trigger) : undefined;
  if (rule === undefined || mapping.prior === undefined) return undefined;
  const moves: Move[] = [];
  for (const { plan, index, reference } of instances) {
    if (plan.type !== rule.type || (rule.isPrior && plan.each !== 'MRG')) continue;
    const at =
      plan.each === 'PID'
        ? (scope.below(index, 'MRG')[0] ?? -1)
        : scope.resolve(index, priorNumber);
    const from = priorAt(mapping, mapping.prior, run, at);
    const to = patientAt(instances, scope.resolve(index, patientNumber));
    if (from === undefined && rule.isPrior === undefined) reportUnknown(run, at);
    if (from === undefined || to === undefined || from === to) continue;
    moves.push({ what: plan.type === 'Patient' ? from : reference, from, to });
  }
  return moves.length === 0 ? undefined : moves;
}

function priorAt(
  { source }: CompiledMapping,
  plan: NonNullable<CompiledMapping['prior']>,
  run: FullRun,
  index: number,
): string | undefined {
  const key = index < 0 ? undefined : plan.key(run, index);
  return key === undefined ? undefined : `Patient/${resourceId(source, 'Patient', key)}`;
}

const patientAt = (instances: readonly Made[], index: number): string | undefined =>
  instances.find((made) => made.plan.type === 'Patient' && made.index === index)?.reference;

function reportUnknown({ collector, reader }: FullRun, index: number): void {
  const offset = reader.segments[index]?.offset;
  const text = 'MRG names no patient, so what was told before stays with whom it was told of';
  collector.add('move-origin-missing', `${text}.`, 'MRG-1', offset);
}
