import { randomUUID } from 'node:crypto';
import type { CodeSystem, Json } from '../../knowledge.ts';
import { displayFor, languagesFor } from '../display.ts';
import { declined, issue, refusedBy } from '../issue.ts';
import { canonical, defined } from '../json.ts';
import { askedValueSet, type Question } from '../question.ts';
import { unknownSystemIssue } from '../unknown-system.ts';
import {
  countOf,
  isExcluded,
  type Member,
  membersOf,
  type Part,
  type Prepared,
  prepare,
  usedBy,
} from '../value-set/index.ts';
import { shownConcept, shownProperties } from './contains.ts';
import { expansionParameters } from './parameters.ts';

export type ExpandLimits = {
  /** Codes of an expansion that nobody pages through. */
  readonly codesMax: number;
  /** Codes that are looked at to find one page; behind it, no total is given. */
  readonly visitsMax: number;
};

export const expandLimits: ExpandLimits = { codesMax: 1_000, visitsMax: 2_000_000 };

/** ValueSet/$expand (https://hl7.org/fhir/R4/valueset-operation-expand.html). Throws refusals. */
export function expand(
  question: Question,
  nowMs: number,
  limits: ExpandLimits = expandLimits,
): Json {
  const { asked } = question;
  const valueSet = askedValueSet(question);
  const prepared = prepare(question, valueSet);
  demandComplete(question, prepared);
  const page = pageOf(prepared, question, limits);
  const languages = languagesFor(question, prepared);
  const wishes = {
    languages,
    isVersioned: isVersioned(prepared),
    properties: asked.texts('property'),
    designations: asked.texts('designation'),
    hasDesignations: asked.flag('includeDesignations') === true,
  };
  const shown = page.members.map((member) => shownConcept(member, wishes));
  const property = shownProperties(page.members, shown, wishes);
  const used = usedBy(prepared);
  const fragments = [...used.codeSystems].filter(([, { content }]) => content === 'fragment');
  return {
    ...definitionOf(valueSet, asked.flag('includeDefinition') === true),
    expansion: {
      ...(fragments.length === 0 ? {} : { extension: unclosed(String(fragments[0]![1].url)) }),
      identifier: `urn:uuid:${randomUUID()}`,
      timestamp: new Date(nowMs).toISOString(),
      ...defined({ total: page.total, offset: asked.whole('offset') }),
      parameter: expansionParameters(question, prepared, used, languages),
      ...(property.length === 0 ? {} : { property }),
      ...(shown.length === 0
        ? {}
        : { contains: page.isNested ? nested(page.members, shown) : shown }),
    },
  };
}

/** What an expansion says of its value set, unless the whole definition is asked for. */
const summary = [
  ...['resourceType', 'id', 'meta', 'language', 'url', 'identifier', 'version', 'name', 'title'],
  ...['status', 'experimental', 'date', 'copyright'],
];

function definitionOf(valueSet: Json, isWhole: boolean): Json {
  const kept = Object.entries(valueSet).filter(([name]) =>
    isWhole ? name !== 'expansion' : summary.includes(name),
  );
  return Object.fromEntries(kept);
}

const unclosed = (system: string): readonly Json[] => [
  { url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true },
  {
    url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed-reason',
    valueString: `This extension is based on a fragment of the code system ${system}`,
  },
];

/** An expansion must know everything that the definition names, or say why it does not. */
export function demandComplete(question: Question, prepared: Prepared): void {
  for (const part of [...prepared.includes, ...prepared.excludes]) {
    const [missing] = part.component.valueSets.filter((_, at) => part.missing[at] !== undefined);
    if (part.missing.length > 0) throw missingImport(question, part);
    const { opened } = part;
    if (opened !== undefined && opened.system === undefined && missing === undefined)
      throw refusedBy(404, unknownSystemIssue(question, opened, 'expand'));
    if (opened?.violated !== undefined) throw refusedBy(422, violation(part));
    if (part.view?.system.resource.content === 'supplement')
      throw declined(422, 'invalid', `${part.view.system.url} is a supplement`);
    for (const one of part.imports) demandComplete(question, one);
  }
}

const violation = ({ opened }: Part) =>
  issue(
    { severity: 'error', type: 'exception', tx: 'version-error' },
    'VALUESET_VERSION_CHECK',
    ...([opened?.url ?? '', opened?.system?.version ?? '', opened?.violated ?? ''] as const),
  );

function missingImport(question: Question, part: Part) {
  const kind = { severity: 'error', type: 'not-found', tx: 'not-found' } as const;
  const unknown = part.component.valueSets.find((text) =>
    part.missing.some((one) => one.text.includes(`'${text.split('|')[0]}`)),
  );
  const [url = '', version] = (unknown ?? '').split('|');
  const ruled = version ?? question.rules.valueSets.get(url);
  if (ruled === undefined) return refusedBy(404, issue(kind, 'VS_EXP_IMPORT_UNK', url));
  return refusedBy(404, issue(kind, 'VS_EXP_IMPORT_UNK_PINNED', url, ruled));
}

type Page = {
  readonly members: readonly Member[];
  /** Undefined when counting would take too long. */
  readonly total: number | undefined;
  readonly isNested: boolean;
};

function pageOf(prepared: Prepared, question: Question, limits: ExpandLimits): Page {
  const { asked } = question;
  const offset = asked.whole('offset') ?? 0;
  const count = asked.whole('count');
  const isPaged = count !== undefined || asked.has('offset');
  const members: Member[] = [];
  const known = wholeCount(prepared, question);
  let total = 0;
  let visits = 0;
  for (const member of distinctMembers(prepared, question)) {
    visits += 1;
    // How many there are is known, and nobody needs to look at them.
    if (known !== undefined && count !== undefined && members.length >= count)
      return { members, total: known, isNested: false };
    if (total >= offset && (count === undefined || members.length < count)) members.push(member);
    total += 1;
    if (count === undefined && members.length > limits.codesMax) throw tooCostly(prepared, limits);
    if (visits > limits.visitsMax) return { members, total: undefined, isNested: false };
  }
  const isFlat = isPaged || asked.flag('excludeNested') === true;
  const isNested = !isFlat && isHierarchical(prepared, asked.has('filter'));
  return { members, total, isNested };
}

/** How many codes there are, where nothing is left out of the only part. */
function wholeCount({ includes, excludes, inactive }: Prepared, { asked }: Question) {
  const [only, another] = includes;
  if (only === undefined || another !== undefined || excludes.length > 0) return undefined;
  const isCut = asked.flag('activeOnly') === true || asked.has('filter');
  return isCut || inactive === false ? undefined : countOf(only);
}

const tooCostly = ({ name }: Prepared, { codesMax }: ExpandLimits) =>
  refusedBy(
    422,
    issue({ severity: 'error', type: 'too-costly' }, 'VALUESET_TOO_COSTLY', name, codesMax),
  );

/** The members after excludes and the wishes of the question, each code once. */
export function* distinctMembers(prepared: Prepared, question: Question): Iterable<Member> {
  const { asked } = question;
  const isActiveOnly = asked.flag('activeOnly') === true || prepared.inactive === false;
  const words = (asked.text('filter') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const isMerged = prepared.parameters.get('versionsMatch') === 'true';
  const merged = isMerged ? newestOf(prepared) : undefined;
  const seenIn = seenCodes((system) => (isMerged ? system.url : releaseName(system)));
  for (const part of merged ?? prepared.includes) {
    demandEnumerable(part);
    for (const member of membersOf(part)) {
      const { view, concept } = member;
      if (isActiveOnly && concept.isInactive) continue;
      if (words.length > 0 && !mentions(member, words)) continue;
      const seen = seenIn(view.system);
      if (seen.has(concept.code) || isExcluded(prepared, view.system, concept)) continue;
      seen.add(concept.code);
      yield member;
    }
  }
}

const releaseName = ({ url, version }: CodeSystem) => canonical(url, version);

/** The codes that were met of each code system, by whatever name it goes. */
function seenCodes(nameOf: (system: CodeSystem) => string) {
  const bySystem = new Map<CodeSystem, Set<string>>();
  const byName = new Map<string, Set<string>>();
  return (system: CodeSystem): Set<string> => {
    const known = bySystem.get(system);
    if (known !== undefined) return known;
    const name = nameOf(system);
    const codes = byName.get(name) ?? new Set();
    byName.set(name, codes);
    bySystem.set(system, codes);
    return codes;
  };
}

/** Where versions are merged, the newest says what a concept is. */
const newestOf = ({ includes }: Prepared): readonly Part[] =>
  [...includes].sort((left, right) => {
    const [a, b] = [left.opened?.system?.version ?? '', right.opened?.system?.version ?? ''];
    return b.localeCompare(a, 'en', { numeric: true });
  });

function demandEnumerable({ view, listed, component, imports }: Part): void {
  for (const one of imports) for (const part of one.includes) demandEnumerable(part);
  if (view === undefined || listed !== undefined || view.system.count !== undefined) return;
  if (component.filters.length > 0) return;
  throw refusedBy(
    422,
    issue({ severity: 'error', type: 'too-costly' }, 'VALUESET_NOT_ENUMERABLE', view.system.url),
  );
}

function mentions({ view, concept, listed }: Member, words: readonly string[]): boolean {
  const display = displayFor(view, concept, listed, undefined)?.value ?? '';
  const texts = [concept.code, display, ...concept.designations().map(({ value }) => value)];
  const text = texts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** More than one version of a system is spoken of: each code says which it is from. */
function isVersioned({ includes, excludes }: Prepared): boolean {
  const said = new Map<string, Set<string>>();
  for (const { component } of [...includes, ...excludes]) {
    const { system, version } = component;
    if (system !== undefined) said.set(system, (said.get(system) ?? new Set()).add(version ?? ''));
  }
  return [...said.values()].some((versions) => versions.size > 1);
}

/**
 * One code system, whole or filtered, keeps its hierarchy; listings, imports, what is left after an
 * exclude, and the finds of a search through a whole system are flat.
 */
function isHierarchical({ includes, excludes }: Prepared, isSearch: boolean): boolean {
  const [only, another] = includes;
  if (only === undefined || another !== undefined || excludes.length > 0) return false;
  const isWhole = only.component.filters.length === 0;
  return only.listed === undefined && only.imports.length === 0 && !(isSearch && isWhole);
}

/** Each concept under the nearest of its ancestors that is there too. */
function nested(members: readonly Member[], shown: readonly Json[]): readonly Json[] {
  const at = new Map(members.map(({ concept }, index) => [concept.code, index]));
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  for (const [index, { view, concept }] of members.entries()) {
    const parent = nearest(view.system.parents, concept.code, at);
    if (parent === undefined || parent === index) roots.push(index);
    else children.set(parent, [...(children.get(parent) ?? []), index]);
  }
  const build = (index: number): Json => {
    const below = children.get(index);
    return below === undefined ? shown[index]! : { ...shown[index], contains: below.map(build) };
  };
  return roots.map(build);
}

function nearest(
  parents: (code: string) => Iterable<string>,
  code: string,
  at: ReadonlyMap<string, number>,
): number | undefined {
  const seen = new Set([code]);
  let level = [...parents(code)];
  while (level.length > 0) {
    const next: string[] = [];
    for (const one of level) {
      const found = at.get(one);
      if (found !== undefined) return found;
      if (!seen.has(one)) next.push(...parents(one));
      seen.add(one);
    }
    level = next;
  }
  return undefined;
}
