import type { Knowledge } from '../../knowledge.ts';
import { askedBy } from '../asked.ts';
import { Refused } from '../issue.ts';
import { findValueSet, questionOf } from '../question.ts';
import { judge, systemsOf } from './judge.ts';
import { type Part, type Prepared, prepare } from './prepared.ts';

/** `unknown`: the value set is not known here, or names what is not. */
export type Membership = 'yes' | 'no' | 'unknown';

/**
 * Tells whether value sets hold a code, by what is known now; each value set is prepared once. The
 * canonical may carry `|version`; a system that is undefined is the one that the set means.
 */
export function memberships(knowledge: Knowledge) {
  const question = questionOf(askedBy({ resourceType: 'Parameters' }), { knowledge });
  const known = new Map<string, Prepared | undefined>();
  const read = (canonical: string): Prepared | undefined => {
    try {
      const resource = findValueSet(question, canonical);
      return resource && prepare(question, resource);
    } catch (cause) {
      if (cause instanceof Refused) return undefined;
      throw cause;
    }
  };
  const prepared = (canonical: string): Prepared | undefined => {
    if (known.has(canonical)) return known.get(canonical);
    const made = read(canonical);
    known.set(canonical, made);
    return made;
  };
  return (canonical: string, system: string | undefined, code: string): Membership => {
    const set = prepared(canonical);
    if (set === undefined) return 'unknown';
    if (system === undefined) {
      if (systemsOf(set, code).length > 0) return 'yes';
      return isWhole(set) ? 'no' : 'unknown';
    }
    if (isListing(set)) return lists(set, system, code) ? 'yes' : 'no';
    const coding = { system, code, version: undefined, display: undefined, path: '' };
    const { isIn, unknown, view } = judge(question, set, coding);
    if (isIn) return 'yes';
    if (unknown.length > 0 || !isSaid(set)) return 'unknown';
    return view === undefined || view.system.resource.content === 'complete' ? 'no' : 'unknown';
  };
}

const parts = ({ includes, excludes }: Prepared): readonly Part[] => [...includes, ...excludes];

/** It lists its codes one by one, so that nobody needs to know their code systems. */
const isListing = ({ includes, excludes }: Prepared): boolean =>
  includes.length > 0 &&
  excludes.length === 0 &&
  includes.every(
    ({ component, listed }) => listed !== undefined && component.valueSets.length === 0,
  );

const lists = ({ includes }: Prepared, system: string, code: string): boolean =>
  includes.some(({ component, listed, view }) => {
    const written = view?.system.concept(code)?.code ?? code;
    return component.system === system && listed!.has(written);
  });

/** It says which codes it has, and knows the value sets that it names. */
const isSaid = (set: Prepared): boolean =>
  set.includes.length > 0 &&
  parts(set).every(({ missing, imports }) => missing.length === 0 && imports.every(isSaid));

/** Every code that it may have can be told. */
const isWhole = (set: Prepared): boolean =>
  isSaid(set) &&
  parts(set).every(
    ({ component, view, listed, imports }) =>
      imports.every(isWhole) &&
      (component.system === undefined ||
        listed !== undefined ||
        view?.system.resource.content === 'complete'),
  );
