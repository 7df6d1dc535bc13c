import type { Issue, ResourceLine, Work } from '../../../engine/index.ts';
import type { Contribution, Conversion } from '../../../transforms/fhir/index.ts';
import {
  apply,
  joinElements,
  type SaidText,
  saidBy,
  splitElements,
  splitSaid,
} from '../fold/index.ts';
import { spell, spellAll } from '../history.ts';
import { listContribution, moveContribution } from '../inner/index.ts';
import { lineOf, linesOf } from '../lines.ts';
import type { State } from '../resource-cache.ts';
import { isInner, listType, unpackId } from '../rows/index.ts';
import { append, create, isInOrder, load, type Origin, type Spine, save } from '../spine.ts';
import { endLeftOut, type ListChange } from './list-changes.ts';
import { beginMoves, followMoves } from './move-changes.ts';
import { refold } from './refold.ts';
import { repetition, saidBefore } from './repeats.ts';

/**
 * Writes what a message says, once: a second run of the same generation writes nothing and gives
 * the same lines, a generation that a later one has overtaken writes nothing and gives none.
 * Answers with one line for each resource that it changed or spoke of, and what an analyst should
 * know of it.
 */
export function writeMessage(
  spine: Spine,
  work: Work<Conversion>,
): { readonly written: readonly ResourceLine[]; readonly issues: readonly Issue[] } {
  const { id, generation, receivedUs } = work;
  const earlier = generationsOf(spine, id);
  const last = earlier[0] ?? -1;
  if (last === generation)
    return { written: linesOf(spine.reading, spine.words, id, generation), issues: none };
  if (last > generation) return { written: none, issues: none };
  const before = saidBefore(spine, id, earlier);
  const origin: Origin = { id, generation, receivedUs, earlier, before };
  const { contributions, lists = none, moves = none } = work.body;
  // What may throw for bad input comes before the first write.
  const said = contributions.map(saidBy);
  spine.listHistories.clear();
  beginMoves(spine, work, earlier);
  const first = spine.pack.nextRow();
  const touched = new Map<number, State>();
  const changes = lists.length === 0 ? none : writeLists(spine, origin, lists, touched);
  const listOf = listNumbers(changes);
  for (const [at, move] of moves.entries()) {
    const contribution = moveContribution(move);
    const ordinal = changes.length + at;
    const state = contribute(spine, origin, ordinal, contribution, saidBy(contribution));
    touched.set(state.no, state);
  }
  const inner = changes.length + moves.length;
  for (let at = 0; at < contributions.length; at += 1) {
    const contribution = contributions[at]!;
    const list = listOf?.get(contribution.id);
    const own = list === undefined ? said[at]! : { ...said[at]!, list };
    const state = contribute(spine, origin, inner + at, contribution, own);
    touched.set(state.no, state);
  }
  if (earlier.length > 0) retract(spine, origin, inner + contributions.length, touched);
  const issues = followMoves(spine, origin, touched);
  endLeftOut(spine, origin, changes, touched);
  spine.pack.flush();
  addOrigin(spine, work, first);
  spine.newest = Math.max(spine.newest, id);
  spine.cache.settle();
  const lines: ResourceLine[] = [];
  for (const state of touched.values()) {
    if (!isInner(state.type)) lines.push(...lineOf(state, state.text));
  }
  return { written: lines, issues };
}

/** The generations of the message that are written, the latest first. */
function generationsOf(spine: Spine, message: number): readonly number[] {
  if (message > spine.newest) return none;
  return spine.writing.generations.all(message).map(({ generation }) => generation);
}

const none: readonly never[] = [];

/** The lists come first, so that what stands on them can name them. */
function writeLists(
  spine: Spine,
  origin: Origin,
  lists: NonNullable<Conversion['lists']>,
  touched: Map<number, State>,
): readonly ListChange[] {
  return lists.map((listing, ordinal) => {
    const contribution = listContribution(listing);
    const known = load(spine, listType, contribution.id);
    const inOrder = known === undefined || isInOrder(origin, known);
    const before = known?.text;
    const state = contribute(spine, origin, ordinal, contribution, saidBy(contribution));
    touched.set(state.no, state);
    return { listing, state, inOrder, before };
  });
}

/** Number of the list that a resource stands on, by the resource's id. */
function listNumbers(changes: readonly ListChange[]): ReadonlyMap<string, number> | undefined {
  if (changes.length === 0) return undefined;
  const numbers = new Map<string, number>();
  for (const { listing, state } of changes)
    for (const id of [...listing.listed, ...listing.gone]) numbers.set(id, state.no);
  return numbers;
}

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
  if (isInOrder(origin, state)) {
    follow(spine, origin, state, said);
    return state;
  }
  const repeated = repetition(origin.before.get(state.no), said);
  if (repeated === undefined) refold(spine, state, origin, ordinal, said);
  else {
    append(spine, state, origin, undefined, repeated);
    save(spine, state);
  }
  return state;
}

function begin(spine: Spine, origin: Origin, state: State, said: SaidText): State {
  if (said.deleted) {
    append(spine, state, origin, '', spellAll(said));
    return state;
  }
  if (said.initial === undefined) {
    append(spine, state, origin, said.set, spellAll(said));
    return state;
  }
  const { set, initial } = splitSaid(said);
  const elements = new Map([...initial, ...set]);
  append(spine, state, origin, joinElements(elements), spell(said, set, elements));
  return state;
}

/** The usual case: nobody newer has spoken of the resource, so the fold goes one step on. */
function follow(spine: Spine, origin: Origin, state: State, said: SaidText): void {
  const { initial, without, set, corrects, deleted } = said;
  if (deleted) {
    append(spine, state, origin, state.text === '' ? undefined : '', spellAll(said));
    save(spine, state);
    return;
  }
  const isPlain = initial === undefined && without === undefined && !corrects;
  // Feeds repeat a patient with every message: the same text again needs no reading of the old one.
  if (isPlain && set === state.text) {
    append(spine, state, origin, undefined, spellAll(said));
  } else {
    const gone = state.text === '';
    const elements = splitElements(state.text);
    const parts = splitSaid(said);
    const changed = apply(elements, parts) || gone;
    const text = changed ? joinElements(elements) : undefined;
    append(spine, state, origin, text, spell(said, parts.set, elements));
  }
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
