import type { CodeSystem, Json } from '../../knowledge.ts';
import { type Described, type View, viewOf } from '../concept-view.ts';
import { issue, refusedBy, type TxIssue } from '../issue.ts';
import { canonical, canonicalOf, listOf, textOf } from '../json.ts';
import {
  findValueSet,
  neededSupplements,
  openSupplements,
  type Question,
  supplementsOf,
} from '../question.ts';
import { type Opened, openSystem } from '../versions.ts';
import { chosenOf } from './chosen.ts';
import { type Component, composeOf, type Listed } from './components.ts';
import { type Sieve, sieveOf } from './filters.ts';

/** A value set made ready to be asked: everything it names has been looked up once. */
export type Prepared = {
  readonly resource: Json;
  /** How sentences call it. */
  readonly name: string;
  readonly includes: readonly Part[];
  readonly excludes: readonly Part[];
  /** False: inactive codes do not belong. */
  readonly inactive: boolean | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  readonly supplements: readonly CodeSystem[];
  /** It came inside the resource that names it. */
  readonly isContained: boolean;
};

/** An include or exclude, ready. */
export type Part = {
  readonly component: Component;
  /** Undefined when it has no system of its own. */
  readonly opened: Opened | undefined;
  readonly view: View | undefined;
  readonly listed: ReadonlyMap<string, Listed> | undefined;
  readonly sieves: readonly Sieve[];
  /** All of these must have the code too. */
  readonly imports: readonly Prepared[];
  /** Value sets that it names and nobody knows. */
  readonly missing: readonly TxIssue[];
};

/** Throws a refusal: a circle of imports, a filter without sense, a missing supplement. */
export function prepare(question: Question, valueSet: Json): Prepared {
  return prepareWithin({ question, path: [], containers: [] }, valueSet);
}

type Frame = {
  readonly question: Question;
  /** Names of the value sets that lead here. */
  readonly path: readonly string[];
  /** Resources whose `contained` may be meant by `#id`. */
  readonly containers: readonly Json[];
};

function prepareWithin(frame: Frame, valueSet: Json): Prepared {
  const url = textOf(valueSet.url);
  const name = url === undefined ? '' : canonical(url, textOf(valueSet.version));
  if (name !== '' && frame.path.includes(name)) throw circle(name, frame.path);
  const { question } = frame;
  const within = {
    ...frame,
    path: name === '' ? frame.path : [...frame.path, name],
    containers: [valueSet, ...frame.containers],
  };
  const needed = [...question.supplements, ...neededSupplements(valueSet)];
  const supplements = openSupplements(question.knowledge, needed);
  const { includes, excludes, inactive, parameters } = composeOf(valueSet);
  return {
    ...{ resource: valueSet, name: name === '' ? '(unidentified)' : name },
    ...{ inactive, parameters, supplements, isContained: false },
    includes: includes.map((one) => partOf(within, one, supplements)),
    excludes: excludes.map((one) => partOf(within, one, supplements)),
  };
}

function partOf(frame: Frame, component: Component, supplements: readonly CodeSystem[]): Part {
  const { system, version, listed, filters, valueSets } = component;
  const { knowledge, rules } = frame.question;
  const opened = system === undefined ? undefined : openSystem(knowledge, rules, system, version);
  const reader = opened?.system;
  const view = reader && viewOf(reader, supplementsOf(supplements, reader));
  const imported = valueSets.map((text) => importOf(frame, text));
  return {
    ...{ component, opened, view },
    listed: listed && keyed(listed, view),
    sieves: view === undefined ? [] : filters.map((one) => sieveOf(view, one)),
    imports: imported.flatMap(({ found }) => found ?? []),
    missing: imported.flatMap(({ missing }) => missing ?? []),
  };
}

/** A part of another version of its system, as far as filters go. */
export function reopened(question: Question, part: Part, version: string): Part {
  const { component, opened } = part;
  const system = question.knowledge.codeSystem(component.system ?? '', version);
  if (opened === undefined || system === undefined) return part;
  const view = viewOf(system, supplementsOf(part.view?.supplements ?? [], system));
  const sieves = component.filters.map((one) => sieveOf(view, one));
  return { ...part, view, sieves, opened: { ...opened, system } };
}

type Imported = { readonly found?: Prepared; readonly missing?: TxIssue };

function importOf(frame: Frame, text: string): Imported {
  if (text.startsWith('#')) {
    const contained = frame.containers
      .flatMap(({ contained: all }) => listOf(all))
      .find(({ id }) => id === text.slice(1));
    if (contained !== undefined)
      return { found: { ...prepareWithin(frame, contained), isContained: true } };
  }
  const resource = findValueSet(frame.question, text);
  if (resource !== undefined) return { found: prepareWithin(frame, resource) };
  const { url, version } = canonicalOf(text);
  const ruled = version ?? frame.question.rules.valueSets.get(url);
  return {
    missing: issue(
      { severity: 'error', type: 'not-found', tx: 'not-found' },
      'Unable_to_resolve_value_Set_',
      canonical(url, ruled),
    ),
  };
}

function circle(name: string, path: readonly string[]) {
  return refusedBy(
    422,
    issue(
      { severity: 'error', type: 'processing', tx: 'vs-invalid' },
      'VALUESET_CIRCULAR_REFERENCE',
      ...([name, path] as const),
    ),
  );
}

/** A listing by the codes as their code system writes them. */
function keyed(listed: readonly Listed[], view: View | undefined): ReadonlyMap<string, Listed> {
  const codes = listed.map(({ code }) => code);
  const spelled = view === undefined ? undefined : spellings(view.system, codes);
  return new Map(listed.map((one) => [spelled?.(one.code) ?? one.code, one]));
}

/** How a code system writes codes; undefined for one that it does not know. */
function spellings(system: CodeSystem, codes: readonly string[]) {
  if (system.resource.caseSensitive === true) return undefined;
  const known = [...chosenOf(system, { by: 'code', codes: [...new Set(codes)] }).codes()];
  const exact = new Set(known);
  const folded = new Map(known.map((code) => [code.toLowerCase(), code]));
  return (code: string) => (exact.has(code) ? code : folded.get(code.toLowerCase()));
}

/** Whether a concept passes list and filters of a part; imports are not asked. */
export function passes(part: Part, concept: Described): boolean {
  if (part.listed !== undefined && !part.listed.has(concept.code)) return false;
  return part.sieves.every((sieve) => sieve(concept));
}

/** Whether a value set has this code in this version of its system. */
export function holds(prepared: Prepared, system: CodeSystem, concept: Described): boolean {
  if (prepared.inactive === false && concept.isInactive) return false;
  if (!prepared.includes.some((part) => covers(part, system, concept))) return false;
  return !isExcluded(prepared, system, concept);
}

export function isExcluded(prepared: Prepared, system: CodeSystem, concept: Described): boolean {
  return prepared.excludes.some((part) => {
    const isLoose = isVersionless(prepared, part);
    return covers(part, system, concept, isLoose);
  });
}

/**
 * An exclude of a version that no include draws on would exclude nothing; it is read as the codes,
 * whatever their version. `versionsMatch` (of the value set) says false where it must not be.
 */
export function isVersionless(prepared: Prepared, exclude: Part): boolean {
  if (prepared.parameters.get('versionsMatch') === 'false') return false;
  const { opened, component } = exclude;
  const own = prepared.includes.filter((one) => one.component.system === component.system);
  if (own.length === 0) return false;
  return !own.some((one) => one.opened?.system?.version === opened?.system?.version);
}

/** Whether a part has the code: its system and version, list, filters, and all its imports. */
export function covers(
  part: Part,
  system: CodeSystem,
  concept: Described,
  isVersionIgnored = false,
): boolean {
  const { component, opened, view } = part;
  if (part.missing.length > 0) return false;
  if (component.system !== undefined) {
    if (view === undefined || opened === undefined || view.system.url !== system.url) return false;
    if (!isVersionIgnored && view.system.version !== system.version) return false;
    const own = isVersionIgnored ? view.describe(concept.code) : concept;
    if (own === undefined || !passes(part, own)) return false;
  } else if (component.valueSets.length === 0) return false;
  return part.imports.every((one) => holds(one, system, concept));
}
