import type { PersonLink, PersonStory, ToldEvent } from '../desk/index.ts';
import { bundleOf } from './match.ts';
import { refused } from './outcome.ts';
import { type Part, parametersOf } from './parameters.ts';
import type { Handler, Reply } from './service.ts';
import { dress } from './written.ts';

/**
 * GET Person/ID: the person with the sources' Patients. The id of a person who was absorbed leads
 * on to the one who is known now (307: an unmerge may give the id back).
 */
export const readPerson: Handler = async (c, { desk, sourcePatient }) => {
  const story = await desk.ask('person', { id: c.req.param('id') ?? '' });
  const { view, links } = story;
  const touched = touchedBy(story);
  if (story.isAbsorbed) return movedTo(`/fhir/Person/${view.person}`, touched);
  const { name, telecom, gender, birthDate, address, identifier } = dress(view, sourcePatient);
  const body = {
    ...{ resourceType: 'Person', id: view.person, active: true },
    ...{ identifier, name, telecom, gender, birthDate, address },
    link: links.flatMap(linkOf),
  };
  return { body, touched };
};

const linkOf = ({ patients, assurance }: PersonLink) =>
  patients.map((id) => ({ target: { reference: `Patient/${id}` }, assurance }));

const touchedBy = ({ view }: PersonStory) => ({ persons: [view.person], records: view.records });

function movedTo(location: string, touched: Reply['touched']): Reply {
  const issue = {
    severity: 'information',
    code: 'informational',
    details: { coding: [{ system: 'urn:plexus:codes', code: 'identity-merged' }] },
    diagnostics: 'this person was merged into another one',
  };
  const body = { resourceType: 'OperationOutcome', issue: [issue] };
  return { body, status: 307, headers: { Location: location }, touched };
}

/**
 * GET Patient/ID: the golden record of a person, or the Patient of a source as it stands. A person
 * who was absorbed reads as FHIR has it: inactive, replaced by the survivor.
 */
export const readPatient: Handler = async (c, { desk, sourcePatient }) => {
  const id = c.req.param('id') ?? '';
  const source = sourcePatient(id);
  if (source !== undefined) return { body: JSON.parse(source) as object, touched: { persons: [] } };
  const story = await desk.ask('person', { id });
  const touched = touchedBy(story);
  if (!story.isAbsorbed) return { body: dress(story.view, sourcePatient), touched };
  const other = { reference: `Patient/${story.view.person}` };
  const link = [{ other, type: 'replaced-by' }];
  return { body: { resourceType: 'Patient', id, active: false, link }, touched };
};

/** GET Linkage/ID of a person: the sources' Patients that are one; 404 for a single one. */
export const readLinkage: Handler = async (c, { desk }) => {
  const story = await desk.ask('person', { id: c.req.param('id') ?? '' });
  const { view } = story;
  if (story.isAbsorbed) return movedTo(`/fhir/Linkage/${view.person}`, touchedBy(story));
  const linkage = linkageOf(story);
  if (linkage === undefined)
    throw refused('identity-unknown-person', 'this person is one Patient, which links nothing');
  return { body: linkage, touched: touchedBy(story) };
};

/** GET Linkage?item=Patient/ID (or `source`): what that Patient, or person, is linked to. */
export const searchLinkage: Handler = async (c, { desk }) => {
  const item = c.req.query('item') ?? c.req.query('source');
  const id =
    item === undefined ? undefined : /^(?:Patient|Person)\/([0-9a-f-]{36})$/.exec(item)?.[1];
  if (id === undefined)
    throw refused('parameter-missing', 'search by item=Patient/ID or source=Patient/ID');
  const story = await desk.ask('person', { id });
  const linkage = linkageOf(story);
  const { origin } = new URL(c.req.url);
  const entry =
    linkage === undefined
      ? []
      : [
          {
            fullUrl: `${origin}/fhir/Linkage/${linkage.id}`,
            resource: linkage,
            search: { mode: 'match' },
          },
        ];
  return { body: bundleOf(entry, entry.length), touched: touchedBy(story) };
};

/** The Patient of the record that names the person is the source, the others are alternates. */
function linkageOf({ view, links }: PersonStory) {
  const item = links
    .flatMap(({ patients }) => patients)
    .map((id, at) => ({
      type: at === 0 ? 'source' : 'alternate',
      resource: { reference: `Patient/${id}` },
    }));
  if (item.length < 2) return undefined;
  return { resourceType: 'Linkage', id: view.person, active: true, item };
}

/** GET or POST Person/ID/$identity-history: what happened, without what is known of anybody. */
export const personHistory: Handler = async (c, { desk }) => {
  const { person, events } = await desk.ask('history', { of: { id: c.req.param('id') ?? '' } });
  const body = parametersOf([
    { name: 'person', valueReference: { reference: `Person/${person}` } },
    ...events.map(eventPart),
  ]);
  return { body, touched: { persons: [person] } };
};

/** An event as a part: number, time, type, cause, and the rest as one JSON text. */
export function eventPart({ seq, atUs, type, cause, ...rest }: ToldEvent): Part {
  return {
    name: 'event',
    part: [
      { name: 'number', valueInteger: seq },
      { name: 'at', valueInstant: new Date(atUs / 1000).toISOString() },
      { name: 'type', valueCode: type },
      { name: 'cause', valueString: JSON.stringify(cause) },
      { name: 'detail', valueString: JSON.stringify(rest) },
    ],
  };
}
