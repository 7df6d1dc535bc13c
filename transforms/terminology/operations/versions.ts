import type { CodeSystem, Knowledge, ResourceType } from '../knowledge.ts';
import { canonicalOf } from './json.ts';

/** The version parameters of a question: by url, which version (or pattern) it means. */
export type VersionRules = {
  /** `system-version`: where nobody names a version. */
  readonly preferred: ReadonlyMap<string, string>;
  /** `check-system-version`: must be this; where nobody names a version, it is this. */
  readonly required: ReadonlyMap<string, string>;
  /** `force-system-version`: whatever is named. */
  readonly forced: ReadonlyMap<string, string>;
  /** `default-valueset-version`. */
  readonly valueSets: ReadonlyMap<string, string>;
};

export function ruleMap(canonicals: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    canonicals.flatMap((text) => {
      const { url, version } = canonicalOf(text);
      return version === undefined ? [] : [[url, version] as const];
    }),
  );
}

/** The version of a code system that a place in a value set, or a coding, comes down to. */
export type Opened = {
  readonly url: string;
  /** What the place says; '' where it says nothing. */
  readonly said: string;
  /** What was looked for after the rules; '' for the newest. */
  readonly sought: string;
  /** Whether a rule of the question made `sought` another than `said`. */
  readonly isRuled: boolean;
  /** Undefined when no such version is known. */
  readonly system: CodeSystem | undefined;
  /** The pattern of `check-system-version` that the version found does not fit. */
  readonly violated: string | undefined;
};

/** Whether a version fits a text that may have wildcards: `1.x.x`, `1.0.*`. */
export function fitsVersion(pattern: string, version: string): boolean {
  if (pattern === version) return true;
  if (!isPattern(pattern)) return false;
  const wanted = pattern.split('.');
  const parts = version.split('.');
  if (wanted.length > parts.length) return false;
  return wanted.every((part, at) => part === 'x' || part === '*' || part === parts[at]);
}

export const isPattern = (version: string): boolean => /(^|\.)[x*](\.|$)/.test(version);

/**
 * The version that a question means: of '' the newest, else the newest that fits. A draft answers
 * to its own version alone, for nobody lists it.
 */
export function versionFor(
  knowledge: Knowledge,
  type: ResourceType,
  url: string,
  sought: string,
): string | undefined {
  const known = knowledge.versions(type, url);
  if (sought === '') return known[0];
  const found = known.find((one) => fitsVersion(sought, one));
  return found ?? (isThere(knowledge, type, url, sought) ? sought : undefined);
}

export function isThere(
  knowledge: Knowledge,
  type: ResourceType,
  url: string,
  version: string,
): boolean {
  switch (type) {
    case 'CodeSystem':
      return knowledge.codeSystem(url, version) !== undefined;
    case 'ValueSet':
      return knowledge.valueSet(url, version) !== undefined;
    case 'ConceptMap':
      return knowledge.conceptMap(url, version) !== undefined;
    default:
      throw new Error(`no such type: ${type satisfies never}`);
  }
}

/** Opens what a place names: rules first, then the newest version that fits. */
export function openSystem(
  knowledge: Knowledge,
  rules: VersionRules,
  url: string,
  said: string | undefined,
): Opened {
  const forced = rules.forced.get(url);
  const fallback = rules.preferred.get(url) ?? rules.required.get(url);
  const named = said === undefined || said === '' ? undefined : said;
  const sought = forced ?? named ?? fallback ?? '';
  const version = versionFor(knowledge, 'CodeSystem', url, sought);
  const system = version === undefined ? undefined : knowledge.codeSystem(url, version);
  const required = rules.required.get(url);
  const isViolated =
    required !== undefined && version !== undefined && !fitsVersion(required, version);
  return {
    ...{ url, said: named ?? '', sought, system },
    isRuled: sought !== (named ?? ''),
    violated: isViolated ? required : undefined,
  };
}
