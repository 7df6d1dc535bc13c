import type { Issue } from '../../engine/index.ts';
import type { CodeableConcept, Coding, Contribution, Conversion, Mark } from '../fhir/index.ts';
import type { MapRelease } from './map-release.ts';
import type { TranslatedCode, TranslationOutcome } from './store/index.ts';
import type { SeenCode, UndecidedCode } from './worklist/index.ts';

/** What a use wants done where a translation is less than whole. */
export const actions = ['pass', 'flag', 'hold'] as const;
export type Action = (typeof actions)[number];

/** Of the outcomes that a policy may speak of, what happens unless it does. */
export const defaultPolicy = {
  unmapped: 'flag',
  ambiguous: 'flag',
  unmatched: 'pass',
  'mapped-with-loss': 'pass',
} as const satisfies Partial<Record<TranslationOutcome, Action>>;
export type Policy = Readonly<Record<keyof typeof defaultPolicy, Action>>;

/** How a channel translates: by use. */
export type Uses = {
  readonly pinned: ReadonlyMap<string, MapRelease>;
  readonly policies: ReadonlyMap<string, Policy>;
  /** Uses whose codes are to stay as sent. */
  readonly silent: ReadonlySet<string>;
};

export type Translated = {
  readonly conversion: Conversion;
  readonly issues: readonly Issue[];
  /** A policy wants the message held for one of these issues. */
  readonly isHeld: boolean;
  /** Every code that was marked, as sent and as translated. */
  readonly seen: readonly SeenCode[];
  readonly undecided: readonly UndecidedCode[];
};

type Flag = {
  readonly outcome: keyof Policy;
  readonly map: string;
  readonly system: string;
  readonly action: Action;
};

/** Translates all that is marked; what a mapping emitted is copied where it changes. */
export function translateMarks(conversion: Conversion, uses: Uses): Translated {
  const { pinned, policies, silent } = uses;
  const contributions = [...conversion.contributions];
  const used = new Set(conversion.provenance.maps);
  const unpinned = new Set<string>();
  const flags = new Map<string, { flag: Flag; path: string; count: number }>();
  const seen: SeenCode[] = [];
  const undecided: UndecidedCode[] = [];
  for (const mark of conversion.marks) {
    const { use } = mark;
    const contribution = contributions[mark.contribution];
    const concept = contribution && conceptAt(contribution, mark);
    if (contribution === undefined || concept === undefined) continue;
    for (const { system = '', code = '' } of concept.coding ?? [])
      if (code !== '') seen.push({ use, system, code });
    const map = pinned.get(use);
    if (map === undefined) {
      if (!silent.has(use) && isOwn(concept)) unpinned.add(use);
      continue;
    }
    const { translation, system, code, display } = translateConcept(map, concept);
    const { outcome } = translation;
    const [target] = translation.targets;
    if (target !== undefined && outcome !== 'ambiguous') {
      const changed = append(contribution, mark, concept, target);
      if (changed !== contribution) seen.push({ use, system: target.system, code: target.code });
      contributions[mark.contribution] = changed;
      used.add(map.release);
    }
    if (outcome === 'unmapped' || outcome === 'ambiguous')
      undecided.push({ use, system, code, display, outcome, map: map.release });
    if (outcome === 'none' || outcome === 'mapped') continue;
    const action = (policies.get(use) ?? defaultPolicy)[outcome];
    if (action === 'pass') continue;
    const key = `${outcome} ${map.release} ${system} ${action}`;
    const steps = mark.path.filter((step) => typeof step === 'string');
    const path = [contribution.type, ...steps].join('.');
    const flag: Flag = { outcome, map: map.release, system, action };
    const entry = flags.get(key) ?? { flag, path, count: 0 };
    flags.set(key, { ...entry, count: entry.count + 1 });
  }
  const provenance = { ...conversion.provenance, maps: [...used] };
  return {
    conversion: { ...conversion, contributions, provenance },
    issues: [...[...flags.values()].map(toIssue), ...[...unpinned].map(unpinnedIssue)],
    isHeld: [...flags.values()].some(({ flag }) => flag.action === 'hold'),
    seen,
    undecided,
  };
}

/** Systems that everybody shares: a code of theirs needs no translation. */
const sharedHosts = [
  'loinc.org',
  'snomed.info',
  'hl7.org',
  'terminology.hl7.org',
  'www.nlm.nih.gov',
  'www.ama-assn.org',
];
const sharedPrefixes = [
  ...sharedHosts.map((host) => `http://${host}`),
  ...['urn:oid:', 'urn:iso:', 'urn:ietf:'],
];

const isShared = (system: string): boolean =>
  sharedPrefixes.some((prefix) => system.startsWith(prefix));

function isOwn({ coding = [] }: CodeableConcept): boolean {
  return coding.length > 0 && !coding.some(({ system = '' }) => isShared(system));
}

const unpinnedIssue = (use: string): Issue => ({
  severity: 'information',
  code: 'code-map-unpinned',
  diagnostics: `the channel pins no map for the use ${use}: the sender's own codes stay as sent`,
});

/** `none`: there is nothing to translate, or the sender has done it already. */
type ConceptTranslation = {
  readonly translation:
    | TranslatedCode
    | { readonly outcome: 'none'; readonly targets: TranslatedCode['targets'] };
  /** Of the coding that decided, or that nobody knows. */
  readonly system: string;
  readonly code: string;
  readonly display: string;
};

const nothing: ConceptTranslation = {
  translation: { outcome: 'none', targets: [] },
  ...{ system: '', code: '', display: '' },
};

/** The first coding that the map says anything of decides. */
function translateConcept(map: MapRelease, concept: CodeableConcept): ConceptTranslation {
  let unknown: ConceptTranslation | undefined;
  let isStandard = false;
  for (const { system = '', code, display = '' } of concept.coding ?? []) {
    if (code === undefined) continue;
    const translation = map.translate(system, code);
    const found = { translation, system, code, display };
    if (translation.outcome !== 'unmapped') return found;
    unknown ??= found;
    isStandard ||= map.targetSystems.has(system);
  }
  return unknown === undefined || isStandard ? nothing : unknown;
}

function conceptAt({ set }: Contribution, { path }: Mark): CodeableConcept | undefined {
  let value: unknown = set;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return typeof value === 'object' && value !== null ? (value as CodeableConcept) : undefined;
}

/** Copies what lies on the way to the concept; what a mapping emitted is nobody's to change. */
function append(
  contribution: Contribution,
  { path }: Mark,
  concept: CodeableConcept,
  target: { readonly system: string; readonly code: string; readonly display?: string },
): Contribution {
  const coding = concept.coding ?? [];
  const { system, code, display = '' } = target;
  if (coding.some((one) => (one.system ?? '') === system && one.code === code)) return contribution;
  const of = system === '' ? {} : { system };
  const added: Coding = { ...of, code, ...(display === '' ? {} : { display }) };
  const replacement: CodeableConcept = { ...concept, coding: [...coding, added] };
  const set = replaceAt(contribution.set, path, 0, replacement) as Contribution['set'];
  return { ...contribution, set };
}

function replaceAt(
  value: unknown,
  path: readonly (string | number)[],
  depth: number,
  replacement: unknown,
): unknown {
  const step = path[depth];
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    const inner = replaceAt(value[Number(step)], path, depth + 1, replacement);
    return value.with(Number(step), inner);
  }
  const holder = value as Record<string, unknown>;
  return { ...holder, [step]: replaceAt(holder[step], path, depth + 1, replacement) };
}

const said: Readonly<Record<keyof Policy, string>> = {
  unmapped: 'no row',
  ambiguous: 'several rows',
  unmatched: 'a declared "no match"',
  'mapped-with-loss': 'no equivalent target, a wider or narrower one,',
};

function toIssue({ flag, path, count }: { flag: Flag; path: string; count: number }): Issue {
  const { outcome, map, system, action } = flag;
  const codes = count === 1 ? 'a code' : `${count} codes`;
  const of = system === '' ? 'of no system' : `of the system ${system}`;
  return {
    severity: action === 'hold' ? 'error' : 'warning',
    code: issueCodes[outcome],
    diagnostics: `the map ${map} has ${said[outcome]} for ${codes} ${of}`,
    path,
  };
}

const issueCodes: Readonly<Record<keyof Policy, string>> = {
  unmapped: 'code-unmapped',
  ambiguous: 'code-ambiguous',
  unmatched: 'code-unmatched',
  'mapped-with-loss': 'code-mapped-with-loss',
};
