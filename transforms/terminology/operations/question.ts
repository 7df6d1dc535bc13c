import { type CodeSystem, type Json, type Knowledge, layered, type Release } from '../knowledge.ts';
import { memoryKnowledge } from '../memory/index.ts';
import { asItWasMeant } from './as-meant.ts';
import type { Asked } from './asked.ts';
import { issue, refusedBy } from './issue.ts';
import { canonical, canonicalOf, listOf, objectOf, textOf, valueIn } from './json.ts';
import { type Languages, languagesOf } from './languages.ts';
import { fitsVersion, ruleMap, type VersionRules, versionFor } from './versions.ts';

/** What every operation works with: the question's own resources, rules and wishes. */
export type Question = {
  readonly asked: Asked;
  readonly knowledge: Knowledge;
  readonly rules: VersionRules;
  /** `displayLanguage`, else the header of the request. */
  readonly languages: Languages | undefined;
  /** Supplements that the question wants used, by canonical url. */
  readonly supplements: readonly string[];
};

/** What stands around the parameters. */
export type Surroundings = {
  readonly knowledge: Knowledge;
  readonly acceptLanguage?: string | undefined;
};

/** Throws a refusal when a parameter cannot be what it is said to be. */
export function questionOf(asked: Asked, { knowledge, acceptLanguage }: Surroundings): Question {
  const own = asked.resources('tx-resource');
  const language = asked.text('displayLanguage') ?? acceptLanguage;
  return {
    asked,
    knowledge: own.length === 0 ? knowledge : layered(memoryKnowledge(own), knowledge),
    rules: {
      preferred: ruleMap(asked.texts('system-version')),
      required: ruleMap(asked.texts('check-system-version')),
      forced: ruleMap(asked.texts('force-system-version')),
      valueSets: ruleMap(asked.texts('default-valueset-version')),
    },
    languages: language === undefined || language.trim() === '' ? undefined : languagesOf(language),
    supplements: asked.texts('useSupplement'),
  };
}

/**
 * A value set by its canonical url; the newest that fits where no version is named. What was
 * published gives the same codes for ever: it means the versions that it meant on that day.
 */
export function findValueSet(
  { knowledge, rules }: Pick<Question, 'knowledge' | 'rules'>,
  text: string,
): Json | undefined {
  const { url, version } = canonicalOf(text);
  const sought = version ?? rules.valueSets.get(url);
  const found = versionFor(knowledge, 'ValueSet', url, sought ?? '');
  const valueSet = found === undefined ? undefined : knowledge.valueSet(url, found);
  if (valueSet !== undefined) return asItWasMeant(valueSet, rules);
  const whole = knowledge.systemOfValueSet(url);
  return whole && wholeSystem(url, whole);
}

/** The value set that `CodeSystem.valueSet` names: all codes of the system. */
const wholeSystem = (url: string, system: Release): Json => ({
  resourceType: 'ValueSet',
  ...{ url, status: 'active' },
  ...(system.version === '' ? {} : { version: system.version }),
  compose: { include: [{ system: system.url }] },
});

const supplementUrl = 'http://hl7.org/fhir/StructureDefinition/valueset-supplement';

/** Canonical urls of the supplements that a value set needs. */
export const neededSupplements = (valueSet: Json): readonly string[] =>
  listOf(valueSet.extension)
    .filter(({ url }) => url === supplementUrl)
    .flatMap((one) => textOf(valueIn(one)) ?? []);

/** Finds supplements. Throws a refusal for one that is not known. */
export function openSupplements(
  knowledge: Knowledge,
  canonicals: readonly string[],
): readonly CodeSystem[] {
  return [...new Set(canonicals)].map((text) => {
    const { url, version } = canonicalOf(text);
    const found = versionFor(knowledge, 'CodeSystem', url, version ?? '');
    const system = found === undefined ? undefined : knowledge.codeSystem(url, found);
    if (system?.resource.content === 'supplement') return system;
    throw refusedBy(
      404,
      issue(
        { severity: 'error', type: 'not-found', tx: 'not-found' },
        'VALUESET_SUPPLEMENT_MISSING',
        canonical(url, version),
      ),
    );
  });
}

/** Which of the supplements are for this code system (`CodeSystem.supplements`). */
export function supplementsOf(
  supplements: readonly CodeSystem[],
  system: CodeSystem,
): readonly CodeSystem[] {
  return supplements.filter(({ resource }) => {
    const { url, version } = canonicalOf(textOf(resource.supplements) ?? '');
    return url === system.url && (version === undefined || fitsVersion(version, system.version));
  });
}

/** The value set that a question is about. Throws a refusal when there is none. */
export function askedValueSet(question: Question): Json {
  const { asked } = question;
  const given = asked.resource('valueSet') ?? objectOf(asked.all('valueSet')[0]?.resource);
  if (given !== undefined) return given;
  const url = asked.text('url') ?? '';
  const version = asked.text('valueSetVersion');
  const text = version === undefined || url.includes('|') ? url : `${url}|${version}`;
  const found = findValueSet(question, text);
  if (found !== undefined) return found;
  throw refusedBy(
    404,
    issue(
      { severity: 'error', type: 'not-found', tx: 'not-found' },
      'Unable_to_resolve_value_Set_',
      text,
    ),
  );
}
