import type { Happening } from './happening.ts';
import { wallTime } from './hl7-text.ts';
import type { Random } from './random.ts';

export type FhirPost = { readonly path: string; readonly resource: Record<string, unknown> };

const mrnSystem = 'urn:oid:2.999.10.1';
const cardSystem = 'urn:oid:2.999.10.9';

/** Arrivals and departures as a transaction of Patient and Encounter, results as Observations. */
export function renderNorthGeneralFhir(happening: Happening, random: Random): FhirPost {
  if (happening.order === undefined) {
    return { path: '/fhir', resource: arrival(happening, random) };
  }
  return { path: '/fhir/Observation', resource: vitalSign(happening, random) };
}

function arrival(happening: Happening, random: Random): Record<string, unknown> {
  const { person, visit, trigger, sequence } = happening;
  const patient = `urn:uuid:${random.uuid()}`;
  const encounter = `urn:uuid:${random.uuid()}`;
  const end = trigger === 'A03' ? { end: dateTime(happening.atMs) } : {};
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    identifier: { system: 'urn:oid:2.999.10.1.7', value: `NGF${sequence}` },
    entry: [
      {
        fullUrl: patient,
        resource: patientOf(person),
        request: { method: 'PUT', url: `Patient/ng-${person.mrn}` },
      },
      {
        fullUrl: encounter,
        resource: {
          resourceType: 'Encounter',
          id: `ng-${visit.number}`,
          identifier: [{ system: `${mrnSystem}.2`, value: visit.number }],
          status: trigger === 'A03' ? 'finished' : 'in-progress',
          class: {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
            code: { I: 'IMP', O: 'AMB', E: 'EMER' }[visit.patientClass],
          },
          subject: { reference: patient },
          period: { start: dateTime(visit.admittedMs), ...end },
        },
        request: { method: 'PUT', url: `Encounter/ng-${visit.number}` },
      },
    ],
  };
}

function patientOf(person: Happening['person']): Record<string, unknown> {
  const { birthDate } = person;
  return {
    resourceType: 'Patient',
    id: `ng-${person.mrn}`,
    identifier: [
      { system: mrnSystem, value: person.mrn },
      { system: cardSystem, value: person.card },
    ],
    name: [{ use: 'official', family: person.family, given: [person.given] }],
    gender: person.sex === 'F' ? 'female' : 'male',
    birthDate: `${birthDate.slice(0, 4)}-${birthDate.slice(4, 6)}-${birthDate.slice(6)}`,
    address: [
      { line: [person.street], city: person.city, state: person.state, postalCode: person.zip },
    ],
  };
}

function vitalSign({ person, visit, atMs, sequence }: Happening, random: Random) {
  const unit = { unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' };
  return {
    resourceType: 'Observation',
    id: `ng-hr-${sequence}`,
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'vital-signs',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] },
    subject: { reference: `Patient/ng-${person.mrn}` },
    encounter: { reference: `Encounter/ng-${visit.number}` },
    effectiveDateTime: dateTime(atMs),
    valueQuantity: { value: random.int(48, 130), ...unit },
  };
}

function dateTime(ms: number): string {
  const { year, month, day, hour, minute, second } = wallTime(ms);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}-05:00`;
}
