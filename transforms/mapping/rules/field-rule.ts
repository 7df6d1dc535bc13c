import { type CodeTable, type Conversion, type Settings, unsaid } from '../environment.ts';
import type { RuleCondition } from '../ids/index.ts';
import type { RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import {
  copyOf,
  type Field,
  plainText,
  type ReadPath,
  type Remembered,
  readField,
  recall,
  remember,
  rememberedPath,
} from '../reading/index.ts';
import { gather } from './gather.ts';
import { emptyElements, itemsOf, type Put, type Target, takeOut } from './put.ts';
import type { Run } from './rule.ts';
import { settingsMaker } from './settings.ts';
import type { Writer } from './writers.ts';

export type RulePath = ReadPath & { readonly remembered: Remembered | undefined };

type Given = {
  readonly row: RuleRow;
  readonly merged: Merged;
  readonly conversion: Conversion;
  readonly table: CodeTable | undefined;
  readonly when: RuleCondition | undefined;
  readonly put: Put;
  readonly writer: Writer;
  readonly paths: readonly ReadPath[];
};

/** A value, or a list of several (no conversion makes a list); undefined for none. */
export type Values = unknown;

/** What a field of a segment gives; what it empties, and what is wrong with it, is done with it. */
export type ValuesAt = (
  run: Run,
  target: Target,
  at: number,
  path: RulePath,
  owner: number,
) => Values;

/** A rule that reads fields. */
export type FieldRule = {
  readonly paths: readonly RulePath[];
  readonly gathers: boolean;
  valuesAt: ValuesAt;
  /** The same of a field with something in it, whatever is remembered. */
  valuesNow: ValuesAt;
  /** Those of a field of all segments below. */
  gathered(run: Run, target: Target, index: number, path: RulePath): Values;
  apply(run: Run, target: Target, index: number): void;
};

export function fieldRule(given: Given): FieldRule {
  const { when, put, writer, row, conversion } = given;
  const { repeats } = writer;
  const gathers = conversion.gathers === true;
  const { paths, valuesAt, valuesNow, converted } = valuesOf(given);

  function putAll(target: Target, values: Values): boolean {
    if (values === undefined) return false;
    if (!Array.isArray(values)) return put(target, values);
    let written = false;
    for (const value of values) if (put(target, value)) written = true;
    return written;
  }

  function applyAt(run: Run, target: Target, at: number, path: RulePath, owner: number): boolean {
    if (when !== undefined && !when(run, at)) return false;
    return putAll(target, valuesAt(run, target, at, path, owner));
  }

  /** Of several such segments, the first of which the condition holds. */
  function meantAt(run: Run, index: number, { number }: RulePath): number {
    if (when === undefined) return run.scope.resolve(index, number);
    for (const at of run.scope.all(index, number)) if (when(run, at)) return at;
    return -1;
  }

  function applyElsewhere(run: Run, target: Target, index: number, path: RulePath): boolean {
    if (!repeats) {
      const at = meantAt(run, index, path);
      return at >= 0 && applyAt(run, target, at, path, index);
    }
    let written = false;
    for (const at of run.scope.all(index, path.number))
      written = applyAt(run, target, at, path, index) || written;
    return written;
  }

  function gathered(run: Run, _target: Target, index: number, path: RulePath) {
    const field = gather(run, index, path, when, row.with?.under);
    return field && converted(run, field, index, index);
  }

  function applyPath(run: Run, target: Target, index: number, path: RulePath): boolean {
    if (gathers) return putAll(target, gathered(run, target, index, path));
    return run.scope.names[index] === path.segment
      ? applyAt(run, target, index, path, index)
      : applyElsewhere(run, target, index, path);
  }

  return {
    paths,
    gathers,
    valuesAt,
    valuesNow,
    gathered,
    apply(run, target, index) {
      for (const path of paths) if (applyPath(run, target, index, path)) return;
    },
  };
}

function valuesOf({ row, merged, conversion, table, writer, paths: read }: Given) {
  const paths = read.map((path): RulePath => {
    return { ...path, remembered: rememberedPath(row, merged, conversion, path) };
  });
  const settingsAt = settingsMaker(conversion, row, table, paths);
  // Looked up once: conversions have many forms.
  const { convert: convertOne, convertAll, plain } = conversion;
  const isStrict = row.strict === true;
  const { repeats, emptied, names } = writer;
  const ownItems = itemsOf(row);

  function one(run: Run, value: unknown, since: number): unknown {
    if (value === undefined && isStrict) run.collector.raise(since);
    return value;
  }

  function convert(run: Run, { cells }: Field, settings: Settings): Values {
    const { environment, collector } = run;
    const since = isStrict ? collector.count() : 0;
    if (convertAll) return one(run, convertAll(cells, environment, settings), since);
    const first = one(run, convertOne(cells[0]!, environment, settings), since);
    if (cells.length === 1) return first;
    if (!repeats) {
      environment.issue('repetitions-left-out', 'repeats; the first was taken', cells[1]!);
      return first;
    }
    const values: unknown[] = first === undefined ? [] : [first];
    for (let at = 1; at < cells.length; at += 1) {
      const value = one(run, convertOne(cells[at]!, environment, settings), since);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  const converted = (run: Run, field: Field, at: number, owner: number) =>
    convert(run, field, settingsAt(run, at, owner));

  function valuesAt(run: Run, target: Target, at: number, path: RulePath, owner: number) {
    const { current } = target;
    const isCurrent = current !== undefined && current.name === path.name;
    if (!isCurrent && !run.reader.segments[at]!.has(path.field)) return undefined;
    const remembered = isCurrent && !current.isAlone ? undefined : path.remembered;
    const known = remembered && recall(run, at, remembered);
    if (known === undefined) return valuesNow(run, target, at, path, owner);
    return remembered!.isCopied ? copyOf(known.values) : known.values;
  }

  function valuesNow(run: Run, target: Target, at: number, path: RulePath, owner: number) {
    const before = run.collector.count();
    if (plain !== undefined && path.isWhole && target.current?.name !== path.name) {
      const text = plainText(run.reader, at, path);
      if (text !== undefined && text !== '') {
        const value = plain(text, run.environment, settingsAt(run, at, owner));
        if (value !== unsaid) return kept(run, at, path, value, before);
      }
    }
    const field = fieldOf(run, target, at, path);
    if (field.state === 'null') {
      emptyElements(target, emptied);
      if (ownItems !== undefined) takeOut(target, names[0]!, ownItems);
      return undefined;
    }
    const values = field.state === 'absent' ? undefined : converted(run, field, at, owner);
    const { current } = target;
    const isOneOfSeveral = current?.name === path.name && !current.isAlone;
    return isOneOfSeveral ? values : kept(run, at, path, values, before);
  }

  function kept(run: Run, at: number, { remembered }: RulePath, values: Values, before: number) {
    if (remembered === undefined) return values;
    const said = run.collector.since(before);
    if (said === undefined || remembered.isForOneMessage)
      remember(run, at, remembered, values, said);
    return values;
  }

  return { paths, valuesAt, valuesNow, converted };
}

/** The field of a segment; in a part that stands for one repetition, that repetition alone. */
function fieldOf(run: Run, target: Target, at: number, path: ReadPath): Field {
  const { current } = target;
  if (current?.name !== path.name || path.component !== 0) return readField(run.reader, at, path);
  return { state: 'value', cells: [current.cell] };
}
