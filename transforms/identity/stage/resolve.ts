import type { Issue } from '../../../engine/index.ts';
import type { Contribution, Conversion, IdentityStatement } from '../../fhir/index.ts';
import type { PersonId, RecordNo } from '../events.ts';
import type { Occasion } from '../registry/index.ts';
import { identityIssue, identityIssues } from './issues.ts';
import { identityElements } from './raw-patient.ts';
import { recheck } from './recheck.ts';
import { search } from './search.ts';
import { filedUnder, type Sighted, saidOf, sight } from './sighting.ts';
import { applyStatement } from './statements.ts';
import type { IdentityStore } from './store.ts';

/** Whom a patient of a message was found to be, and how. */
export type Resolved = {
  readonly person: PersonId;
  readonly method: Method;
  /** The number that its record is filed under. */
  readonly by: string;
};

/**
 * `new`: nobody was on file; `exact-identifier`: the number was; `linked`: the number was not, and
 * the person was found by other evidence.
 */
export type Method = 'new' | 'exact-identifier' | 'linked';

export type Answer = { readonly resolved: readonly Resolved[]; readonly issues: readonly Issue[] };

/** A message, for its effect keys and its time. */
export type Message = {
  readonly id: number;
  readonly generation: number;
  readonly receivedUs: number;
};

/** One patient of a message on its way. */
type Patient = {
  readonly ordinal: number;
  readonly contribution: Contribution;
  readonly sighted: Sighted;
  /** Codes of the issues that belong to this patient, which a second run repeats. */
  readonly codes: Set<string>;
};

/**
 * Says of each patient of a message who it is, and writes what led to it. Asked again with the same
 * message and generation it reads what it said. Runs inside one transaction.
 */
export function resolve(store: IdentityStore, conversion: Conversion, message: Message): Answer {
  const ordinals = patientsOf(conversion);
  if (ordinals.length === 0) return nothing;
  const before = readAgain(store, conversion, ordinals, message);
  if (before !== undefined) return before;

  const { id, generation } = message;
  const on = occasionOf(message);
  const { statements = [] } = conversion;
  const said = statements.filter(({ verb }) => verb === 'change').flatMap(apply);
  const { patients, issues } = sightAll(store, conversion, ordinals, on);
  said.push(...statements.filter(({ verb }) => verb !== 'change').flatMap(apply));
  const [first] = patients;
  if (first === undefined) return { resolved: [], issues: [...issues, ...said] };
  for (const { code } of said) first.codes.add(code);
  // All records are there, and joined as their sources say, before anybody is looked for.
  const methods = patients.map((patient) => look(store, patient, on));
  const resolved = patients.map(({ ordinal, contribution, sighted, codes }, at) => {
    const { record } = sighted;
    const method = methods[at]!;
    store.crosswalk.put(contribution.id, record, sighted.kind === 'new');
    const detail = [method, ...codes].join(' ');
    const { anchor } = store.registry.decide({ message: id, generation, ordinal }, record, detail);
    issues.push(...[...codes].map(identityIssue));
    return answerOf(store, record, anchor, method);
  });
  return { resolved, issues };

  function apply(statement: IdentityStatement): readonly Issue[] {
    return applyStatement(store, statement, on);
  }
}

export function occasionOf({ id: message, generation, receivedUs: atUs }: Message): Occasion {
  return { atUs, cause: { kind: 'message', message, generation } };
}

const nothing: Answer = { resolved: [], issues: [] };

function patientsOf({ contributions }: Conversion): number[] {
  const ordinals: number[] = [];
  for (let at = 0; at < contributions.length; at += 1)
    if (contributions[at]!.type === 'Patient' && tellsWho(contributions[at]!)) ordinals.push(at);
  return ordinals;
}

/** A deletion of the file says nothing of the person, nor does a patch, which may not touch it. */
const tellsWho = (patient: Contribution): boolean =>
  patient.deleted === undefined && patient.sent?.patch === undefined && !isOnlyReplaced(patient);

/** The file that a merge ended, of which the message says no more; its statement says who it is. */
function isOnlyReplaced({ set }: Contribution): boolean {
  return set.link !== undefined && identityElements.every((name) => set[name] === undefined);
}

/** What an earlier run of this message and generation decided; undefined when there was none. */
function readAgain(
  store: IdentityStore,
  { contributions }: Conversion,
  ordinals: readonly number[],
  { id: message, generation }: Message,
): Answer | undefined {
  const { registry } = store;
  const decisions = ordinals.map((ordinal) => registry.decided({ message, generation, ordinal }));
  if (decisions.every((decision) => decision === undefined)) return undefined;
  const issues: Issue[] = [];
  const resolved: Resolved[] = [];
  for (const [at, ordinal] of ordinals.entries()) {
    const decision = decisions[at];
    if (decision === undefined) {
      issues.push(...unfiled(filedUnder(contributions[ordinal]!).placeholders));
      continue;
    }
    const [method, ...codes] = (decision.detail ?? 'new').split(' ');
    issues.push(...codes.map(identityIssue));
    resolved.push(answerOf(store, decision.record, decision.anchor, method as Method));
  }
  return { resolved, issues };
}

function answerOf(
  { registry }: IdentityStore,
  record: RecordNo,
  anchor: RecordNo,
  method: Method,
): Resolved {
  const { system, value } = registry.record(record);
  return { person: registry.record(anchor).ownPerson, method, by: `${system}|${value}` };
}

const unfiled = (placeholders: number): Issue[] =>
  placeholders > 0
    ? [identityIssues.placeholder, identityIssues.unresolved]
    : [identityIssues.unresolved];

function sightAll(
  store: IdentityStore,
  { contributions }: Conversion,
  ordinals: readonly number[],
  on: Occasion,
): { readonly patients: readonly Patient[]; readonly issues: Issue[] } {
  const issues: Issue[] = [];
  const patients: Patient[] = [];
  for (const ordinal of ordinals) {
    const contribution = contributions[ordinal]!;
    const { key, placeholders } = filedUnder(contribution);
    if (key === undefined) {
      issues.push(...unfiled(placeholders));
      continue;
    }
    const codes = new Set<string>();
    if (placeholders > 0) codes.add(identityIssues.placeholder.code);
    const sighted = sight(store, saidOf(contributions, contribution, key.system), key, on);
    patients.push({ ordinal, contribution, sighted, codes });
  }
  return { patients, issues };
}

/** Looks at what a new or changed record means for the person, and for others. */
function look(store: IdentityStore, { sighted, codes }: Patient, on: Occasion): Method {
  const { record, kind, before } = sighted;
  if (kind === 'same') return 'exact-identifier';
  const { vetoes, isOverlay } =
    before === undefined ? { vetoes: [], isOverlay: false } : recheck(store, record, before, on);
  if (vetoes.length > 0) codes.add(identityIssues.unlinked.code);
  if (isOverlay) codes.add(identityIssues.overlay.code);
  for (const id of vetoes) store.tally.count('veto', id);
  if (kind === 'moved') return 'exact-identifier';

  const searched = search(store, record, on, !isOverlay);
  const { found, reviews, verdict } = searched;
  if (reviews > 0) codes.add(identityIssues.review.code);
  if (found.hotKeys > 0) codes.add(identityIssues.hotKey.code);
  if (searched.shadow === 'disagrees') codes.add(identityIssues.shadowDisagrees.code);
  if (searched.shadow === 'skipped') codes.add(identityIssues.shadowSkipped.code);
  if (found.nowHidden > 0) codes.add(identityIssues.hidden.code);
  store.tally.count('decision', verdict);
  for (const id of searched.vetoes) store.tally.count('veto', id);
  if (verdict === 'auto') return 'linked';
  return kind === 'new' ? 'new' : 'exact-identifier';
}
