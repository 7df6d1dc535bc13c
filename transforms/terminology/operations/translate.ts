import type { ConceptMap, Json } from '../knowledge.ts';
import { memoryConceptMap } from '../memory/index.ts';
import { answerOf } from './asked.ts';
import { declined, issue, refusedBy } from './issue.ts';
import { canonical, canonicalOf, defined, listOf, textOf } from './json.ts';
import type { Question } from './question.ts';
import {
  backwards,
  equivalenceOf,
  isMatch,
  isReversible,
  type Translated,
  translateBy,
} from './translate-code.ts';
import { versionFor } from './versions.ts';

type Source = { readonly system: string; readonly code: string };

/**
 * ConceptMap/$translate, by the parameters of R4
 * (https://hl7.org/fhir/R4/conceptmap-operation-translate.html) and of R5. The answer carries the
 * words of both. A reverse reading of rows that were not made for it is flagged in `message`.
 */
export function translate(question: Question): Json {
  const { asked } = question;
  const target =
    asked.text('targetSystem') ?? canonicalOf(asked.text('targetsystem') ?? '').url ?? undefined;
  const wanted = target === '' ? undefined : target;
  const isByTarget = asked.has('targetCode') || asked.has('targetCoding');
  const isReverse = isByTarget || asked.flag('reverse') === true;
  const sources = isByTarget ? targetsAsked(question, wanted) : sourcesAsked(question);
  const limit = isByTarget ? asked.text('sourceSystem') : wanted;
  const matches = sources.flatMap((source) =>
    mapsFor(question, source.system, isReverse).flatMap((map) =>
      isReverse
        ? reverseMatches(map, source, limit, isByTarget)
        : forwardMatches(map, source, wanted),
    ),
  );
  const unsafe = matches.filter(({ isSafe }) => !isSafe).map(({ map }) => nameOf(map));
  const isFound = matches.some(({ isCounted }) => isCounted);
  return answerOf([
    { name: 'result', valueBoolean: isFound },
    ...(unsafe.length === 0 ? [] : [{ name: 'message', valueString: warning(unsafe) }]),
    ...matches.map(({ part }) => ({ name: 'match', part })),
  ]);
}

const warning = (maps: readonly string[]) =>
  `This is a reverse translation, and ${[...new Set(maps)].join(', ')} does not declare that it ` +
  'may be read from target to source: check each match before use';

type Match = {
  readonly map: ConceptMap;
  readonly part: readonly Json[];
  readonly isCounted: boolean;
  readonly isSafe: boolean;
};

const nameOf = ({ url, version }: ConceptMap) => canonical(url, version);

function forwardMatches(
  map: ConceptMap,
  { system, code }: Source,
  wanted: string | undefined,
): readonly Match[] {
  return translateBy(map, system, code, wanted).map((found) => ({
    ...{ map, isSafe: true, isCounted: isMatch(found) },
    part: [...relationParts(found), ...conceptPart(found), originPart(map)],
  }));
}

const relationParts = ({ relationship, row }: Pick<Translated, 'relationship' | 'row'>) => [
  { name: 'relationship', valueCode: relationship },
  { name: 'equivalence', valueCode: row?.equivalence ?? equivalenceOf[relationship] },
];

const conceptPart = ({ system, version, code, display }: Translated): readonly Json[] =>
  code === undefined
    ? []
    : [{ name: 'concept', valueCoding: defined({ system, version, code, display }) }];

const originPart = (map: ConceptMap): Json => ({
  ...{ name: 'originMap', valueCanonical: nameOf(map) },
});

function reverseMatches(
  map: ConceptMap,
  { system, code }: Source,
  limit: string | undefined,
  isByTarget: boolean,
): readonly Match[] {
  const rows = map
    .to(system, code)
    .filter(({ source }) => limit === undefined || source.system === limit);
  return rows.map((row): Match => {
    const found = { ...row.source, code: row.code, display: row.sourceDisplay };
    const relationship = isByTarget ? row.relationship : backwards(row.relationship);
    const equivalence = isByTarget ? row.equivalence : undefined;
    const source = { name: 'source', valueCoding: defined(found) };
    const concept = { name: 'concept', valueCoding: { system, code } };
    const shown = isByTarget ? [concept, source] : [{ ...source, name: 'concept' }];
    return {
      ...{ map, isCounted: row.relationship !== 'not-related-to' },
      isSafe: isReversible(map, row),
      part: [
        { name: 'relationship', valueCode: relationship },
        { name: 'equivalence', valueCode: equivalence ?? equivalenceOf[relationship] },
        ...shown,
        originPart(map),
      ],
    };
  });
}

/** The codes to be translated, by the names of R4 and of R5. */
function sourcesAsked({ asked }: Question): readonly Source[] {
  const concept = asked.value('sourceCodeableConcept') ?? asked.value('codeableConcept');
  if (concept !== undefined) return listOf(concept.coding).flatMap(sourceOf);
  const coding = asked.value('sourceCoding') ?? asked.value('coding');
  if (coding !== undefined) return sourceOf(coding);
  const code = asked.text('sourceCode') ?? asked.text('code');
  const system = asked.text('sourceSystem') ?? asked.text('system');
  if (code !== undefined && system !== undefined) return [{ system, code }];
  throw declined(400, 'required', 'a translation needs a code with its system, or a coding');
}

function targetsAsked({ asked }: Question, wanted: string | undefined): readonly Source[] {
  const coding = asked.value('targetCoding');
  if (coding !== undefined) return sourceOf(coding);
  const code = asked.text('targetCode');
  if (code !== undefined && wanted !== undefined) return [{ system: wanted, code }];
  throw declined(400, 'required', 'a reverse translation needs targetCode with targetSystem');
}

function sourceOf(coding: Json): readonly Source[] {
  const [system, code] = [textOf(coding.system), textOf(coding.code)];
  return system === undefined || code === undefined ? [] : [{ system, code }];
}

/** The map that is named; else the newest version of each that knows the system. */
function mapsFor(question: Question, system: string, isReverse: boolean): readonly ConceptMap[] {
  const { asked, knowledge } = question;
  const given = asked.resource('conceptMap');
  if (given !== undefined) return [memoryConceptMap(given)];
  const url = asked.text('url');
  if (url !== undefined) return [namedMap(question, url, asked.text('conceptMapVersion'))];
  const releases = isReverse ? knowledge.mapsTo(system) : knowledge.mapsFrom(system);
  const named = asked.text('source') ?? asked.text('sourceScope');
  const target = asked.text('target') ?? asked.text('targetScope');
  return [...new Set(releases.map((one) => one.url))].flatMap((one) => {
    const [newest] = knowledge.versions('ConceptMap', one);
    const map = newest === undefined ? undefined : knowledge.conceptMap(one, newest);
    if (map === undefined || !isScoped(map, 'source', named)) return [];
    return isScoped(map, 'target', target) ? [map] : [];
  });
}

function namedMap({ knowledge }: Question, text: string, version?: string): ConceptMap {
  const { url, version: inUrl } = canonicalOf(text);
  const wanted = version ?? inUrl;
  const found = versionFor(knowledge, 'ConceptMap', url, wanted ?? '');
  const map = found === undefined ? undefined : knowledge.conceptMap(url, found);
  if (map !== undefined) return map;
  throw refusedBy(
    404,
    issue(
      { severity: 'error', type: 'not-found', tx: 'not-found' },
      'CONCEPT_MAP_NOT_FOUND',
      canonical(url, wanted),
    ),
  );
}

/** Whether a map is made for the value set that the question names, if it names one. */
function isScoped({ resource }: ConceptMap, end: 'source' | 'target', wanted?: string): boolean {
  if (wanted === undefined) return true;
  const { url } = canonicalOf(wanted);
  const keys = ['Uri', 'Canonical', 'ScopeUri', 'ScopeCanonical'].map((one) => `${end}${one}`);
  return keys.some((key) => canonicalOf(textOf(resource[key]) ?? '').url === url);
}
