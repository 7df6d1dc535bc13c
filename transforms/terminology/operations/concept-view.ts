import type { CodeSystem, Concept, Designation, Json, Property } from '../knowledge.ts';
import { propertyText } from '../memory/index.ts';
import { listOf, textOf, valueIn } from './json.ts';

/** A text that may stand as display, with its language. */
export type Display = {
  readonly value: string;
  readonly language: string | undefined;
  /** Once a display, now no more to be used. */
  readonly isWithdrawn: boolean;
};

/** A designation, and the supplement that it comes from. */
export type Sourced = Designation & { readonly source?: string };

/** A concept as a code system and its supplements together say it. */
export type Described = {
  readonly code: string;
  readonly display: string | undefined;
  readonly definition: string | undefined;
  /** Most questions need none, and a reader fetches them when they are asked for. */
  designations(): readonly Sourced[];
  readonly properties: readonly Property[];
  readonly extensions: readonly Json[];
  readonly isInactive: boolean;
  readonly isAbstract: boolean;
  readonly isDeprecated: boolean;
  /** `retired`, `deprecated`..; undefined for one in use. */
  readonly status: string | undefined;
};

/** A code system as a question sees it: with the supplements that are in use. */
export type View = {
  readonly system: CodeSystem;
  readonly language: string | undefined;
  readonly supplements: readonly CodeSystem[];
  /** What the code system declares of its properties, the supplements' too. */
  readonly declared: readonly Json[];
  describe(code: string | Concept): Described | undefined;
};

const none: readonly Json[] = [];

const propertyUri = 'http://hl7.org/fhir/concept-properties#';
export const standardsStatusUrl =
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status';

export function viewOf(system: CodeSystem, supplements: readonly CodeSystem[]): View {
  const declared = [system, ...supplements].flatMap(({ resource }) => listOf(resource.property));
  const named = (word: string) =>
    new Set([
      word,
      ...declared
        .filter(({ uri }) => uri === `${propertyUri}${word}`)
        .map(({ code }) => String(code)),
    ]);
  const codes = { status: named('status'), inactive: named('inactive') };
  const notSelectable = named('notSelectable');
  return {
    system,
    supplements,
    declared,
    language: textOf(system.resource.language),
    describe(code) {
      const concept = typeof code === 'string' ? system.concept(code) : code;
      if (concept === undefined) return undefined;
      return described(concept, supplements, { ...codes, notSelectable });
    },
  };
}

/** The names under which a code system says these things. */
type Names = {
  readonly status: ReadonlySet<string>;
  readonly inactive: ReadonlySet<string>;
  readonly notSelectable: ReadonlySet<string>;
};

function described(concept: Concept, supplements: readonly CodeSystem[], names: Names): Described {
  const additions = supplements.flatMap((one) => {
    const found = one.concept(concept.code);
    return found === undefined ? [] : [{ found, source: canonicalText(one) }];
  });
  const more = additions.map(({ found }) => found);
  const properties =
    more.length === 0 ? concept.properties : [concept, ...more].flatMap((one) => one.properties);
  const extensions =
    more.length === 0
      ? (concept.extension ?? none)
      : [concept, ...more].flatMap((one) => one.extension ?? none);
  const standards = textOf(valueIn(extensions.find((one) => one.url === standardsStatusUrl)));
  const written = firstOf(properties, names.status);
  const stated = written !== undefined && statuses.has(written) ? written : standards;
  const isInactive = firstOf(properties, names.inactive) === 'true' || isOver(stated);
  return {
    code: concept.code,
    display: concept.display,
    definition: concept.definition,
    designations() {
      const added = additions.flatMap(({ found, source }) =>
        found.designations.map((one) => ({ ...one, source })),
      );
      return added.length === 0 ? concept.designations : [...concept.designations, ...added];
    },
    properties,
    extensions,
    isInactive,
    isAbstract: firstOf(properties, names.notSelectable) === 'true',
    isDeprecated: stated === 'deprecated',
    status: stated === 'active' ? undefined : (stated ?? (isInactive ? 'inactive' : undefined)),
  };
}

function firstOf(properties: readonly Property[], names: ReadonlySet<string>): string | undefined {
  for (const one of properties) if (names.has(one.code)) return propertyText(one);
  return undefined;
}

/** Words that say how a concept stands; a property of that name may hold others. */
const statuses = new Set([
  ...['active', 'deprecated', 'draft', 'experimental', 'inactive', 'retired', 'withdrawn'],
]);

const isOver = (status: string | undefined) =>
  status === 'retired' || status === 'inactive' || status === 'withdrawn';

const canonicalText = ({ url, version }: CodeSystem) =>
  version === '' ? url : `${url}|${version}`;

/** The uses under which a designation is a display; any other is a text of another kind. */
function isDisplayUse(use: Json | undefined): boolean {
  if (use === undefined) return true;
  const { code, system } = use;
  if (code === undefined && system === undefined) return true;
  return code === 'display' || code === 'preferredForLanguage' || code === '900000000000013009';
}

/** All texts that name the concept, its own display first. */
export function displaysOf(
  view: View,
  described: Described,
  more: readonly Designation[] = [],
): readonly Display[] {
  const own = described.display;
  const designations = [...described.designations(), ...more].filter(
    ({ use, value }) => isDisplayUse(use) && typeof value === 'string',
  );
  return [
    ...(own === undefined
      ? []
      : [{ value: own, language: view.language, isWithdrawn: false } as const]),
    ...designations.map((one) => ({
      value: one.value,
      language: one.language ?? view.language,
      isWithdrawn: isWithdrawn(one),
    })),
  ];
}

function isWithdrawn({ extension }: Designation): boolean {
  const status = textOf(valueIn(extension?.find(({ url }) => url === standardsStatusUrl)));
  return status === 'withdrawn' || status === 'deprecated';
}
