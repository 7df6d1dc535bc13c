import type { Json, Property } from '../../knowledge.ts';
import type { Described, View } from '../concept-view.ts';
import { designationsFor, displayFor } from '../display.ts';
import { textOf, valueIn } from '../json.ts';
import type { Languages } from '../languages.ts';
import type { Member } from '../value-set/index.ts';

/** What an expansion is to show of each concept. */
export type Wishes = {
  readonly languages: Languages | undefined;
  readonly isVersioned: boolean;
  readonly properties: readonly string[];
  /** `system|code`; empty for all. */
  readonly designations: readonly string[];
  readonly hasDesignations: boolean;
};

/** One entry of `expansion.contains`, as R5 writes it. */
export function shownConcept(member: Member, wishes: Wishes): Json {
  const { view, concept, listed } = member;
  const { url, version } = view.system;
  const display = displayFor(view, concept, listed, wishes.languages);
  const designation = wishes.hasDesignations
    ? designationsFor(view, concept, listed, display, wishes.designations)
    : [];
  const property = propertiesOf(member, wishes);
  const extension = extensionsOf(member);
  const shown: { -readonly [K in keyof Json]: unknown } = {};
  if (extension.length > 0) shown.extension = extension;
  shown.system = url;
  if (concept.isAbstract) shown.abstract = true;
  if (concept.isInactive) shown.inactive = true;
  if (wishes.isVersioned && version !== '') shown.version = version;
  shown.code = concept.code;
  if (display !== undefined) shown.display = display.value;
  if (designation.length > 0) shown.designation = designation;
  if (property.length > 0) shown.property = property;
  return shown;
}

const structure = 'http://hl7.org/fhir/StructureDefinition/';

/** Extensions that have become properties: of the code system, and of the value set's listing. */
const fromExtensions = [
  {
    code: 'order',
    names: ['valueset-conceptOrder', 'codesystem-conceptOrder'],
    key: 'valueDecimal',
  },
  { code: 'label', names: ['valueset-label', 'codesystem-label'], key: 'valueString' },
  { code: 'weight', names: ['itemWeight'], key: 'valueDecimal' },
] as const;

const uris: Readonly<Record<string, string>> = {
  definition: 'definition',
  label: 'label',
  order: 'order',
  status: 'status',
  weight: 'itemWeight',
};

function propertiesOf({ view, concept, listed }: Member, wishes: Wishes): readonly Property[] {
  const extensions = [...(listed?.extensions ?? []), ...concept.extensions];
  const shown: Property[] = [];
  if (wishes.properties.includes('definition')) {
    const { definition } = concept;
    if (definition !== undefined) shown.push({ code: 'definition', valueString: definition });
  }
  for (const { code, names, key } of extensions.length === 0 ? [] : fromExtensions) {
    const found = names
      .map((name) => extensions.find(({ url }) => url === `${structure}${name}`))
      .find((one) => one !== undefined);
    if (found !== undefined) shown.push({ code, [key]: valueIn(found) });
  }
  const { status } = concept;
  if (status !== undefined) shown.push({ code: 'status', valueCode: status });
  for (const code of wishes.properties) {
    if (shown.some((one) => one.code === code)) continue;
    shown.push(...askedProperty(view, concept, code));
  }
  return shown;
}

function askedProperty(view: View, concept: Described, code: string): readonly Property[] {
  if (code === 'parent' || code === 'child') {
    const codes = code === 'parent' ? view.system.parents : view.system.children;
    return [...codes(concept.code)].map((valueCode) => ({ code, valueCode }));
  }
  if (code === 'inactive') return [{ code, valueBoolean: concept.isInactive }];
  return concept.properties.filter((one) => one.code === code);
}

/** Declarations of the properties that an expansion shows. */
export function shownProperties(
  members: readonly Member[],
  shown: readonly Json[],
  wishes: Wishes,
): readonly Json[] {
  const views = new Set(members.map(({ view }) => view));
  const used = new Set(
    shown.flatMap(({ property }) =>
      ((property as readonly Property[]) ?? []).map(({ code }) => code),
    ),
  );
  for (const code of wishes.properties)
    if (!used.has(code) && !declares(views, code)) used.add(code);
  return [...used].map((code) => ({ code, uri: uriOf(views, code) }));
}

const declares = (views: ReadonlySet<View>, code: string) =>
  [...views].some(({ declared }) => declared.some((one) => one.code === code));

function uriOf(views: ReadonlySet<View>, code: string): string {
  for (const { declared } of views) {
    const uri = textOf(declared.find((one) => one.code === code)?.uri);
    if (uri !== undefined) return uri;
  }
  return `http://hl7.org/fhir/concept-properties#${uris[code] ?? code}`;
}

/** Extensions of code system and listing that who shows an expansion needs. */
const keptOfSystem = new Set(['rendering-style', 'rendering-xhtml']);
const keptOfListing = new Set([
  ...keptOfSystem,
  'valueset-deprecated',
  'valueset-concept-definition',
  'structuredefinition-standards-status',
]);

function extensionsOf({ concept, listed }: Member): readonly Json[] {
  if (concept.extensions.length === 0 && listed === undefined) return [];
  const named = (names: ReadonlySet<string>) => (one: Json) =>
    String(one.url).startsWith(structure) && names.has(String(one.url).slice(structure.length));
  const own = (listed?.extensions ?? []).filter(named(keptOfListing));
  const inherited = concept.extensions
    .filter(named(keptOfSystem))
    .filter(({ url }) => !own.some((one) => one.url === url));
  return [...own, ...inherited];
}
