import { type FieldBits, fieldBits, nameCode, nameOf } from '../hl7v2/index.ts';
import { choiceNames, elementsOf, fhirPathOf } from './elements/index.ts';
import {
  compileKey,
  compileList,
  compileOthers,
  correctionPlan,
  keyWords,
  visitNumberOf,
} from './ids/index.ts';
import type { LoadedMapping } from './load.ts';
import type { Merged } from './merge.ts';
import type {
  CompiledMapping,
  Filling,
  MessageEntry,
  MessagePlan,
  PartPlan,
  ResourcePlan,
  Written,
} from './plans.ts';
import { endingOf, programOf } from './program/index.ts';
import {
  compileCondition,
  compileDialect,
  compileTable,
  fieldPath,
  readPath,
  segmentNumber,
} from './reading/index.ts';
import {
  compileRule,
  type Givings,
  givingsOf,
  goingWith,
  joiningElements,
  type Rule,
} from './rules/index.ts';

/**
 * Compiles a mapping that was loaded without a mistake; throws otherwise. `wrap`: looks over the
 * shoulder of each rule; `isWatched`: where it says no, nobody looks for now.
 */
export function compileMapping(
  loaded: LoadedMapping,
  wrap?: (rule: Rule) => Rule,
  isWatched: (id: string) => boolean = () => true,
): CompiledMapping {
  const { merged } = loaded;
  if (!merged) throw new Error(`mapping ${loaded.name} has mistakes and cannot be compiled`);
  const dialect = compileDialect(merged.dialect, merged.source);
  const tables = new Map(
    [...merged.tables].map(([name, row]) => [name, compileTable(name, row)] as const),
  );
  const compiled = merged.rules.map(({ row }) => compileRule(row, merged, tables, loaded.scripts));
  const rules = wrap ? { all: compiled.map(wrap), isWatched } : { all: compiled };
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
    each: merged.resources.map(({ row }) => segmentNumber(row.each!)),
    prior: [...resources.values()].find(({ type, each }) => type === 'Patient' && each === 'MRG'),
    source: merged.source,
    lives: new Map(),
    memos: new Map(),
  };
}

/** The very string that messages use, so that names are compared by their address. */
const segmentName = (name: string): string => nameOf(nameCode(name, 0));

function bySegment(paths: readonly string[]): ReadonlyMap<number, FieldBits> {
  const fields = new Map<string, number[]>();
  for (const { segment, field } of paths.map(fieldPath))
    fields.set(segment, [...(fields.get(segment) ?? []), field]);
  return new Map([...fields].map(([name, numbers]) => [nameCode(name, 0), fieldBits(numbers)]));
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

/** `isWatched`: rules are written out as programs where nobody looks over their shoulder. */
type Rules = { readonly all: readonly Rule[]; isWatched?(id: string): boolean };

function planResource(id: string, merged: Merged, rules: Rules): ResourcePlan {
  const resources = merged.resources.map((placed) => placed.row.id);
  const slot = resources.indexOf(id);
  const { row } = merged.resources[slot]!;
  const givings = givingsOf(merged, id);
  const names = { resources, visitNumber: visitNumberOf(merged.dialect) };
  const joins = joiningElements(merged, id).filter((name) => !givings.elements.has(name));
  const written = filled(filling(id, segmentName(row.each!), merged, rules, true, givings));
  const order = written.steps.flatMap(({ plan }) => plan.writer.names);
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
    list: compileList(row, resources),
    joins,
    ended: endingOf(id, { required: written.required, goes: goingWith(row, order), joins }),
    slot,
    isWatched: rules.isWatched !== undefined,
    ...written,
  };
}

function filling(
  id: string,
  segment: string,
  merged: Merged,
  rules: Rules,
  isFilledOnce: boolean,
  givings?: Givings,
): Filling {
  const parts = merged.parts.filter((placed) => placed.row.of === id);
  const elements = elementsOf(fhirPathOf(merged, id)!)?.values() ?? [];
  const rows = [...merged.resources, ...merged.parts];
  const row = rows.find((placed) => placed.row.id === id)?.row;
  const written: Written = {
    id,
    segment,
    segmentNumber: segmentNumber(segment),
    number: rows.findIndex(({ row }) => row.id === id),
    isFilledOnce,
    repeated: row?.each?.includes('-') ? readPath(fieldPath(row.each)).name : undefined,
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
  const write = programOf(written, names);
  const { all, isWatched } = rules;
  if (isWatched === undefined) return { ...written, program: write };
  const own = all.filter((rule) => rule.owner === id).map((rule) => rule.id);
  return { ...written, program: () => (own.some(isWatched) ? undefined : write()) };
}

/** A plan has it whole, too: all fillings are of one form, which plans are not. */
const filled = (of: Filling): Written & { readonly filling: Filling } => {
  const { program, ...written } = of;
  return { ...written, filling: of };
};

const nothingNeeded: PartPlan['needs'] = Object.freeze([]);

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
    needs: row.needs?.map((names) => [names].flat()) ?? nothingNeeded,
    isSnapshot: row.update === 'snapshot',
    giving: givings?.parts.get(id),
    join: join && { by: readPath(fieldPath(join.by)), once: readPath(fieldPath(join.once)) },
    ...filled(filling(id, segment, merged, rules, join === undefined)),
  };
}
