import { type FieldBits, fieldBits, nameCode, nameOf } from '../hl7v2/index.ts';
import { compileCondition, type Predicate } from './conditions.ts';
import { type CorrectionPlan, correctionPlan } from './correction-plan.ts';
import { compileDialect, compileTable, type Dialect } from './dialect.ts';
import { elementsOf } from './elements.ts';
import type { CodeTable } from './environment.ts';
import { fieldPath } from './field-path.ts';
import { type Fill, programOf } from './generate.ts';
import { joiningElements } from './joins.ts';
import { compileKey, compileOthers, type KeyReader, keyWords } from './keys.ts';
import { compileList, type ListPlan } from './listings.ts';
import type { Live, Shape } from './live.ts';
import type { LoadedMapping } from './load.ts';
import type { Memos } from './memo.ts';
import type { Merged } from './merge.ts';
import { type Giving, type Givings, givingsOf } from './origins.ts';
import { type ReadPath, readPath } from './reader.ts';
import { type Going, goingWith } from './replacements.ts';
import type { RowTables } from './rows/index.ts';
import { compileRule, type Rule, type RulePlan } from './rule.ts';
import { choiceNames, fhirPathOf } from './target.ts';
import { visitNumberOf } from './visit-fields.ts';

/**
 * A rule at its segment. `field`: without this field of the segment it has nothing to do; 0 where
 * the rule must be asked.
 */
export type Step = {
  readonly field: number;
  readonly apply: Rule['apply'];
  readonly plan: RulePlan;
  isLive(shape: Shape): boolean;
  /** Set where rows of other fields fill the same list. */
  readonly giving: Giving | undefined;
};

/** Rules and parts of a resource, or of a part. */
export type Filling = Written & {
  /** Its rules as one function; undefined while, or where, they are asked one by one. */
  program(): Fill | undefined;
};

export type Written = {
  /** Of the row. */
  readonly id: string;
  readonly segment: string;
  /** Its place among all resource and part rows. */
  readonly number: number;
  readonly steps: readonly Step[];
  readonly parts: readonly PartPlan[];
  /** Names, one of which must be there for each, and what to call it. */
  readonly required: readonly { readonly name: string; readonly names: readonly string[] }[];
};

export type ResourcePlan = Filling & {
  readonly type: string;
  readonly each: string;
  readonly when: Predicate | undefined;
  readonly key: KeyReader;
  readonly keyWords: string;
  readonly otherKeys: ReturnType<typeof compileOthers>;
  /** What messages say for which it does not hold counts only where nothing is known yet. */
  readonly authority: Predicate | undefined;
  /** The same key twice in a message is the same resource, not a second one. */
  readonly isShared: boolean;
  /** Left out where the message makes one of the same key already. */
  readonly isOnce: boolean;
  readonly corrections: readonly CorrectionPlan[];
  /** Where it holds, the resource is there no more. */
  readonly deletes: Predicate | undefined;
  /** Issue code when the key is missing. */
  readonly missing: string;
  /** What goes with each name that is set. */
  readonly goes: ReadonlyMap<string, Going>;
  /** What its segments say as a list. */
  readonly list: ListPlan | undefined;
  /** Elements whose values join what earlier messages said. */
  readonly joins: readonly string[];
  readonly slot: number; // Its place among the resource rows.
};

export type PartPlan = Filling & {
  readonly element: string;
  /** Set when each repetition of a field makes one. */
  readonly field: ReadPath | undefined;
  readonly when: Predicate | undefined;
  /** Elements without which an item is left out. */
  readonly needs: readonly string[];
  /** Set when segments fill an item together. */
  readonly join: { readonly by: ReadPath; readonly once: ReadPath } | undefined;
  /** A list that is sent replaces the one before. */
  readonly isSnapshot: boolean;
  /** Set where rows of other fields fill the same list. */
  readonly giving: Giving | undefined;
};

export type MessagePlan = 'filter' | readonly MessageEntry[];

/** What a message makes of a resource row; `least`: with fewer the message waits. */
export type MessageEntry = {
  readonly resource: ResourcePlan;
  readonly optional: boolean;
  readonly least: number;
};

/** A mapping, ready to run. */
export type CompiledMapping = {
  /** `name@hash`. */
  readonly label: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly tables: ReadonlyMap<string, CodeTable>;
  readonly messages: ReadonlyMap<string, MessagePlan>;
  /** Segment to the fields that carry nothing to map. */
  readonly ignored: ReadonlyMap<string, FieldBits>;
  /** Set where it converts rows of a database. */
  readonly rows: RowTables | undefined;
  /** Segment of each resource row. */
  readonly each: readonly string[];
  readonly prior: ResourcePlan | undefined;
  /** Slug of the sender; part of every id. */
  readonly source: string;
  /** What it does with messages of the shapes that came. */
  readonly lives: Map<string, Live>;
  /** What its rules remember, by the delimiters of the messages. */
  readonly memos: Map<string, Memos>;
};

/**
 * Compiles a mapping that was loaded without a mistake; throws otherwise. `wrap`: looks over the
 * shoulder of each rule.
 */
export function compileMapping(
  loaded: LoadedMapping,
  wrap?: (rule: Rule) => Rule,
): CompiledMapping {
  const { merged } = loaded;
  if (!merged) throw new Error(`mapping ${loaded.name} has mistakes and cannot be compiled`);
  const dialect = compileDialect(merged.dialect, merged.source);
  const tables = new Map(
    [...merged.tables].map(([name, row]) => [name, compileTable(name, row)] as const),
  );
  const compiled = merged.rules.map(({ row }) => compileRule(row, merged, tables, loaded.scripts));
  const rules = { all: wrap ? compiled.map(wrap) : compiled, areWritten: wrap === undefined };
  const resources = new Map(
    merged.resources.map(({ row }) => [row.id, planResource(row.id, merged, rules)] as const),
  );
  const messages = new Map<string, MessagePlan>();
  for (const [type, makes] of merged.messages)
    messages.set(type, planMessage(type, makes, merged.also, resources));
  return {
    label: `${merged.name}@${loaded.hash}`,
    name: merged.name,
    dialect,
    tables,
    messages,
    ignored: bySegment(merged.ignore),
    rows: loaded.rows,
    each: merged.resources.map(({ row }) => segmentName(row.each!)),
    prior: [...resources.values()].find(({ type, each }) => type === 'Patient' && each === 'MRG'),
    source: merged.source,
    lives: new Map(),
    memos: new Map(),
  };
}

/** The very string that messages use, so that names are compared by their address. */
const segmentName = (name: string): string => nameOf(nameCode(name, 0));

function bySegment(paths: readonly string[]): ReadonlyMap<string, FieldBits> {
  const fields = new Map<string, number[]>();
  for (const { segment, field } of paths.map(fieldPath))
    fields.set(segment, [...(fields.get(segment) ?? []), field]);
  return new Map([...fields].map(([segment, numbers]) => [segment, fieldBits(numbers)] as const));
}

/** Rows of a database have no segments that `also` could mean. */
function planMessage(
  type: string,
  makes: 'filter' | readonly string[],
  also: readonly string[],
  resources: ReadonlyMap<string, ResourcePlan>,
): MessagePlan {
  if (makes === 'filter') return 'filter';
  const others = hl7Type.test(type) ? also.filter((name) => !makes.includes(name)) : [];
  return [...makes, ...others].map((name) => entry(name, resources));
}

const hl7Type = /^[A-Z][A-Z0-9]{2}\^/;

function entry(text: string, resources: ReadonlyMap<string, ResourcePlan>): MessageEntry {
  const { id, mark } = parseEntry(text);
  const resource = resources.get(id);
  if (!resource) throw new Error(`no resource ${text}`);
  const optional = mark === '?';
  return { resource, optional, least: optional ? 0 : mark === '' ? 1 : Number(mark.slice(1, -1)) };
}

/** `encounter`, `encounter?` or `encounter{2}`. */
export function parseEntry(text: string): { readonly id: string; readonly mark: string } {
  const [, id = text, mark = ''] = /^(.*?)(\?|\{[1-9]\})?$/.exec(text) ?? [];
  return { id, mark };
}

/** `areWritten`: they may be written out as programs, as nobody looks over their shoulder. */
type Rules = { readonly all: readonly Rule[]; readonly areWritten: boolean };

function planResource(id: string, merged: Merged, rules: Rules): ResourcePlan {
  const resources = merged.resources.map((placed) => placed.row.id);
  const slot = resources.indexOf(id);
  const { row } = merged.resources[slot]!;
  const givings = givingsOf(merged, id);
  const names = { resources, visitNumber: visitNumberOf(merged.dialect) };
  return {
    type: row.type!,
    each: segmentName(row.each!),
    when: compileCondition(row.when),
    key: compileKey(row.key ?? [], names),
    keyWords: keyWords(row.key ?? [], names.visitNumber),
    authority: compileCondition(row.authority),
    otherKeys: compileOthers(row.key ?? []),
    isShared: row.shared === true,
    isOnce: row.once === true,
    corrections: [...correctionPlan(row.corrects, false), ...correctionPlan(row.cancels, true)],
    deletes: compileCondition(row.deletes),
    missing: row.missing ?? `${id}-key-missing`,
    goes: goingWith(row),
    list: compileList(row, resources),
    joins: joiningElements(merged, id).filter((name) => !givings.elements.has(name)),
    slot,
    ...filling(id, segmentName(row.each!), merged, rules, givings),
  };
}

function filling(
  id: string,
  segment: string,
  merged: Merged,
  rules: Rules,
  givings?: Givings,
): Filling {
  const parts = merged.parts.filter((placed) => placed.row.of === id);
  const elements = elementsOf(fhirPathOf(merged, id)!)?.values() ?? [];
  const rows = [...merged.resources, ...merged.parts];
  const written: Written = {
    id,
    segment,
    number: rows.findIndex(({ row }) => row.id === id),
    steps: rules.all
      .filter((rule) => rule.owner === id)
      .map(({ id: ruleId, source, apply, isLive, plan }) => ({
        field: source?.segment === segment ? source.field : 0,
        apply,
        plan,
        isLive,
        giving: givings?.rules.get(ruleId),
      })),
    parts: parts.map(({ row }) => planPart(row.id, merged, rules, givings)),
    required: [...elements]
      .filter((element) => element.required)
      .map((element) => ({
        name: element.name,
        names: element.name.endsWith('[x]') ? choiceNames(element) : [element.name],
      })),
  };
  const names = {
    resources: merged.resources.map(({ row }) => row.id),
    visitNumber: visitNumberOf(merged.dialect),
  };
  const program = rules.areWritten ? programOf(written, names) : () => undefined;
  return { ...written, program };
}

const nothingNeeded: readonly string[] = Object.freeze([]);

function planPart(
  id: string,
  merged: Merged,
  rules: Rules,
  givings: Givings | undefined,
): PartPlan {
  const row = merged.parts.find((placed) => placed.row.id === id)!.row;
  const { join } = row;
  const each = row.each!;
  const field = each.includes('-') ? readPath(fieldPath(each)) : undefined;
  const segment = field?.segment ?? segmentName(each);
  return {
    element: row.element!,
    field,
    when: compileCondition(row.when),
    needs: row.needs ?? nothingNeeded,
    isSnapshot: row.update === 'snapshot',
    giving: givings?.parts.get(id),
    join: join && { by: readPath(fieldPath(join.by)), once: readPath(fieldPath(join.once)) },
    ...filling(id, segment, merged, rules),
  };
}
