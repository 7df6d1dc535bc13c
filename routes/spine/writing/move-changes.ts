import type { Issue, Work } from '../../../engine/index.ts';
import type { Conversion } from '../../../transforms/fhir/index.ts';
import { splitElements } from '../fold/index.ts';
import { readHistory } from '../history.ts';
import { isToldBeside, movesOf, ownerOf, visitIn, visitsOf, whatMoves } from '../inner/index.ts';
import type { State } from '../resource-cache.ts';
import { isInner, moveType, unpackId } from '../rows/index.ts';
import { load, type Origin, type Spine, save } from '../spine.ts';
import { derive } from './refold.ts';

type Touched = Map<number, State>;

/** Notes of what the message speaks, and how it had moved; before anything is written. */
export function beginMoves(
  spine: Spine,
  { id: message, generation, body }: Work<Conversion>,
  earlier: readonly number[],
): void {
  const { moves } = spine;
  if (body.moves !== undefined) moves.any = true;
  if (body.moves?.some(({ what }) => what.startsWith('Account/'))) moves.anyAccount = true;
  if (!moves.any) return;
  moves.byReference.clear();
  const visits = body.contributions.flatMap(({ type, id }) =>
    type === 'Encounter' ? [`Encounter/${id}`] : [],
  );
  const spoken = new Set([...visits, ...earlier.flatMap((one) => visitsOf(spine, message, one))]);
  const before = new Map(
    [...spoken].map((visit) => [visit, JSON.stringify(movesOf(spine, visit))] as const),
  );
  moves.now = { message, generation, visits, before };
}

/**
 * Lets follow what belongs to what the message moved, and to what earlier ones moved where it
 * still says otherwise. Answers with what an analyst should know of it.
 */
export function followMoves(spine: Spine, origin: Origin, touched: Touched): readonly Issue[] {
  if (!spine.moves.any) return none;
  spine.pack.flush();
  spine.moves.byReference.clear();
  const codes = new Set<keyof typeof texts>();
  const own = [...touched.values()];
  const seen = new Set<number>();
  for (const what of movedBy(spine, touched)) {
    const former = new Set(movesOf(spine, what).map(({ from }) => from));
    follow(spine, what, (state) => {
      if (seen.has(state.no) || isInner(state.type) || state.text === '') return;
      seen.add(state.no);
      const isMoved = deriveOne(spine, state, origin, touched);
      const code = remarkOn(state.type, isMoved, former.has(ownerIn(state)));
      if (code !== undefined) codes.add(code);
    });
  }
  for (const state of own) {
    if (isInner(state.type) || seen.has(state.no) || !mayFollow(spine, state)) continue;
    if (deriveOne(spine, state, origin, touched)) codes.add('visit-moved-before');
  }
  return [...codes].map((code) => ({ severity: 'warning', code, diagnostics: texts[code] }));
}

const none: readonly Issue[] = [];

const ownerIn = ({ text }: State): string => ownerOf(splitElements(text)) ?? '';

function remarkOn(
  type: string,
  isMoved: boolean,
  isFormers: boolean,
): keyof typeof texts | undefined {
  if (type === 'AllergyIntolerance')
    return isFormers ? 'allergies-not-moved' : isMoved ? 'allergies-moved' : undefined;
  return type === 'Coverage' && isFormers ? 'coverage-not-moved' : undefined;
}

const texts = {
  'visit-moved-before':
    'the message names a visit under the patient from whom it moved: what it says is filed under ' +
    'the patient of the visit',
  'allergies-not-moved':
    'allergies that were told with the visit, and not with it alone, stay with the patient of ' +
    'whom they were told: somebody must look whose they are',
  'allergies-moved':
    'allergies that were told with this visit alone went with it to the other patient: somebody ' +
    'must look whose they are',
  'coverage-not-moved':
    'an insurance that was told with the visit, and not with it alone, stays with the patient of ' +
    'whom it was told',
};

/** Everything of which the messages told that told of this one. */
function toldWith(spine: Spine, type: string, id: string): readonly State[] {
  const state = load(spine, type, id);
  if (state === undefined) return [];
  spine.pack.flush();
  const messages = new Map<string, readonly [message: number, generation: number]>();
  for (const { message, generation } of readHistory(spine.reading, state.last))
    messages.set(`${message}/${generation}`, [message, generation]);
  const told = new Map<number, State>();
  for (const [message, generation] of messages.values())
    for (const { resource } of spine.reading.effects(message, generation)) {
      if (told.has(resource)) continue;
      const row = spine.reading.resourceByNo.get(resource)!;
      told.set(resource, load(spine, spine.words.text(row.type), unpackId(row.id))!);
    }
  return [...told.values()];
}

/** What the message moved, or may no longer move, and visits that now move otherwise. */
function movedBy(spine: Spine, touched: Touched): ReadonlySet<string> {
  const moved = new Set<string>();
  for (const { type, last } of touched.values()) {
    if (type !== moveType) continue;
    for (const { set, retraction } of readHistory(spine.reading, last))
      if (!retraction) moved.add(whatMoves(set));
  }
  for (const [visit, before] of spine.moves.now.before)
    if (JSON.stringify(movesOf(spine, visit)) !== before) moved.add(visit);
  return moved;
}

function follow(spine: Spine, what: string, after: (state: State) => void): void {
  const [type = '', id = ''] = what.split('/');
  const told = toldWith(spine, type, id);
  for (const state of told) after(state);
  if (type !== 'Account') return;
  for (const visit of told) {
    if (visit.type !== 'Encounter') continue;
    for (const state of toldWith(spine, 'Encounter', visit.id)) after(state);
  }
}

/** Does it name what has moved? A specimen does so by the message it came with. */
function mayFollow(spine: Spine, { type, id, text }: State): boolean {
  if (text === '') return false;
  const visits = [...spine.moves.now.before.keys()];
  if (isToldBeside(type) && visits.some((visit) => movesOf(spine, visit).length > 0)) return true;
  if (type === 'Specimen') return false;
  const elements = splitElements(text);
  const visit = visitIn(type, id, elements);
  if (visit !== undefined && movesOf(spine, visit).length > 0) return true;
  const owner = ownerOf(elements);
  return owner !== undefined && movesOf(spine, owner).length > 0;
}

function deriveOne(spine: Spine, state: State, origin: Origin, touched: Touched): boolean {
  const isChanged = derive(spine, state, origin);
  if (!isChanged) return false;
  save(spine, state);
  touched.set(state.no, state);
  return true;
}
