import type { Constraint, StructureDefinition } from '../../fhir/index.ts';
import type { Check, Json, ObjectPlan, TreeElement, Walk } from '../plan/index.ts';
import type { ValueSets } from '../terms/index.ts';

/** What the element that carries an extension is called, as contexts of extensions name it. */
export type ExtensionPlace = {
  /**
   * Its types, with what these derive from (`Age`, `Quantity`, `Element`), and its path in its own
   * definition (`Questionnaire.item`, also of an item in an item).
   */
  readonly names: ReadonlySet<string>;
  /** Is it a primitive, of which the definition of the sibling (`_birthDate`) knows no type? */
  readonly isPrimitive: boolean;
};

/** Where an extension was met. */
export type ExtensionUse = {
  readonly url: string;
  /** The extension itself. */
  readonly extension: Json;
  /** Where it may be registered for. */
  readonly place: ExtensionPlace;
  /** The path of the element that carries it, without indexes: `Patient.birthDate`. */
  readonly path: string;
  readonly isModifier: boolean;
  /** Is there a definition of it at hand, by which its content is checked? */
  readonly isDefined: boolean;
};

/** What is wrong with an extension; the path is the one of the issue. */
export type ExtensionFault = {
  readonly code: string;
  readonly path: string;
  readonly diagnostics: string;
};

/**
 * The extension registry's say: why the extension must not pass, or nothing for one that may.
 * `expression` gives the FHIRPath of the element that carries it, with indexes.
 */
export type JudgeExtension = (
  use: ExtensionUse,
  expression: () => string,
) => readonly ExtensionFault[];

/** Finds definitions by canonical URL, with or without `|version`; with a snapshot. */
export type FindStructure = (canonical: string) => StructureDefinition | undefined;

/**
 * A FHIRPath invariant, ready to run on values of a type (`Patient.contact` for what has no type of
 * its own); it gives undefined, as the compiler does, where nobody can say.
 */
export type CompileInvariant = (
  constraint: Constraint,
) =>
  | ((value: unknown, walk: Walk, type: string, extra: unknown) => boolean | undefined)
  | undefined;

/** Does a FHIRPath on the resource of a walk give this element of it? */
export type MeansElement = (expression: string, element: Json, walk: Walk) => boolean | undefined;

/** What the parts of the compiler need of each other; plans are made when first used. */
export type Compiler = {
  readonly find: FindStructure;
  readonly valueSets: ValueSets;
  readonly judgeExtension: JudgeExtension | undefined;
  readonly invariant: CompileInvariant;
  readonly means: MeansElement;
  /** Are warnings of good practice wanted (no narrative, and the like)? */
  readonly bestPractice: boolean;
  /** The plan of a type by its code, or of a profile by its URL; undefined when unknown. */
  planOf(canonical: string): ObjectPlan | undefined;
  /** The plan of what stands below an element. */
  planBelow(node: TreeElement): ObjectPlan;
  /** Checks a resource that stands inside another one: its type, and one of the profiles. */
  resource(type: string, profiles: readonly string[]): Check;
  /** Does a resource or an element fit a profile? */
  fitsProfile(url: string, value: unknown, walk: Walk): boolean;
  /** Is there a check among these that finds no error? */
  fitsOne(checks: readonly Check[], value: unknown, walk: Walk, type: string): boolean;
};

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** The canonical URL of a type's own definition. */
export const typeUrl = (code: string): string => (code.includes(':') ? code : core + code);

export const typeNameOf = (url: string): string =>
  url.startsWith(core) ? url.slice(core.length).split('|')[0]! : url;
