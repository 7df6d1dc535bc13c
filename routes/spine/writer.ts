import type { ResourceLine, Work } from '../../engine/index.ts';
import type { Contribution, Conversion } from '../../transforms/fhir/index.ts';
import { type Elements, joinElements, render, splitElements } from './elements.ts';
import {
  apply,
  fold,
  type Placed,
  type Said,
  type SaidText,
  saidBy,
  sameElements,
  splitSaid,
} from './fold.ts';
import { correctionMark, readHistory, retractionMark } from './history.ts';
import { linesOf } from './lines.ts';
import type { State } from './resource-cache.ts';
import { unpackId } from './schema.ts';
import { append, create, load, type Origin, type Spelling, type Spine, save } from './spine.ts';

/**
 * Writes what a message says, once: a second run of the same generation writes nothing and gives
 * the same lines, a generation that a later one has overtaken writes nothing and gives none.
 * Answers with one line for each resource that it changed or spoke of.
 */
export function writeMessage(spine: Spine, work: Work<Conversion>): readonly ResourceLine[] {
  const { id, generation, receivedUs } = work;
  const earlier = generationsOf(spine, id);
  const last = earlier[0] ?? -1;
  if (last === generation) return linesOf(spine.reading, spine.words, id, generation);
  if (last > generation) return [];
  const origin: Origin = { id, generation, receivedUs, earlier };
  const { contributions } = work.body;
  // What may throw for bad input comes before the first write.
  const said = contributions.map(saidBy);
  const first = spine.pack.nextRow();
  const touched = new Map<number, State>();
  for (let ordinal = 0; ordinal < contributions.length; ordinal += 1) {
    const state = contribute(spine, origin, ordinal, contributions[ordinal]!, said[ordinal]!);
    touched.set(state.no, state);
  }
  if (earlier.length > 0) retract(spine, origin, contributions.length, touched);
  spine.pack.flush();
  addOrigin(spine, work, first);
  spine.newest = Math.max(spine.newest, id);
  spine.cache.settle();
  const lines: ResourceLine[] = [];
  for (const state of touched.values()) {
    const { type, text } = state;
    if (text !== '') lines.push({ type, id: state.id, json: render(state, text) });
  }
  return lines;
}

/** The generations of the message that are written, the latest first. */
function generationsOf(spine: Spine, message: number): readonly number[] {
  if (message > spine.newest) return none;
  return spine.writing.generations.all(message).map(({ generation }) => generation);
}

const none: readonly number[] = [];

function addOrigin(spine: Spine, work: Work<Conversion>, first: number): void {
  const { words, writing } = spine;
  const { mapping, maps, identity } = work.body.provenance;
  writing.addOrigin.run(
    work.id,
    work.generation,
    first,
    spine.pack.nextRow() - first,
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
  said: SaidText,
): State {
  const state = load(spine, type, id);
  if (state === undefined) return begin(spine, origin, create(spine, origin, type, id), said);
  const inOrder =
    origin.id > state.newest || (origin.id === state.newest && origin.earlier.length === 0);
  if (inOrder) follow(spine, origin, state, said);
  else refold(spine, state, origin, ordinal, splitSaid(said));
  return state;
}

function begin(spine: Spine, origin: Origin, state: State, said: SaidText): State {
  if (said.initial === undefined) {
    append(spine, state, origin, said.set, spellAll(said));
    return state;
  }
  const { set, initial } = splitSaid(said);
  const text = joinElements(new Map([...initial, ...set]));
  append(spine, state, origin, text, spell(said, set.keys()));
  return state;
}

/** The usual case: nobody newer has spoken of the resource, so the fold goes one step on. */
function follow(spine: Spine, origin: Origin, state: State, said: SaidText): void {
  // Feeds repeat a patient with every message: the same text again needs no reading of the old one.
  if (said.initial === undefined && said.set === state.text && !said.corrects) {
    append(spine, state, origin, undefined, spellAll(said));
  } else {
    const gone = state.text === '';
    const elements = splitElements(state.text);
    const parts = splitSaid(said);
    const changed = apply(elements, parts) || gone;
    const all = !said.corrects && said.initial === undefined && elements.size === parts.set.size;
    const text = changed ? joinElements(elements) : undefined;
    append(spine, state, origin, text, spellIn(elements, said, parts, all));
  }
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
    ...(said ?? { set: new Map(), initial: new Map(), remove: [], whole: false, corrects: false }),
    message,
    generation,
    ordinal,
    retraction: said === undefined,
  };
  spine.pack.flush();
  const elements = fold([...readHistory(spine.reading, state.last), placed]);
  const before = state.text === '' ? undefined : splitElements(state.text);
  const same =
    elements === undefined || before === undefined
      ? elements === before
      : sameElements(elements, before);
  // When the fold changed nothing the text in force stays, and with it the order of its elements.
  const text = same ? undefined : elements === undefined ? '' : joinElements(elements);
  append(spine, state, origin, text, said === undefined ? retraction : spellOwn(said));
  save(spine, state);
}

/** A later generation takes back what earlier ones said of resources it no longer speaks of. */
function retract(spine: Spine, origin: Origin, from: number, touched: Map<number, State>): void {
  let ordinal = from;
  const before = origin.earlier.flatMap((earlier) => spine.reading.effects(origin.id, earlier));
  for (const { resource: no } of before) {
    if (touched.has(no)) continue;
    const row = spine.reading.resourceByNo.get(no)!;
    const state = load(spine, spine.words.text(row.type), unpackId(row.id))!;
    refold(spine, state, origin, ordinal, undefined);
    touched.set(no, state);
    ordinal += 1;
  }
}

const retraction: Spelling = { elements: retractionMark, removed: undefined, own: undefined };

function spellIn(elements: Elements, said: SaidText, parts: Said, all: boolean): Spelling {
  for (const [name, text] of parts.set) if (elements.get(name) !== text) return spellOwn(parts);
  return all ? spellAll(said) : spell(said, parts.set.keys());
}

const markOf = ({ whole, corrects }: SaidText | Said): string =>
  whole ? '*' : corrects ? correctionMark : '';

const removedBy = ({ remove }: SaidText | Said): string | undefined =>
  remove.length === 0 ? undefined : remove.join(',');

/** It set all that the version in force holds, and had no initial values. */
const spellAll = (said: SaidText): Spelling => ({
  elements: said.whole ? '*' : undefined,
  removed: removedBy(said),
  own: undefined,
});

/** It set what the version in force holds under these names. */
const spell = (said: SaidText, names: Iterable<string>): Spelling => ({
  elements: markOf(said) + [...names].join(','),
  removed: removedBy(said),
  own: said.initial === undefined ? undefined : `?${said.initial}\n`,
});

/** The version in force need not show what it set. */
const spellOwn = (said: Said): Spelling => ({
  elements: markOf(said) + [...said.set.keys()].join(','),
  removed: removedBy(said),
  own: (said.initial.size === 0 ? '' : `?${joinElements(said.initial)}\n`) + joinElements(said.set),
});
