import type { Issue } from '../../engine/index.ts';
import {
  type Compiler,
  compileObject,
  type FindStructure,
  type JudgeExtension,
  typeUrl,
} from './compile/index.ts';
import { createInvariants, createMeans } from './invariants.ts';
import { isQuiet, type ObjectPlan, startWalk, type TreeElement, treeOf } from './plan/index.ts';
import { createAnswersCheck, type FindQuestionnaire } from './questionnaires/index.ts';
import { createResourceCheck } from './resource-check.ts';
import type { ValueSets } from './terms/index.ts';
import { isObject } from './values/index.ts';

export type ValidatorOptions = {
  /** R4's own definitions and those of packages (`createDefinitions`). */
  readonly definitions: {
    readonly structure: FindStructure;
    /** Without it, answers are left unchecked but for those to a contained Questionnaire. */
    readonly questionnaire?: FindQuestionnaire;
  };
  readonly valueSets: ValueSets;
  /** Profiles that every resource of their type must fit, whether it says so or not. */
  readonly profiles?: readonly string[];
  /** The extension registry; without it an extension that nobody defines is left unchecked. */
  readonly extensions?: JudgeExtension;
  /** Report what is only advised too, as that a resource should have a narrative. */
  readonly bestPractice?: boolean;
};

export type Validation = {
  /** Errors and warnings; `path` is a FHIRPath with indexes. */
  readonly issues: readonly Issue[];
  /** What nobody here could check, as information; each is a question left open. */
  readonly unchecked: readonly Issue[];
};

export type Validator = {
  /** Throws for nothing that JSON may hold. */
  validate(resource: unknown, about?: { readonly profiles?: readonly string[] }): Validation;
};

/**
 * A validator of FHIR R4 resources against the definitions given. Plans are compiled when the
 * first resource that needs them comes, and kept.
 */
export function createValidator(options: ValidatorOptions): Validator {
  const compiler = createCompiler(options);
  const { questionnaire = () => undefined } = options.definitions;
  const answers = createAnswersCheck(questionnaire, options.valueSets);
  const check = createResourceCheck(compiler, options.profiles ?? [], answers);
  compiler.resource = check.nested;
  compiler.fitsProfile = check.fitsProfile;
  return {
    validate(resource, { profiles = [] } = {}) {
      if (!isObject(resource)) return refused('the payload is no JSON object');
      const type = resource.resourceType;
      const base = typeof type === 'string' && /^[A-Za-z]{1,60}$/.test(type) ? type : 'Resource';
      const walk = startWalk(resource, base);
      check.resource(resource, walk, profiles);
      const { issues, unchecked, isRepeated } = walk;
      return isRepeated
        ? { issues: distinct(issues), unchecked: distinct(unchecked) }
        : { issues, unchecked };
    },
  };
}

const refused = (diagnostics: string): Validation => ({
  issues: [{ severity: 'error', code: 'fhir-not-a-resource', diagnostics }],
  unchecked: [],
});

/** Several profiles say the same of one element; once is enough. */
function distinct(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length < 2) return issues;
  const seen = new Map(
    issues.map((one) => [`${one.path}\n${one.code}\n${one.severity}\n${one.diagnostics}`, one]),
  );
  return [...seen.values()];
}

type Making = { -readonly [K in keyof Compiler]: Compiler[K] };

function createCompiler(options: ValidatorOptions): Making {
  const find = options.definitions.structure;
  const byUrl = new Map<string, ObjectPlan | undefined>();
  const byNode = new WeakMap<TreeElement, ObjectPlan>();
  const planBelow = (node: TreeElement): ObjectPlan => {
    const known = byNode.get(node);
    if (known !== undefined) return known;
    const plan = compileObject(node, compiler);
    byNode.set(node, plan);
    return plan;
  };
  const planOf = (canonical: string): ObjectPlan | undefined => {
    if (byUrl.has(canonical)) return byUrl.get(canonical);
    const structure = find(typeUrl(canonical));
    const tree = structure === undefined ? undefined : treeOf(structure);
    const plan = tree === undefined ? undefined : planBelow(tree);
    if (plan !== undefined) byUrl.set(canonical, plan);
    return plan;
  };
  const compiler: Making = {
    find,
    valueSets: options.valueSets,
    judgeExtension: options.extensions,
    invariant: createInvariants(() => compiler),
    means: createMeans(() => compiler),
    bestPractice: options.bestPractice ?? false,
    planOf,
    planBelow,
    resource: unwired,
    fitsProfile: unwired,
    fitsOne: (checks, value, walk, type) =>
      checks.some((one) => isQuiet(walk, (apart) => one(value, apart, type))),
  };
  return compiler;
}

function unwired(): never {
  throw new Error('the compiler was used before it was complete');
}
