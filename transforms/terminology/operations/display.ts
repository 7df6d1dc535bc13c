import type { Json } from '../knowledge.ts';
import {
  type Described,
  type Display,
  displaysOf,
  type Sourced,
  type View,
} from './concept-view.ts';
import { canonicalOf, textOf } from './json.ts';
import { type Languages, languagesOf, speaks } from './languages.ts';
import type { Question } from './question.ts';
import type { Listed, Prepared } from './value-set/index.ts';

/**
 * The languages of an answer: those asked for, those that the value set's definition asks for,
 * those of the request's header, the value set's own.
 */
export function languagesFor(question: Question, prepared?: Prepared): Languages | undefined {
  if (question.asked.has('displayLanguage')) return question.languages;
  const declared = prepared?.parameters.get('displayLanguage');
  if (declared !== undefined) return languagesOf(declared);
  const own = textOf(prepared?.resource.language);
  return question.languages ?? (own === undefined ? undefined : languagesOf(own));
}

/** The text to show for a concept; undefined when there is none that will do. */
export function displayFor(
  view: View,
  concept: Described,
  listed: Listed | undefined,
  languages: Languages | undefined,
): Display | undefined {
  const value = listed?.display ?? concept.display;
  const own =
    value === undefined ? undefined : { value, language: view.language, isWithdrawn: false };
  const asked = languages?.wanted ?? [];
  const displays =
    asked.length === 0
      ? []
      : displaysOf(view, concept, listed?.designations).filter(({ isWithdrawn }) => !isWithdrawn);
  for (const wanted of asked) {
    const fits = ({ language }: Display) => language !== undefined && speaks(language, wanted);
    if (own !== undefined && fits(own)) return own;
    const found = displays.find(fits);
    if (found !== undefined) return found;
  }
  return languages?.isStrict === true && own?.language !== undefined ? undefined : own;
}

/** Which designations an expansion shows: those asked for by `designation`, or all. */
export function designationsFor(
  view: View,
  concept: Described,
  listed: Listed | undefined,
  display: Display | undefined,
  wanted: readonly string[],
): readonly Json[] {
  const own = concept.display;
  const isOther = own !== undefined && own !== display?.value;
  const base: readonly Sourced[] = isOther
    ? [{ value: own, use: preferred, ...(view.language ? { language: view.language } : {}) }]
    : [];
  const all = [...base, ...concept.designations(), ...(listed?.designations ?? [])];
  let isShown = false;
  return all
    .filter((one) => {
      const isDisplay =
        !isShown && one.value === display?.value && one.language === display.language;
      if (isDisplay) isShown = true;
      return !isDisplay && (wanted.length === 0 || wanted.some((each) => isWanted(one, each)));
    })
    .map(shownDesignation);
}

const preferred = {
  system: 'http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra',
  code: 'preferredForLanguage',
  display: 'Preferred For Language',
};

const languageSystem = 'urn:ietf:bcp:47';

function isWanted({ language, use }: Sourced, wanted: string): boolean {
  const { url, version: code } = canonicalOf(wanted);
  if (url === languageSystem) return language !== undefined && language === code;
  return use?.system === url && (code === undefined || use.code === code);
}

/** Extensions of designations that mean something to who reads an expansion. */
const keptExtensions = new Set(
  ['coding-sctdescid', 'structuredefinition-standards-status'].map(
    (name) => `http://hl7.org/fhir/StructureDefinition/${name}`,
  ),
);

function shownDesignation({ language, use, value, extension }: Sourced): Json {
  const kept = (extension ?? []).filter(({ url }) => keptExtensions.has(String(url)));
  return {
    ...(kept.length === 0 ? {} : { extension: kept }),
    ...(language === undefined ? {} : { language }),
    ...(use === undefined ? {} : { use }),
    value,
  };
}
