import { type R4Definitions, r4Definitions, type StructureDefinition } from '../../fhir/index.ts';
import type { Questionnaire } from '../questionnaires/index.ts';
import { generateSnapshot } from '../snapshot/index.ts';
import { createValueSets, type ValueSets } from '../terms/index.ts';
import { findByCanonical, indexByCanonical } from './canonical.ts';
import type { FhirPackage } from './read-package.ts';

export type Definitions = {
  /**
   * By canonical URL, with or without `|version` (then the newest one), always with a snapshot;
   * undefined where it is not at hand, or where its snapshot cannot be made.
   */
  structure(canonical: string): StructureDefinition | undefined;
  /** By canonical URL, with or without `|version`. */
  questionnaire(canonical: string): Questionnaire | undefined;
  /** What the value sets hold, as far as it can be counted up from what is at hand. */
  readonly valueSets: ValueSets;
};

type Packaged = Pick<FhirPackage, 'structures' | 'valueSets' | 'codeSystems'> &
  Partial<Pick<FhirPackage, 'questionnaires'>>;

/** Deeper chains of profiles on profiles than this are a circle. */
const derivationsMax = 50;

/** R4's definitions and those of packages, several versions of one side by side. */
export function createDefinitions(
  packages: readonly Packaged[] = [],
  r4: R4Definitions = r4Definitions(),
): Definitions {
  const structures = indexByCanonical(packages.flatMap((one) => one.structures));
  const sets = indexByCanonical(packages.flatMap((one) => one.valueSets));
  const systems = indexByCanonical(packages.flatMap((one) => one.codeSystems));
  const questionnaires = indexByCanonical(packages.flatMap((one) => one.questionnaires ?? []));
  const whole = new Map<StructureDefinition, StructureDefinition | undefined>();
  const find = (canonical: string, depth: number): StructureDefinition | undefined => {
    // R4's own definitions are what a package for R4 builds on, whatever copies it brings.
    const core = r4.structure(canonical.split('|')[0]!);
    if (core !== undefined) return core;
    const found = findByCanonical(structures, canonical);
    if (found === undefined || found.snapshot !== undefined) return found;
    if (whole.has(found)) return whole.get(found);
    const made =
      depth > derivationsMax ? undefined : generateSnapshot(found, (base) => find(base, depth + 1));
    whole.set(found, made);
    return made;
  };
  return {
    structure: (canonical) => find(canonical, 0),
    questionnaire: (canonical) => findByCanonical(questionnaires, canonical),
    valueSets: createValueSets(r4, {
      codeSystem: (url) => findByCanonical(systems, url),
      valueSet: (url) => findByCanonical(sets, url),
    }),
  };
}
