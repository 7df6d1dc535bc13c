import type { StructureDefinition } from '../../fhir/index.ts';
export function generateSnapshot(
  of: StructureDefinition,
  find: (canonical: string) => StructureDefinition | undefined,
): StructureDefinition | undefined {
  void find;
  return of.snapshot === undefined ? undefined : of;
}
