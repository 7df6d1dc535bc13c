import { readFileSync } from 'node:fs';
import type { PackedValueSet, R4Definitions } from '../../fhir/index.ts';
import { type CodeSystem, type Expansion, expand, type Terms, type ValueSet } from './expand.ts';
import { inSystem } from './grammars.ts';
import type { Verdict } from './verdict.ts';

/** Who knows which codes a value set holds: packed expansions, packages, a terminology service. */
export type ValueSets = {
  /**
   * Is the code in the set? `url` may carry `|version`; the system is undefined for an element of
   * type `code`, whose system the set itself says.
   */
  has(url: string, system: string | undefined, code: string): Verdict;
};

/** Definitions of codes beyond R4's own, by canonical URL with or without `|version`. */
export type MoreTerms = {
  codeSystem(url: string): CodeSystem | undefined;
  valueSet(url: string): ValueSet | undefined;
};

/** The value sets of R4's bindings, and those of packages, as far as they can be counted up. */
export function createValueSets(r4: R4Definitions, more?: MoreTerms): ValueSets {
  const known = new Map<string, Expansion | undefined>();
  const terms: Terms = {
    codeSystem: (url) => more?.codeSystem(url),
    valueSet: (url) => {
      const plain = url.split('|')[0]!;
      return more?.valueSet(url) ?? unpack(r4.valueSet(plain) ?? ofVsac(plain));
    },
  };
  const find = (url: string): Expansion | undefined => {
    const found = known.get(url);
    if (found !== undefined || known.has(url)) return found;
    const set = terms.valueSet(url);
    const expansion = set === undefined ? undefined : expand(set, terms);
    known.set(url, expansion);
    return expansion;
  };
  return {
    has(url, system, code) {
      const expansion = find(url);
      if (expansion === undefined) return 'unknown';
      return system === undefined ? hasCode(expansion, code) : hasCoding(expansion, system, code);
    },
  };
}

/** The first that can say; the last one's word where none can. */
export function firstOf(...all: readonly ValueSets[]): ValueSets {
  return {
    has(url, system, code) {
      for (const one of all) {
        const verdict = one.has(url, system, code);
        if (verdict !== 'unknown') return verdict;
      }
      return 'unknown';
    },
  };
}

function hasCoding({ codes, open }: Expansion, system: string, code: string): Verdict {
  if (codes.get(system)?.has(code)) return 'yes';
  if (open.has('*')) return 'unknown';
  return open.has(system) ? inSystem(system, code) : 'no';
}

function hasCode({ codes, open }: Expansion, code: string): Verdict {
  for (const of of codes.values()) if (of.has(code)) return 'yes';
  let verdict: Verdict = 'no';
  for (const system of open) {
    const one = inSystem(system, code);
    if (one === 'yes') return one;
    if (one === 'unknown') verdict = one;
  }
  return verdict;
}

let vsac: ReadonlyMap<string, PackedValueSet> | undefined;

/**
 * Of the sets of VSAC behind race, ethnicity and birth sex in US Core, which no package brings:
 * the codes that everybody sends are known to be in them, others of the same code system are left
 * open, and what is no code of it is refused.
 */
function ofVsac(url: string): PackedValueSet | undefined {
  if (!url.startsWith('http://cts.nlm.nih.gov/')) return undefined;
  const text = (): string => readFileSync(new URL('vsac.json', import.meta.url), 'utf8');
  vsac ??= new Map((JSON.parse(text()) as PackedValueSet[]).map((one) => [one.url, one]));
  return vsac.get(url);
}

/** A packed set as a ValueSet again: what it leaves open are code systems that nobody has here. */
function unpack(packed: PackedValueSet | undefined): ValueSet | undefined {
  if (packed === undefined) return undefined;
  const listed = Object.entries(packed.codes).map(([system, codes]) => ({
    system,
    concept: codes.map((code) => ({ code })),
  }));
  const open = (packed.open ?? []).map((system) => ({ system }));
  return { url: packed.url, compose: { include: [...listed, ...open] } };
}
