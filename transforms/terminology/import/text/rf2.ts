import { edgeKinds, type Staging } from '../../store/index.ts';
import type { ImportContext, Reader } from '../context.ts';
import type { Input } from '../input.ts';
import { noPreference, type Preference, readLanguages } from './rf2-language.ts';
import { namedRows, splitRows, versionIn } from './table-rows.ts';
import { endSystem, refuseTwice } from './text-system.ts';

/** `sct2_Concept_Snapshot_INT_20260101.txt`: what it holds, of which edition, of which day. */
const namePattern = /(Concept|Description|TextDefinition|Relationship)_?\w*Snapshot/i;

const isA = '116680003';
const fullName = '900000000000003001';
const definition = '900000000000550004';

export type Rf2Part = 'concept' | 'description' | 'relationship' | 'language';

/** By the header, which RF2 fixes; only snapshots are read. */
export function rf2Part(base: string, head: string): Rf2Part | undefined {
  const [first = ''] = head.replace(/^\ufeff/, '').split(/\r?\n/);
  if (!first.startsWith('id\teffectiveTime\tactive\tmoduleId\t')) return undefined;
  if (/_(?:Full|Delta)|Stated/i.test(base)) return undefined;
  if (first.endsWith('\tdefinitionStatusId')) return 'concept';
  if (first.includes('\tconceptId\tlanguageCode\t')) return 'description';
  if (first.includes('\tsourceId\tdestinationId\t')) return 'relationship';
  if (first.endsWith('\trefsetId\treferencedComponentId\tacceptabilityId')) return 'language';
  return undefined;
}

/** Refsets, full and delta files and the like: a release has them beside what is read. */
export const isOtherRf2 = (base: string, head: string): boolean =>
  /^x?(?:sct2|der2)_/i.test(base) &&
  /^\ufeff?id\teffectiveTime\tactive\tmoduleId\t/.test(head) &&
  rf2Part(base, head) === undefined;

/**
 * SNOMED CT as RF2 snapshots: Concept, Description (and TextDefinition), Relationship, and the
 * reference sets of languages.
 */
export const readRf2: Reader = function* (inputs, context) {
  const { findings } = context;
  const parts = inputs.map((input) => ({ input, part: partOf(input) }));
  const first = inputs[0]!;
  const of = (wanted: Rf2Part) => parts.filter(({ part }) => part === wanted);
  for (const wanted of ['concept', 'description'] as const)
    if (of(wanted).length === 0)
      findings.fail(first.name, 0, 'file-missing', `the ${wanted} snapshot is not among the files`);
  const staging = context.begin('CodeSystem', of('concept')[0]!.input);
  for (const { input } of of('concept')) yield* readConcepts(input, staging, context);
  const languages = of('language').map(({ input }) => input);
  const preference =
    languages.length === 0 ? noPreference : yield* readLanguages(languages, context);
  const shown = { ranks: new Uint8Array(staging.count), preference };
  for (const { input } of of('description'))
    yield* readDescriptions(input, staging, context, shown);
  for (const { input } of of('relationship')) yield* readRelationships(input, staging, context);
  if (of('relationship').length === 0)
    findings.warn(first.name, 0, 'hierarchy-missing', 'without relationships nothing subsumes');
  const { input } = of('concept')[0]!;
  endSystem(staging, input, context, {
    ...{ url: 'http://snomed.info/sct', version: editionOf(input), name: 'SNOMED_CT' },
    title: 'SNOMED CT',
    copyright: 'SNOMED CT is licensed by SNOMED International; see https://www.snomed.org',
  });
};

function partOf(input: Input): Rf2Part {
  const word = namePattern.exec(input.base)?.[1]?.toLowerCase();
  if (word === 'textdefinition') return 'description';
  if (word === 'concept' || word === 'description' || word === 'relationship') return word;
  for (const chunk of input.chunks())
    return rf2Part(input.base, chunk.subarray(0, 1000).toString('latin1')) ?? 'concept';
  return 'concept';
}

/** Modules of the editions whose names say them; any other is named by its namespace. */
const modules: Readonly<Record<string, string>> = {
  INT: '900000000000207008',
  US1000124: '731000124108',
};

/** The edition and its day as SNOMED's URI standard spells them. */
function editionOf({ base }: Input): string | undefined {
  const edition = versionIn(base, /_([A-Z]{2,3}\d*)_\d{8}\.txt$/i) ?? 'INT';
  const day = versionIn(base, /_(\d{8})\.txt$/i);
  const module = modules[edition] ?? modules.INT!;
  return day === undefined ? undefined : `http://snomed.info/sct/${module}/version/${day}`;
}

const tabs = { separator: '\t', isEnded: true } as const;

function* readConcepts(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  const names = ['id', 'active', 'moduleId', 'definitionStatusId'] as const;
  const rows = splitRows(input, context, tabs);
  for (const { row, cell } of namedRows(names, rows, input, context)) {
    yield row.read;
    if (cell === undefined) continue;
    const code = cell('id');
    const isActive = cell('active') === '1';
    const isPrimitive = cell('definitionStatusId') === '900000000000074008';
    const properties = [
      ...(isActive ? [] : [{ code: 'inactive', valueBoolean: true }]),
      { code: 'sufficientlyDefined', valueBoolean: !isPrimitive },
      { code: 'moduleId', valueCode: cell('moduleId') },
    ];
    if (staging.addConcept({ code, designations: [], properties }, row.line) === undefined)
      refuseTwice(code, row.line, staging, input, context);
  }
}

/** What is shown of each concept so far, and what a language prefers. */
type Shown = { readonly ranks: Uint8Array; readonly preference: Preference };

/**
 * The display is the synonym that US English prefers, else any English, else the first in English,
 * else in whatever language the preferred one, else the first, else the full name without its tag.
 */
function rankOf(type: string, language: string, liked: number): number {
  if (type === fullName) return 1;
  return language === 'en' ? 4 + liked : 2 + Math.min(liked, 1);
}

/** Designations of all descriptions, definitions, and the display of each concept. */
function* readDescriptions(
  input: Input,
  staging: Staging,
  context: ImportContext,
  { ranks, preference }: Shown,
): Iterable<number> {
  const names = ['id', 'active', 'conceptId', 'languageCode', 'typeId', 'term'] as const;
  const rows = splitRows(input, context, tabs);
  for (const { row, cell } of namedRows(names, rows, input, context)) {
    yield row.read;
    if (cell === undefined) continue;
    if (cell('active') !== '1') continue;
    const code = cell('conceptId');
    const concept = staging.concept(code);
    if (concept === undefined) {
      const message = `this description is of ${code}, which no concept is`;
      context.findings.error(input.name, row.line, 'concept-unknown', message);
      continue;
    }
    const value = cell('term');
    const type = cell('typeId');
    if (type === definition) {
      staging.setDefinition(concept, value);
      continue;
    }
    const use = { system: 'http://snomed.info/sct', code: type };
    const language = cell('languageCode');
    staging.addDesignation(concept, { language, use, value });
    const rank = rankOf(type, language, preference(cell('id')));
    if (ranks[concept]! >= rank) continue;
    ranks[concept] = rank;
    staging.setDisplay(concept, rank === 1 ? value.replace(/ \([^()]*\)$/, '') : value);
  }
}

function* readRelationships(
  input: Input,
  staging: Staging,
  context: ImportContext,
): Iterable<number> {
  const names = ['active', 'sourceId', 'destinationId', 'typeId'] as const;
  const rows = splitRows(input, context, tabs);
  for (const { row, cell } of namedRows(names, rows, input, context)) {
    yield row.read;
    if (cell === undefined) continue;
    if (cell('active') !== '1') continue;
    const from = staging.concept(cell('sourceId'));
    const to = staging.concept(cell('destinationId'));
    if (from === undefined || to === undefined) {
      const message = 'this relationship is of a concept that is not there';
      context.findings.error(input.name, row.line, 'concept-unknown', message);
      continue;
    }
    const type = cell('typeId');
    if (type === isA) staging.addEdge(from, to, edgeKinds.relation);
    else staging.addProperty(from, { code: type, valueCode: cell('destinationId') });
  }
}
