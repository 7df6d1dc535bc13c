import type { Json, Property } from '../knowledge.ts';
import { answerOf } from './asked.ts';
import { type Described, type View, viewOf } from './concept-view.ts';
import { displayFor } from './display.ts';
import { declined, issue, refusedBy } from './issue.ts';
import { canonical, defined, textOf } from './json.ts';
import { openSupplements, type Question, supplementsOf } from './question.ts';
import { unknownSystemIssue } from './unknown-system.ts';
import { openSystem } from './versions.ts';

/** CodeSystem/$lookup (https://hl7.org/fhir/R4/codesystem-operation-lookup.html). */
export function lookup(question: Question): Json {
  const { asked } = question;
  const coding = asked.value('coding');
  const code = textOf(coding?.code) ?? asked.text('code');
  const url = textOf(coding?.system) ?? asked.text('system');
  if (code === undefined || url === undefined)
    throw declined(400, 'required', 'a lookup needs system and code, or a coding');
  const { view, concept } = found(question, url, code, textOf(coding?.version));
  const { languages } = question;
  const wanted = new Set(asked.texts('property'));
  const { resource, version } = view.system;
  const display = displayFor(view, concept, undefined, languages) ?? { value: concept.code };
  return answerOf([
    ...texts('name', textOf(resource.name) ?? textOf(resource.title) ?? url),
    { name: 'code', valueCode: concept.code },
    { name: 'system', valueUri: url },
    ...texts('version', version === '' ? undefined : version),
    ...texts('display', display.value),
    ...texts('definition', concept.definition),
    { name: 'abstract', valueBoolean: concept.isAbstract },
    ...designations(view, concept),
    ...properties(view, concept, wanted),
    ...view.supplements.map((one) => ({
      ...{ name: 'used-supplement', valueCanonical: canonical(one.url, one.version) },
    })),
  ]);
}

/** Finds a concept. Throws a refusal (404) when system, version or code are not known. */
function found(
  question: Question,
  url: string,
  code: string,
  given: string | undefined,
): { readonly view: View; readonly concept: Described } {
  const { asked, knowledge, rules } = question;
  const opened = openSystem(knowledge, rules, url, given ?? asked.text('version'));
  if (opened.system === undefined)
    throw refusedBy(404, unknownSystemIssue(question, opened, 'validate'));
  const supplements = openSupplements(knowledge, question.supplements);
  const view = viewOf(opened.system, supplementsOf(supplements, opened.system));
  const concept = view.describe(code);
  if (concept !== undefined) return { view, concept };
  throw refusedBy(
    404,
    issue(
      { severity: 'error', type: 'not-found', tx: 'invalid-code' },
      'Unknown_Code_in_Version',
      ...([code, url, opened.system.version] as const),
    ),
  );
}

const texts = (name: string, valueString: string | undefined): readonly Json[] =>
  valueString === undefined ? [] : [{ name, valueString }];

const preferred = {
  system: 'http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra',
  code: 'preferredForLanguage',
  display: 'Preferred For Language',
};

function designations(view: View, concept: Described): readonly Json[] {
  const own = {
    ...defined({ language: view.language, value: concept.display ?? concept.code }),
    use: preferred,
  };
  const all = [own, ...concept.designations()];
  return all.map((one) => {
    const { language, use, value, source } = one as Json;
    const parts = [
      ...(language === undefined ? [] : [{ name: 'language', valueCode: language }]),
      ...(use === undefined ? [] : [{ name: 'use', valueCoding: use }]),
      { name: 'value', valueString: value },
      ...(source === undefined ? [] : [{ name: 'source', valueCanonical: source }]),
    ];
    return { name: 'designation', part: parts };
  });
}

/** Without a wish, only what everybody needs; `*` is for all. */
function properties(view: View, concept: Described, wanted: ReadonlySet<string>): readonly Json[] {
  const isAll = wanted.has('*');
  const isWanted = (code: string) => isAll || wanted.has(code);
  const hierarchy = (code: 'parent' | 'child', codes: Iterable<string>) =>
    isWanted(code) ? [...codes].map((valueCode) => ({ code, valueCode })) : [];
  const all: readonly Property[] = [
    ...hierarchy('parent', view.system.parents(concept.code)),
    ...hierarchy('child', view.system.children(concept.code)),
    { code: 'inactive', valueBoolean: concept.isInactive },
    ...concept.properties.filter(
      ({ code }) => isWanted(code) && !['parent', 'child', 'inactive'].includes(code),
    ),
  ];
  return all.map((one) => propertyPart(view, one));
}

function propertyPart(view: View, property: Property): Json {
  const { code, ...value } = property;
  const target =
    typeof value.valueCode === 'string' ? view.system.concept(value.valueCode) : undefined;
  const [[key, content] = ['valueString', '']] = Object.entries(value).filter(([name]) =>
    name.startsWith('value'),
  );
  return {
    name: 'property',
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', [key]: content },
      ...texts('description', target?.display),
    ],
  };
}
