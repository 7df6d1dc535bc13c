import type { Listing } from '../../fhir/index.ts';
import type { KeyPart, ResourceRow } from '../language.ts';
import type { ResourcePlan } from '../plans.ts';
import {
  actionFields,
  fieldPath,
  type Reader,
  type ReadPath,
  readField,
  readPath,
  readText,
  type Scope,
} from '../reading/index.ts';
import { findInstance } from './instances.ts';
import type { FullRun } from './make-instances.ts';

type Constants = Readonly<Record<string, unknown>>;

/** What a resource row says of the list that its segments are. */
export type ListPlan = {
  readonly isSnapshot: boolean;
  readonly action: ReadPath | undefined;
  readonly ended: Constants;
  readonly deleted: Constants | undefined;
  /** Slots of the resources that its key may name: the list is of the last that is there. */
  readonly scopes: readonly number[];
};

export function compileList(row: ResourceRow, ids: readonly string[]): ListPlan | undefined {
  const { update, ended = {}, deleted } = row;
  if (update === undefined) return undefined;
  const action = deleted === undefined ? undefined : actionFields.get(row.each!);
  return {
    isSnapshot: update === 'snapshot',
    action: action === undefined ? undefined : readPath(fieldPath(action)),
    ended,
    deleted,
    scopes: keyResources(row.key ?? [], ids).map((id) => ids.indexOf(id)),
  };
}

/** The resources that a key may name, in its order. */
export function keyResources(key: readonly KeyPart[], ids: readonly string[]): readonly string[] {
  return key.flatMap((part) => {
    if (typeof part === 'string') return ids.includes(part) ? [part] : [];
    return 'first' in part ? keyResources(part.first.flat(), ids) : [];
  });
}

/** A list while the message is gone through. */
export type OpenListing = {
  readonly plan: ResourcePlan;
  readonly list: ListPlan;
  readonly scope: string;
  whole: boolean;
  readonly listed: string[];
  readonly gone: string[];
};

/** HL7 tables 0206, 0287 and 0323. */
const deleting: ReadonlySet<string> = new Set(['D', 'DE']);
const keeping: ReadonlySet<string> = new Set('A U X S AD CO LI UC UN UP'.split(' '));

/**
 * Notes what a segment says of its row`s list; `id` is undefined where it has no key. Says whether
 * its action code deletes what it stands for.
 */
export function noteListed(
  plan: ResourcePlan,
  list: ListPlan,
  run: FullRun,
  index: number,
  id: string | undefined,
): boolean {
  const action = readAction(list, run, index);
  const isDeleted = deleting.has(action);
  const open = list.isSnapshot ? openListing(plan, list, run, index) : undefined;
  if (open === undefined) return isDeleted;
  // What belongs to an order, a charge or an appointment is not the list of patient or visit.
  if (action !== '' || !isAboutWhole(run.messageType) || isOrdered(run.scope, index))
    open.whole = false;
  if (id === undefined) open.whole &&= isEmptied(run.reader, index);
  else if (isDeleted) open.gone.push(id);
  else open.listed.push(id);
  return isDeleted;
}

function readAction({ action }: ListPlan, { reader, environment }: FullRun, index: number): string {
  if (action === undefined) return '';
  const code = readText(reader, index, action).toUpperCase();
  if (code !== '' && !deleting.has(code) && !keeping.has(code)) {
    const cell = readField(reader, index, action).cells[0]!;
    environment.issue('action-code-unknown', 'is no action code; taken as an update', cell);
  }
  return code;
}

function openListing(
  plan: ResourcePlan,
  list: ListPlan,
  run: FullRun,
  index: number,
): OpenListing | undefined {
  const scope = scopeAt(list, run, index);
  if (scope === undefined) return undefined;
  run.lists ??= [];
  const known = run.lists.find((open) => open.plan === plan && open.scope === scope);
  if (known !== undefined) return known;
  const open = { plan, list, scope, whole: true, listed: [], gone: [] };
  run.lists.push(open);
  return open;
}

function scopeAt({ scopes }: ListPlan, run: FullRun, index: number): string | undefined {
  for (let at = scopes.length - 1; at >= 0; at -= 1) {
    const instance = findInstance(run, scopes[at]!, index);
    if (instance !== undefined) return instance.reference;
  }
  return undefined;
}

/** Messages about the patient, the visit or its account; others list what concerns them. */
const isAboutWhole = (messageType: string): boolean =>
  messageType.startsWith('ADT') || messageType.startsWith('BAR');

function isOrdered({ names }: Scope, index: number): boolean {
  for (let at = index - 1; at >= 0 && names[at] !== 'PID'; at -= 1)
    if (names[at] === 'ORC' || names[at] === 'OBR') return true;
  return false;
}

/**
 * Is every field after the set id `""`? So a sender says that a list has nothing on it
 * (HL7 v2.5.1, section 2.10.4.1).
 */
export function isEmptied({ segments, message }: Reader, index: number): boolean {
  const segment = segments[index]!;
  let emptied = false;
  for (let field = 2; field <= segment.fieldCount; field += 1) {
    if (!segment.has(field)) continue;
    const [start, end] = [segment.fieldStart(field), segment.fieldEnd(field)];
    if (end - start !== 2 || !message.text.startsWith('""', start)) return false;
    segment.markRead(field);
    emptied = true;
  }
  return emptied;
}

export const listings = (open: readonly OpenListing[]): readonly Listing[] =>
  open.map(({ plan, list, scope, whole, listed, gone }) => ({
    scope,
    row: plan.id,
    type: plan.type,
    whole,
    listed,
    gone,
    ended: list.ended,
  }));
