import type { ResourceLine, Work } from '../../engine/index.ts';
import type { Contribution, Conversion } from '../../transforms/fhir/index.ts';
import {
  apply,
  type Elements,
  fold,
  type Placed,
  render,
  type Said,
  saidBy,
  sameElements,
  toElements,
} from './fold.ts';
import { elementNames, readHistory, retractionMark } from './history.ts';
import { linesOf } from './lines.ts';
import type { State } from './resource-cache.ts';
import { packId, unpackId } from './schema.ts';
import {
  append,
  load,
  nextVersion,
  type Origin,
  type Spelling,
  type Spine,
  save,
  tallyOf,
} from './spine.ts';

/**
 * Writes what a message says, once: a second run of the same generation writes nothing and gives
 * the same lines, a generation that a later one has overtaken writes nothing and gives none.
 * Answers with one line for each resource that it changed or spoke of.
 */
export function writeMessage(spine: Spine, work: Work<Conversion>): readonly ResourceLine[] {
  const { id, generation, receivedUs } = work;
  const last = spine.writing.lastGeneration.get(id)?.generation ?? -1;
  if (last === generation) return linesOf(spine.reading, spine.words, id, generation);
  if (last > generation) return [];
  const origin: Origin = { id, generation, receivedUs, again: last >= 0 };
  const { contributions } = work.body;
  // What may throw for bad input comes before the first write.
  const said = contributions.map(saidBy);
  addOrigin(spine, work);
  const touched = new Map<number, State>();
  for (let ordinal = 0; ordinal < contributions.length; ordinal += 1) {
    const state = contribute(spine, origin, ordinal, contributions[ordinal]!, said[ordinal]!);
    touched.set(state.no, state);
  }
  if (origin.again) retract(spine, origin, contributions.length, touched);
  const lines: ResourceLine[] = [];
  for (const { type, id: resource, body } of touched.values())
    if (body !== '') lines.push({ type, id: resource, json: body });
  return lines;
}

function addOrigin(spine: Spine, work: Work<Conversion>): void {
  const { words, writing } = spine;
  const { mapping, maps, identity } = work.body.provenance;
  writing.addOrigin.run(
    work.id,
    work.generation,
    Buffer.from(work.sha256, 'hex'),
    words.no(work.channel),
    words.no(work.revision),
    words.no(mapping),
    words.no(maps.join(' ')),
    work.receivedUs,
    identity?.person ?? null,
    identity === undefined ? null : words.no(identity.method),
    identity?.by ?? null,
  );
}

function contribute(
  spine: Spine,
  origin: Origin,
  ordinal: number,
  { type, id }: Contribution,
  said: Said,
): State {
  const state = load(spine, type, id);
  if (state === undefined) return create(spine, origin, ordinal, type, id, said);
  const inOrder = origin.id > state.newest || (origin.id === state.newest && !origin.again);
  if (inOrder) follow(spine, origin, ordinal, state, said);
  else refold(spine, state, origin, ordinal, said);
  return state;
}

function create(
  spine: Spine,
  origin: Origin,
  ordinal: number,
  type: string,
  id: string,
  said: Said,
): State {
  spine.lastResource += 1;
  const state: State = {
    no: spine.lastResource,
    type,
    id,
    last: 0,
    current: 0,
    version: 0,
    newest: origin.id,
    changedMs: 0,
    body: '',
    elements: undefined,
  };
  nextVersion(spine, state, origin);
  const elements = said.initial.size === 0 ? said.set : new Map([...said.initial, ...said.set]);
  const body = render(state, elements);
  append(spine, state, origin, ordinal, body, spell(said, said.initial.size === 0));
  const { last, current, version, newest, changedMs, no } = state;
  const typeNo = spine.words.no(type);
  spine.writing.addResource.run(last, current, version, newest, changedMs, no, typeNo, packId(id));
  tallyOf(spine, type).resources += 1;
  spine.cache.put(state);
  return state;
}

/** The usual case: nobody newer has spoken of the resource, so the fold goes one step on. */
function follow(spine: Spine, origin: Origin, ordinal: number, state: State, said: Said): void {
  // Feeds repeat a patient with every message: the same text again needs no reading of the old one.
  const isPlain = state.elements === undefined && said.initial.size === 0;
  if (isPlain && render(state, said.set) === state.body) {
    append(spine, state, origin, ordinal, null, spell(said, false));
    save(spine, state);
    return;
  }
  const gone = state.body === '';
  state.elements ??= gone ? new Map() : toElements(JSON.parse(state.body));
  const changed = apply(state.elements, said) || gone;
  if (changed) nextVersion(spine, state, origin);
  const body = changed ? render(state, state.elements) : null;
  const all = body !== null && state.elements.size === said.set.size;
  append(spine, state, origin, ordinal, body, spell(said, all));
  save(spine, state);
}

/** A late message, a later generation or a retraction: the whole history decides. */
function refold(
  spine: Spine,
  state: State,
  origin: Origin,
  ordinal: number,
  said: Said | undefined,
): void {
  const { id: message, generation } = origin;
  const placed: Placed = {
    ...(said ?? { set: new Map(), initial: new Map(), remove: [], whole: false }),
    message,
    generation,
    ordinal,
    retraction: said === undefined,
  };
  const elements = fold([...readHistory(spine.reading, state.last), placed]);
  const before = state.body === '' ? undefined : toElements(JSON.parse(state.body));
  const same =
    elements === undefined || before === undefined
      ? elements === before
      : sameElements(elements, before);
  if (!same) nextVersion(spine, state, origin);
  const body = same ? null : elements === undefined ? '' : render(state, elements);
  const spelling: Spelling =
    said === undefined
      ? { elements: retractionMark, removed: null, own: null }
      : { ...spell(said, false), own: initialOf(said) + jsonOf(said.set) };
  append(spine, state, origin, ordinal, body, spelling);
  // When the fold changed nothing the text in force stays, and with it the order of its elements.
  if (!same) state.elements = elements;
  save(spine, state);
}

/** A later generation takes back what earlier ones said of resources it no longer speaks of. */
function retract(spine: Spine, origin: Origin, from: number, touched: Map<number, State>): void {
  let ordinal = from;
  for (const { resource: no } of spine.writing.touched.all(origin.id, origin.generation)) {
    if (touched.has(no)) continue;
    const row = spine.reading.resourceByNo.get(no)!;
    const state = load(spine, spine.words.text(row.type), unpackId(row.id))!;
    refold(spine, state, origin, ordinal, undefined);
    touched.set(no, state);
    ordinal += 1;
  }
}

function spell(said: Said, all: boolean): Spelling {
  const removed = said.remove.length === 0 ? null : said.remove.join(',');
  return { elements: elementNames(said, all), removed, own: initialOf(said) || null };
}

/** The line of its initial values, '' when it has none: no version shows which those were. */
const initialOf = ({ initial }: Said): string =>
  initial.size === 0 ? '' : `?${jsonOf(initial)}\n`;

/** Elements as a JSON object. */
const jsonOf = (elements: Elements): string =>
  `{${[...elements].map(([name, text]) => `"${name}":${text}`).join(',')}}`;
