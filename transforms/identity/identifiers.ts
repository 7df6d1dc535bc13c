import type { Contribution } from '../fhir/index.ts';
import { normaliseIdentifiers, type RawIdentifier } from './normalise/index.ts';
import type { PersonIdentifier } from './record.ts';

/** What a Patient offers: the identifier that its source files it under first. */
export type Offered = {
  readonly usable: readonly PersonIdentifier[];
  /** How many were left out as placeholders (`UNKNOWN`, `000-00-0000`). */
  readonly placeholders: number;
};

type LooseIdentifier = {
  readonly system?: unknown;
  readonly value?: unknown;
  readonly use?: unknown;
  readonly type?: { readonly coding?: readonly { readonly code?: unknown }[] };
};

/** The identifiers of a Patient by which it may be linked, the medical record number first. */
export function identifiersOf(patient: Contribution): Offered {
  const { identifiers, placeholders } = normaliseIdentifiers(rawIdentifiersOf(patient));
  return { usable: identifiers, placeholders };
}

/** The identifiers of a Patient as its source wrote them, whatever they are. */
export function rawIdentifiersOf(patient: Contribution): readonly RawIdentifier[] {
  const listed = patient.set.identifier;
  if (!Array.isArray(listed)) return [];
  return (listed as LooseIdentifier[]).flatMap((identifier) => {
    const { system, value, use } = identifier ?? {};
    if (typeof system !== 'string' || typeof value !== 'string') return [];
    return { system, value, type: typesOf(identifier), isOld: use === 'old' };
  });
}

function typesOf(identifier: LooseIdentifier): readonly string[] {
  const coding = identifier.type?.coding;
  if (!Array.isArray(coding)) return [];
  return coding.flatMap(({ code }) => (typeof code === 'string' ? [code] : []));
}
