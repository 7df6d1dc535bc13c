import type { Contribution, Move } from '../../../transforms/fhir/index.ts';
import { counting, type Elements, type Placed } from '../fold/index.ts';
import { readHistory } from '../history.ts';
import { moveType, unpackId } from '../rows/index.ts';
import { load, type Moved, type Spine } from '../spine.ts';
import { staysIn } from './stays.ts';

/**
 * What moves is kept as a resource of a type of its own, with one contribution for each message
 * that moved it. What follows from it is never stored as said by anybody: a fold derives it, so
 * that late and retracted moves and results come out as if in order.
 */
export function moveContribution({ what, from, to }: Move): Contribution {
  return { type: moveType, id: idIn(what), set: { what, from, to }, remove: [] };
}

const idIn = (reference: string): string => reference.slice(reference.indexOf('/') + 1);
const textIn = (elements: Elements, name: string): string =>
  JSON.parse(elements.get(name) ?? '""') as string;

/** What a message said has moved. */
export const whatMoves = (elements: Elements): string => textIn(elements, 'what');

/**
 * The moves of a visit, an account or a file, in the order of the messages that told of them. A
 * visit moves with the account that it is in.
 */
export function movesOf(spine: Spine, what: string): readonly Moved[] {
  const { any, byReference } = spine.moves;
  if (!any) return none;
  const known = byReference.get(what);
  if (known !== undefined) return known;
  const own = ownMoves(spine, what);
  const isVisit = what.startsWith('Encounter/');
  const withAccounts = isVisit ? accountMoves(spine, what) : none;
  const moves =
    withAccounts.length === 0
      ? own
      : [...own, ...withAccounts].sort((left, right) => left.message - right.message);
  byReference.set(what, moves);
  return moves;
}

const none: readonly Moved[] = [];

function ownMoves(spine: Spine, what: string): readonly Moved[] {
  const state = load(spine, moveType, idIn(what));
  if (state === undefined) return none;
  spine.pack.flush();
  return counting(readHistory(spine.reading, state.last)).map(({ message, set }) => ({
    message,
    from: textIn(set, 'from'),
    to: textIn(set, 'to'),
  }));
}

function accountMoves(spine: Spine, visit: string): readonly Moved[] {
  if (!spine.moves.anyAccount) return none;
  const stays = staysIn(spine, load(spine, 'Encounter', idIn(visit)));
  const accounts = new Set(stays.flatMap(({ named }) => named));
  return [...accounts].flatMap((account) =>
    movesOf(spine, account).filter(({ message }) => {
      const at = stays.findLast((stay) => stay.message <= message) ?? stays[0];
      return at!.named.includes(account);
    }),
  );
}

/** Elements that say whose a resource is. */
const owners = ['subject', 'patient', 'beneficiary'] as const;
const ownerIn = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : /"reference":"(Patient\/[^"]+)"/.exec(text)?.[1];

export function ownerOf(elements: Elements): string | undefined {
  for (const name of owners) {
    const owner = ownerIn(elements.get(name));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** The visit that a resource names; of an Encounter or an Account itself. */
export function visitIn(type: string, id: string, elements: Elements): string | undefined {
  if (type === 'Encounter' || type === 'Account') return `${type}/${id}`;
  for (const name of ['encounter', 'context']) {
    const found = /"reference":"(Encounter\/[^"]+)"/.exec(elements.get(name) ?? '');
    if (found !== null) return found[1];
  }
  return undefined;
}

/**
 * Makes the resource that of the patient to whom its visit, or the file that it was in, has moved.
 * A visit is one patient`s, so whoever still names the one from whom it moved knows no better; a
 * file keeps what is told of it after what was in it has moved. `history`: what it was folded of.
 */
export function redirect(
  spine: Spine,
  { type, id }: { readonly type: string; readonly id: string },
  elements: Elements,
  history: readonly Placed[],
): void {
  if (!spine.moves.any) return;
  const first = ownerOf(elements);
  if (first === undefined) return;
  const said = counting(history).findLast(({ set }) => ownerOf(set) !== undefined);
  const named = visitIn(type, id, elements);
  const visit = named ?? visitBeside(spine, type, said, history);
  const ofVisit = visit === undefined ? none : movesOf(spine, visit);
  let owner = first;
  for (let last = 0; ; ) {
    const since = Math.max(last, said?.message ?? 0);
    const next = [
      ...ofVisit.filter(({ message, from }) => from === owner && message > last),
      ...movesOf(spine, owner).filter(({ message }) => message > since),
    ].sort((left, right) => left.message - right.message)[0];
    if (next === undefined) break;
    last = next.message;
    owner = next.to;
  }
  if (owner === first) return;
  for (const name of owners) {
    const text = elements.get(name);
    if (text !== undefined) elements.set(name, text.replaceAll(`"${first}"`, `"${owner}"`));
  }
}

/** Of a person, and told in messages about visits: they go with the only visit that told them. */
const personal: readonly string[] = ['AllergyIntolerance', 'Coverage'];

/** May it be of a visit without naming one? */
export const isToldBeside = (type: string): boolean =>
  type === 'Specimen' || personal.includes(type);

/**
 * R4 has no visit of a specimen: it is that of the message which told of it. An allergy or an
 * insurance is of a visit only as long as nothing but messages about that visit told of it.
 */
function visitBeside(
  spine: Spine,
  type: string,
  said: Placed | undefined,
  history: readonly Placed[],
): string | undefined {
  if (said === undefined || !isToldBeside(type)) return undefined;
  const tellers = personal.includes(type) ? counting(history) : [said];
  let only: string | undefined;
  for (const { message, generation } of tellers) {
    const visits = visitsOf(spine, message, generation);
    if (visits.length !== 1 || (only !== undefined && only !== visits[0])) return undefined;
    only = visits[0];
  }
  return only;
}

/** The visits of which a message told. */
export function visitsOf(spine: Spine, message: number, generation: number): readonly string[] {
  const { now } = spine.moves;
  if (now.message === message && now.generation === generation) return now.visits;
  const encounter = spine.words.no('Encounter');
  const visits = new Set<string>();
  for (const { resource, elements } of spine.reading.effects(message, generation)) {
    if (elements === '-') continue;
    const row = spine.reading.resourceByNo.get(resource)!;
    if (row.type === encounter) visits.add(`Encounter/${unpackId(row.id)}`);
  }
  return [...visits];
}
