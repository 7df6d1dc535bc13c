import type { PersonView } from '../desk/index.ts';
import { refused } from './outcome.ts';
import { givenBy, readJson } from './parameters.ts';
import type { Handler, Service } from './service.ts';
import { dress } from './written.ts';

/** https://hl7.org/fhir/R4/extension-match-grade.html */
const gradeUrl = 'http://hl7.org/fhir/StructureDefinition/match-grade';

const countDefault = 20;
const countMax = 100;

/** IHE ITI-119: POST Parameters, or a bare Patient, to Patient/$match. */
export const matchPatient: Handler = async (c, service) => {
  const body = await readJson(c.req.raw);
  const given = body.resourceType === 'Patient' ? undefined : givenBy(body);
  const patient = given === undefined ? body : given.resource('resource');
  if (patient === undefined)
    throw refused('parameter-missing', 'the parameter resource is missing');
  if (patient.resourceType !== 'Patient')
    throw refused('parameter-invalid', 'the parameter resource is not a Patient');
  if (patient.modifierExtension !== undefined || patient.implicitRules !== undefined)
    throw refused('parameter-invalid', 'the Patient has rules or extensions that change its sense');
  const found = await service.desk.ask('match', {
    patient: identifying(patient),
    onlyCertain: given?.flag('onlyCertainMatches') ?? false,
    count: Math.min(given?.whole('count') ?? countDefault, countMax),
  });
  const entry = found.map(({ view, grade, score }) => ({
    ...entryOf(c.req.url, view, service),
    search: { extension: [{ url: gradeUrl, valueCode: grade }], mode: 'match', score },
  }));
  return {
    body: bundleOf(entry, found.length),
    touched: {
      persons: found.map(({ view }) => view.person),
      records: found.flatMap(({ view }) => view.records),
    },
  };
};

/** What says who somebody is, and nothing else, goes on. */
function identifying(patient: Readonly<Record<string, unknown>>) {
  const { identifier, name, birthDate, gender, address, telecom, extension } = patient;
  const { deceasedBoolean, deceasedDateTime, multipleBirthBoolean, multipleBirthInteger } = patient;
  return {
    ...{ identifier, name, birthDate, gender, address, telecom, extension },
    ...{ deceasedBoolean, deceasedDateTime, multipleBirthBoolean, multipleBirthInteger },
  };
}

export function entryOf(url: string, view: PersonView, service: Pick<Service, 'sourcePatient'>) {
  const { origin } = new URL(url);
  return {
    fullUrl: `${origin}/fhir/Patient/${view.person}`,
    resource: dress(view, service.sourcePatient),
  };
}

export const bundleOf = (
  entry: readonly object[],
  total: number,
  link: readonly object[] = [],
) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  total,
  ...(link.length === 0 ? {} : { link }),
  ...(entry.length === 0 ? {} : { entry }),
});
