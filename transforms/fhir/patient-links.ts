import type { Issue } from '../../engine/index.ts';
import type {
  Contribution,
  IdentityStatement,
  StatedIdentifier,
  StatedPatient,
} from './contribution.ts';
import { readReference } from './references.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What the links of Patients say of who is whom (https://hl7.org/fhir/R4/patient.html#maintenance;
 * IHE ITI-104 resolves a duplicate by `replaced-by` on a Patient that is not active). References
 * inside must have been rewritten to our ids.
 */
export function statementsOf(contributions: readonly Contribution[]): {
  readonly statements: readonly IdentityStatement[];
  readonly issues: readonly Issue[];
} {
  const statements: IdentityStatement[] = [];
  const issues: Issue[] = [];
  for (const patient of contributions) {
    if (patient.type !== 'Patient' || !Array.isArray(patient.set.link)) continue;
    for (const link of patient.set.link) {
      const said = statementOf(patient, objectOf(link) ?? {});
      if (said === undefined) issues.push(unusableLink);
      else statements.push(said);
    }
  }
  return { statements, issues };
}

function statementOf(patient: Contribution, link: Json): IdentityStatement | undefined {
  const self: StatedPatient = {
    resource: patient.id,
    identifiers: listOf(patient.set.identifier).flatMap(identifierOf),
  };
  const other = otherOf(objectOf(link.other) ?? {});
  if (other === undefined) return undefined;
  switch (link.type) {
    case 'replaced-by':
      if (patient.set.active !== false) return undefined;
      return { verb: 'merge', trigger: 'replaced-by', kept: other, other: self };
    case 'replaces':
      return { verb: 'merge', trigger: 'replaces', kept: self, other };
    case 'refer':
    case 'seealso':
      return { verb: 'link', trigger: link.type, kept: self, other };
    default:
      return undefined;
  }
}

/** By identifier, by `Patient?identifier=system|value`, or by id. */
function otherOf({ reference, identifier }: Json): StatedPatient | undefined {
  const identifiers = identifierOf(identifier);
  if (typeof reference !== 'string') return identifiers.length === 0 ? undefined : { identifiers };
  const searched = /^(?:https?:\/\/.+\/)?Patient\?identifier=([^&]+)$/.exec(reference)?.[1];
  if (searched !== undefined) {
    const [system, value] = decoded(searched).split('|');
    return system && value ? { identifiers: [{ system, value }] } : undefined;
  }
  const found = readReference(reference);
  if (found?.type === 'Patient') return { resource: found.id, identifiers };
  return identifiers.length === 0 ? undefined : { identifiers };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function identifierOf(value: unknown): StatedIdentifier[] {
  const identifier = objectOf(value);
  if (typeof identifier?.value !== 'string' || identifier.value === '') return [];
  const { system } = identifier;
  const [coding] = listOf(objectOf(identifier.type)?.coding);
  const type = objectOf(coding)?.code;
  return [
    {
      ...(typeof system === 'string' ? { system } : {}),
      value: identifier.value,
      ...(typeof type === 'string' ? { type } : {}),
    },
  ];
}

const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null ? (value as Json) : undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const unusableLink: Issue = {
  severity: 'warning',
  code: 'patient-link-unusable',
  diagnostics:
    'a link of this patient names nobody, is of an unknown type, or says `replaced-by` of a ' +
    'patient that is still active; it was not acted upon',
  path: 'Patient.link',
};
