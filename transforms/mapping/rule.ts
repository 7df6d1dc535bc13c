import { type Place as ElementPlace, placesOf } from './check-values.ts';
import type { Collector } from './collector.ts';
import { canHold, type Place } from './conditions.ts';
import { conversions } from './datatypes/index.ts';
import type { CodeTable, Conversion, Environment, Settings } from './environment.ts';
import { fieldPath } from './field-path.ts';
import { gather } from './gather.ts';
import { compileRuleCondition, findInstance, type Instances, instanceAt } from './instances.ts';
import type { RuleRow } from './language.ts';
import type { Live, Shape } from './live.ts';
import { type Memos, type Remembered, recall, remember, rememberedPath } from './memo.ts';
import type { Merged } from './merge.ts';
import { compilePut, itemsOf, type Put, type Target, takeOut } from './put.ts';
import { type Field, type ReadPath, readField, readPath } from './reader.ts';
import { type Scripts, scriptedConversion } from './script/index.ts';
import { settingsMaker } from './settings.ts';
import { fhirPathOf, partElement, resolveTarget } from './target.ts';
import { visitNumberOf } from './visit-fields.ts';
import { compileWriter, type Writer } from './writers.ts';

/** One message on its way through the rules. */
export type Run = Place & {
  readonly environment: Environment;
  readonly instances: Instances;
  readonly live: Live;
  readonly memos: Memos;
  /** For strict rules: new issues of a value that cannot be read hold the message. */
  readonly collector: Pick<Collector, 'raise' | 'count'>;
};

export { newTarget, type Target } from './put.ts';

export type Rule = {
  readonly id: string;
  readonly owner: string;
  /** The one field without which the rule does nothing, whatever else holds. */
  readonly source: ReadPath | undefined;
  /** Can it do anything in messages of that shape? */
  isLive(shape: Shape): boolean;
  apply(run: Run, target: Target, index: number): void;
};

export function compileRule(
  row: RuleRow,
  merged: Merged,
  tables: ReadonlyMap<string, CodeTable>,
  scripts: Scripts | undefined,
): Rule {
  const resolved = resolveTarget(merged, row.to ?? '');
  if ('word' in resolved) throw new Error(`rule ${row.id}: ${row.to} was not checked`);
  const { owner } = resolved;
  const elements = resolved.elements.length > 0 ? resolved.elements : [partElement(merged, owner)!];
  const conversion = conversionOf(row, scripts, () => {
    const path = fhirPathOf(merged, owner)!;
    const [place] = resolved.elements.length > 0 ? placesOf(path, elements).slice(-1) : [];
    return place ?? { element: elements[0]!, path };
  });
  const writer = compileWriter(elements, choiceType(row, conversion, elements.at(-1)!.types));
  const ids = merged.resources.map((placed) => placed.row.id);
  const visitNumber = visitNumberOf(merged.dialect);
  const when = compileRuleCondition(row.when, { resources: ids, visitNumber });
  const put = compilePut(row, writer);
  const isLive = (shape: Shape) => canHold(row.when, shape);
  const rule = { id: row.id, owner, source: undefined, isLive };
  if (row.value !== undefined) {
    const isAlone = !isAddedTo(row, merged, owner, elements[0]!.name);
    return { ...rule, apply: constantRule(row, when, put, writer, isAlone) };
  }
  if (row.reference !== undefined) {
    const slot = ids.indexOf(row.reference);
    return {
      ...rule,
      isLive: (shape) => shape.slots.has(slot) && isLive(shape),
      apply: referenceRule(slot, when, put, writer),
    };
  }
  const table = row.table === undefined ? undefined : tables.get(row.table);
  const paths = [row.from ?? []].flat().map((text) => readPath(fieldPath(text)));
  const source = paths.length === 1 ? paths[0] : undefined;
  const apply = fieldRule({ row, merged, conversion, table, when, put, writer, paths });
  return {
    ...rule,
    source,
    isLive: (shape) => paths.some(({ segment }) => shape.segments.has(segment)) && isLive(shape),
    apply,
  };
}

function conversionOf(
  row: RuleRow,
  scripts: Scripts | undefined,
  place: () => ElementPlace,
): Conversion {
  if (row.using === undefined) return conversions.get(row.as ?? 'string')!;
  const inner = row.as === undefined ? undefined : conversions.get(row.as);
  return scriptedConversion(scripts!, row, inner, place());
}

/** Does another rule write inside the element that this one sets? */
function isAddedTo(row: RuleRow, merged: Merged, owner: string, element: string): boolean {
  const inside = `${owner}.${element}.`;
  return merged.rules.some(({ row: { id, to = '' } }) => to.startsWith(inside) && id !== row.id);
}

type When = ReturnType<typeof compileRuleCondition>;
/** Type of a choice element where the conversion makes only one; '' when its values say it. */
function choiceType(row: RuleRow, conversion: Conversion, types: readonly string[]): string {
  if (row.reference !== undefined) return 'Reference';
  const possible = conversion.gives.filter((type) => types.includes(type));
  return possible.length === 1 ? possible[0]! : '';
}

function empty(target: Target, names: readonly string[]): void {
  target.emptied ??= new Set();
  for (const name of names) target.emptied.add(name);
}

/** `isAlone`: nothing adds to the constant, so that all who have it may share it. */
function constantRule(
  row: RuleRow,
  when: When,
  put: Put,
  writer: Writer,
  isAlone: boolean,
): Rule['apply'] {
  const shared = isAlone ? frozen(copyOf(row.value)) : undefined;
  return (run, target, index) => {
    if (when && !when(run, index)) return;
    if (row.value === null) empty(target, writer.emptied);
    else put(target, isAlone ? shared : copyOf(row.value));
  };
}

function referenceRule(slot: number, when: When, put: Put, writer: Writer): Rule['apply'] {
  return (run, target, index) => {
    if (when && !when(run, index)) return;
    if (writer.repeats) {
      const made = run.instances.made[slot];
      if (made === undefined) return;
      for (const at of run.scope.all(index, run.instances.each[slot]!)) {
        const instance = instanceAt(made, at);
        if (instance) put(target, { reference: instance.reference });
      }
      return;
    }
    const instance = findInstance(run, slot, index);
    if (instance) put(target, { reference: instance.reference });
  };
}

function frozen(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** A constant is copied, because later rules may add to it. */
function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOf((value as Record<string, unknown>)[key]);
  return copy;
}

type RulePath = ReadPath & { readonly remembered: Remembered | undefined };

type FieldRule = {
  readonly row: RuleRow;
  readonly merged: Merged;
  readonly conversion: Conversion;
  readonly table: CodeTable | undefined;
  readonly when: When;
  readonly put: Put;
  readonly writer: Writer;
  readonly paths: readonly ReadPath[];
};

function fieldRule(given: FieldRule): Rule['apply'] {
  const { row, merged, conversion, table, when, put, writer } = given;
  const paths = given.paths.map((path): RulePath => ({
    ...path,
    remembered: rememberedPath(row, merged, conversion, path),
  }));
  const settingsAt = settingsMaker(conversion, row, table, paths);
  const isStrict = row.strict === true;
  const { repeats, emptied, names } = writer;
  const ownItems = itemsOf(row);

  let made: unknown[] | undefined;
  function putValue(run: Run, target: Target, value: unknown, since: number): boolean {
    if (value !== undefined) {
      made?.push(value);
      return put(target, value);
    }
    if (isStrict) run.collector.raise(since);
    return false;
  }

  function convert(run: Run, target: Target, field: Field, settings: Settings): boolean {
    const { cells } = field;
    const { environment } = run;
    const since = isStrict ? run.collector.count() : 0;
    if (conversion.convertAll)
      return putValue(run, target, conversion.convertAll(cells, environment, settings), since);
    const first = conversion.convert(cells[0]!, environment, settings);
    let written = putValue(run, target, first, since);
    if (cells.length === 1) return written;
    if (!repeats) {
      environment.issue('repetitions-left-out', 'repeats; the first was taken', cells[1]!);
      return written;
    }
    for (let at = 1; at < cells.length; at += 1) {
      const value = conversion.convert(cells[at]!, environment, settings);
      if (putValue(run, target, value, since)) written = true;
    }
    return written;
  }

  function applyAt(run: Run, target: Target, at: number, path: RulePath, owner: number): boolean {
    if (when !== undefined && !when(run, at)) return false;
    if (!run.reader.segments[at]!.has(path.field) && target.current === undefined) return false;
    if (path.remembered !== undefined && target.current?.name !== path.name)
      return applyRemembered(run, target, at, path, path.remembered, owner);
    return applyField(run, target, at, path, owner);
  }

  function applyRemembered(
    run: Run,
    target: Target,
    at: number,
    path: RulePath,
    remembered: Remembered,
    owner: number,
  ): boolean {
    const known = recall(run, at, remembered);
    if (known !== undefined) {
      let written = false;
      for (const value of known) if (put(target, value)) written = true;
      return written;
    }
    const before = run.collector.count();
    const given: unknown[] = [];
    made = given;
    const written = applyField(run, target, at, path, owner);
    made = undefined;
    if (run.collector.count() === before) remember(run, at, remembered, given);
    return written;
  }

  function applyField(
    run: Run,
    target: Target,
    at: number,
    path: RulePath,
    owner: number,
  ): boolean {
    const field = fieldOf(run, target, at, path);
    if (field.state === 'absent') return false;
    if (field.state === 'value') return convert(run, target, field, settingsAt(run, at, owner));
    empty(target, emptied);
    if (ownItems !== undefined) takeOut(target, names[0]!, ownItems);
    return false;
  }

  /** Of several such segments, the first of which the condition holds. */
  function meantAt(run: Run, index: number, segment: string): number {
    if (when === undefined) return run.scope.resolve(index, segment);
    for (const at of run.scope.all(index, segment)) if (when(run, at)) return at;
    return -1;
  }

  function applyElsewhere(run: Run, target: Target, index: number, path: RulePath): boolean {
    if (!repeats) {
      const at = meantAt(run, index, path.segment);
      return at >= 0 && applyAt(run, target, at, path, index);
    }
    let written = false;
    for (const at of run.scope.all(index, path.segment))
      written = applyAt(run, target, at, path, index) || written;
    return written;
  }

  function applyGathered(run: Run, target: Target, index: number, path: RulePath): boolean {
    const field = gather(run, index, path, when, row.with?.under);
    return field !== undefined && convert(run, target, field, settingsAt(run, index, index));
  }

  const apply = (run: Run, target: Target, index: number, path: RulePath): boolean => {
    if (conversion.gathers === true) return applyGathered(run, target, index, path);
    return run.scope.names[index] === path.segment
      ? applyAt(run, target, index, path, index)
      : applyElsewhere(run, target, index, path);
  };

  const [only, ...others] = paths;
  if (only !== undefined && others.length === 0)
    return (run, target, index) => void apply(run, target, index, only);
  return (run, target, index) => {
    for (const path of paths) if (apply(run, target, index, path)) return;
  };
}

/** The field of a segment; in a part that stands for one repetition, that repetition alone. */
function fieldOf(run: Run, target: Target, at: number, path: ReadPath): Field {
  const { current } = target;
  if (current?.name !== path.name || path.component !== 0) return readField(run.reader, at, path);
  return { state: 'value', cells: [current.cell] };
}
