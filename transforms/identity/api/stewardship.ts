import type { Merged, Named } from '../desk/index.ts';
import { downstreamOf, type Unmerged } from '../registry/index.ts';
import { refused } from './outcome.ts';
import { type Given, type Part, parametersOf, readParameters } from './parameters.ts';
import { eventPart } from './persons.ts';
import type { Handler, Service } from './service.ts';
import { dress } from './written.ts';

/** Who orders it: a name in the body, else whoever's token it is. */
function stewardOf(given: Given, principal: string, { nowUs }: Service) {
  const reason = given.text('reason')?.trim();
  if (reason === undefined) throw refused('parameter-missing', 'an order needs a reason');
  const second = given.text('second');
  const by = given.text('by') ?? principal;
  return { by, reason, atUs: nowUs(), ...(second === undefined ? {} : { second }) };
}

/**
 * POST Patient/$merge, as R5 has it: the source is absorbed, the target survives; `preview` writes
 * nothing. `reason`, and `by` and `second` where a veto needs two stewards, are ours.
 */
export const mergePatients: Handler = async (c, service) => {
  const given = await readParameters(c.req.raw);
  const steward = stewardOf(given, c.env.principal?.id ?? '', service);
  const merged = await service.desk.ask('merge', {
    ...steward,
    survivor: given.named('target-patient', 'target-patient-identifier'),
    absorbed: given.named('source-patient', 'source-patient-identifier'),
    preview: given.flag('preview'),
  });
  return {
    body: mergeAnswer(merged, given.flag('preview'), service),
    touched: { persons: [merged.survivor, merged.absorbed], records: merged.view.records },
    by: steward.by,
  };
};

function mergeAnswer(merged: Merged, isPreview: boolean, { sourcePatient }: Service) {
  const diagnostics = isPreview
    ? 'nothing was written: this is what the merge would give'
    : `merged; ${merged.merge} undoes it`;
  const issue = [{ severity: 'information', code: 'informational', diagnostics }];
  return parametersOf([
    { name: 'outcome', resource: { resourceType: 'OperationOutcome', issue } },
    { name: 'result', resource: dress(merged.view, sourcePatient) },
    ...(isPreview ? [] : [{ name: 'merge', valueInteger: merged.merge }]),
    { name: 'survivor', valueReference: { reference: `Person/${merged.survivor}` } },
    { name: 'absorbed', valueReference: { reference: `Person/${merged.absorbed}` } },
  ]);
}

/**
 * POST Person/ID/$unmerge: takes back the merge of this number (`merge`), or gives the records of
 * these numbers (`record`) a person of their own, or takes back the newest merge. `undo` restores
 * the state before; without it the two are never linked again. `republish` runs the messages of the
 * meantime once more.
 */
export const unmergePerson: Handler = async (c, service) => {
  const given = await readParameters(c.req.raw);
  const steward = stewardOf(given, c.env.principal?.id ?? '', service);
  const person = { id: c.req.param('id') ?? '' };
  const merge = given.whole('merge');
  if (merge !== undefined) await requireMergeOf(person, merge, service);
  const unmerged = await service.desk.ask('unmerge', {
    ...{ ...steward, undo: given.flag('undo') },
    ...(merge === undefined ? { person, records: given.namedAll('record') } : { merge }),
  });
  const count = given.flag('republish')
    ? await service.republish(unmerged.messages, steward.by)
    : undefined;
  return {
    body: unmergeAnswer(unmerged, count, service),
    touched: { persons: [unmerged.survivor, unmerged.restored], records: unmerged.moved },
    by: steward.by,
  };
};

/** The number in the body must be of the person in the path. */
async function requireMergeOf(of: Named, merge: number, { desk }: Service): Promise<void> {
  const { events } = await desk.ask('history', { of });
  if (!events.some(({ seq, type }) => seq === merge && type === 'merged'))
    throw refused('identity-not-merged', 'this person has no merge of this number');
}

function unmergeAnswer(unmerged: Unmerged, republished: number | undefined, service: Service) {
  const items = [...downstreamOf(unmerged, service.downstream)];
  return parametersOf([
    { name: 'unmerge', valueInteger: unmerged.unmerge },
    { name: 'survivor', valueReference: { reference: `Person/${unmerged.survivor}` } },
    { name: 'restored', valueReference: { reference: `Person/${unmerged.restored}` } },
    ...unmerged.messages.map((message) => ({ name: 'message', valueInteger: message })),
    ...items.map(
      ({ kind, what, message }): Part => ({
        name: 'downstream',
        part: [
          { name: 'kind', valueCode: kind },
          { name: 'what', valueString: what },
          ...(message === undefined ? [] : [{ name: 'message', valueInteger: message }]),
        ],
      }),
    ),
    ...(republished === undefined ? [] : [{ name: 'republished', valueInteger: republished }]),
  ]);
}

/** POST Patient/$explain of two records or persons, `a` and `b`. */
export const explainPatients: Handler = async (c, { desk }) => {
  const given = await readParameters(c.req.raw);
  const told = await desk.ask('explain', { a: given.named('a'), b: given.named('b') });
  const { assessment, path, persons, records } = told;
  const body = parametersOf([
    { name: 'isOnePerson', valueBoolean: told.isOnePerson },
    ...persons.map((id) => ({ name: 'person', valueReference: { reference: `Person/${id}` } })),
    { name: 'mayNotLink', valueBoolean: told.mayNotLink },
    { name: 'verdict', valueCode: told.verdict },
    ...told.reasons.map((reason) => ({ name: 'reason', valueCode: reason })),
    { name: 'p', valueDecimal: assessment.p },
    { name: 'weight', valueDecimal: assessment.weight },
    ...assessment.bars.map(({ comparison, level, weight }) => ({
      name: 'bar',
      part: [
        { name: 'comparison', valueCode: comparison },
        { name: 'level', valueCode: level },
        { name: 'weight', valueDecimal: weight },
      ],
    })),
    ...assessment.vetoes.map(({ id }) => ({ name: 'veto', valueCode: id })),
    ...assessment.agreeing.map((group) => ({ name: 'agreeing', valueCode: group })),
    ...path.map(({ a, b, kind, weight, seq }) => ({
      name: 'edge',
      part: [
        { name: 'a', valueInteger: a },
        { name: 'b', valueInteger: b },
        { name: 'kind', valueCode: kind },
        { name: 'weight', valueDecimal: weight },
        { name: 'number', valueInteger: seq },
      ],
    })),
    ...told.events.map(eventPart),
    { name: 'policy', valueString: told.policy },
    { name: 'model', valueString: told.model },
  ]);
  return { body, touched: { persons, records } };
};
