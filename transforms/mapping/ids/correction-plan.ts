import type { Condition } from '../language.ts';
import { compileCondition, fieldPath, type Predicate, parseFieldPath } from '../reading/index.ts';

/** When it corrects an earlier one, and the field that says so. */
export type CorrectionPlan = {
  readonly when: Predicate;
  readonly path: string;
  readonly field: number;
  readonly mayBeFirst: boolean;
};

export function correctionPlan(row: Condition | undefined, mayBeFirst: boolean): CorrectionPlan[] {
  const when = compileCondition(row);
  if (when === undefined) return [];
  const keys = [row ?? []].flat().flatMap((clauses) => Object.keys(clauses));
  const path = keys.find((key) => parseFieldPath(key) !== undefined) ?? 'MSH-9';
  return [{ when, path, field: fieldPath(path).field, mayBeFirst }];
}
