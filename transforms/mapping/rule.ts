import type { Mark } from '../fhir/index.ts';
import type { Cell } from './cell.ts';
import { compileCondition, type Place, type Predicate } from './conditions.ts';
import { conversions } from './datatypes/index.ts';
import type { CodeTable, Conversion, Environment, Settings } from './environment.ts';
import { fieldPath } from './field-path.ts';
import type { RuleRow } from './language.ts';
import type { Merged } from './merge.ts';
import { type Field, type ReadPath, readPath } from './reader.ts';
import { partElement, resolveTarget } from './target.ts';
import { compileWriter, type Fields, type Writer } from './writers.ts';

/** One message on its way through the rules. */
export type Run = Place & {
  readonly environment: Environment;
  /** Reference to the instance of a resource row that is meant at a segment. */
  referenceTo(resource: string, index: number): fhir4.Reference | undefined;
  /** References to all instances below a segment. */
  referencesBelow(resource: string, index: number): readonly fhir4.Reference[];
  /** After a value that a strict rule could not read: its new issues hold the message. */
  raise(since: number): void;
  issueCount(): number;
};

/** What rules fill: a resource, or one item of a part. */
export type Target = {
  readonly set: Fields;
  readonly initial: Fields;
  /** Top-level elements whose field came as `""`. */
  readonly emptied: Set<string>;
  readonly marks: Omit<Mark, 'contribution'>[];
  /** For a part that stands for one repetition of a field. */
  readonly current?: { readonly name: string; readonly cell: Cell };
};

export type Rule = {
  readonly id: string;
  readonly owner: string;
  apply(run: Run, target: Target, index: number): void;
};

export function compileRule(
  row: RuleRow,
  merged: Merged,
  tables: ReadonlyMap<string, CodeTable>,
): Rule {
  const resolved = resolveTarget(merged, row.to ?? '');
  if ('word' in resolved) throw new Error(`rule ${row.id}: ${row.to} was not checked`);
  const { owner } = resolved;
  const elements = resolved.elements.length > 0 ? resolved.elements : [partElement(merged, owner)!];
  const conversion = conversions.get(row.as ?? 'string')!;
  const writer = compileWriter(elements, choiceType(row, conversion, elements.at(-1)!.types));
  const when = compileCondition(row.when);
  const put = compilePut(row, writer);
  if (row.value !== undefined) return constantRule(row, owner, when, put, writer);
  if (row.reference !== undefined) return referenceRule(row, owner, when, put, writer);
  const table = row.table === undefined ? undefined : tables.get(row.table);
  return { id: row.id, owner, apply: fieldRule({ row, conversion, table, when, put, writer }) };
}

type Put = (target: Target, value: unknown) => boolean;

function compilePut(row: RuleRow, writer: Writer): Put {
  const { mark } = row;
  const isInitial = row.initial === true;
  return (target, value) => {
    const fields = isInitial ? target.initial : target.set;
    if (isInitial && writer.names.some((name) => target.set[name] !== undefined)) return false;
    const written = writer.write(fields, value);
    if (written && mark !== undefined && !isInitial)
      target.marks.push({ path: writer.pathIn(fields), use: mark });
    return written;
  };
}

/** Type of a choice element where the conversion makes only one; '' when its values say it. */
function choiceType(row: RuleRow, conversion: Conversion, types: readonly string[]): string {
  if (row.reference !== undefined) return 'Reference';
  const possible = conversion.gives.filter((type) => types.includes(type));
  return possible.length === 1 ? possible[0]! : '';
}

function constantRule(
  row: RuleRow,
  owner: string,
  when: Predicate | undefined,
  put: Put,
  writer: Writer,
): Rule {
  return {
    id: row.id,
    owner,
    apply(run, target, index) {
      if (when && !when(run, index)) return;
      if (row.value !== null) put(target, copyOf(row.value));
      else for (const name of writer.names) target.emptied.add(name);
    },
  };
}

function referenceRule(
  row: RuleRow,
  owner: string,
  when: Predicate | undefined,
  put: Put,
  writer: Writer,
): Rule {
  const resource = row.reference!;
  return {
    id: row.id,
    owner,
    apply(run, target, index) {
      if (when && !when(run, index)) return;
      if (writer.repeats) {
        for (const reference of run.referencesBelow(resource, index)) put(target, reference);
        return;
      }
      const reference = run.referenceTo(resource, index);
      if (reference) put(target, reference);
    },
  };
}

/** A constant is copied, because later rules may add to it. */
function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOf((value as Record<string, unknown>)[key]);
  return copy;
}

type FieldRule = {
  readonly row: RuleRow;
  readonly conversion: Conversion;
  readonly table: CodeTable | undefined;
  readonly when: Predicate | undefined;
  readonly put: Put;
  readonly writer: Writer;
};

function fieldRule({ row, conversion, table, when, put, writer }: FieldRule): Rule['apply'] {
  const paths = [row.from ?? []].flat().map((text) => readPath(fieldPath(text)));
  const makeSettings = settingsMaker(conversion, row, table, paths);
  const isStrict = row.strict === true;

  function convert(run: Run, target: Target, field: Field, settings: Settings): boolean {
    let written = false;
    const since = run.issueCount();
    const { convertAll } = conversion;
    const cells = field.cells;
    const values = convertAll
      ? [convertAll(cells, run.environment, settings)]
      : writer.repeats
        ? cells.map((cell) => conversion.convert(cell, run.environment, settings))
        : [conversion.convert(cells[0]!, run.environment, settings)];
    for (const value of values) {
      if (value === undefined) {
        if (isStrict) run.raise(since);
        continue;
      }
      if (put(target, value)) written = true;
    }
    if (!convertAll && !writer.repeats && cells.length > 1)
      run.environment.issue('repetitions-left-out', 'repeats; the first was taken', cells[1]!);
    return written;
  }

  function applyAt(run: Run, target: Target, at: number, path: ReadPath): boolean {
    if (when && !when(run, at)) return false;
    const field = fieldOf(run, target, at, path);
    if (field.state === 'null') for (const name of writer.names) target.emptied.add(name);
    if (field.state !== 'value') return false;
    return convert(run, target, field, makeSettings(run, at));
  }

  return (run, target, index) => {
    for (const path of paths) {
      if (run.reader.names[index] === path.segment) {
        if (applyAt(run, target, index, path)) return;
        continue;
      }
      let written = false;
      if (writer.repeats) {
        for (const at of run.scope.all(index, path.segment))
          written = applyAt(run, target, at, path) || written;
      } else {
        const at = run.scope.resolve(index, path.segment);
        if (at >= 0) written = applyAt(run, target, at, path);
      }
      if (written) return;
    }
  };
}

/** The field of a segment; in a part that stands for one repetition, that repetition alone. */
function fieldOf(run: Run, target: Target, at: number, path: ReadPath): Field {
  const { current } = target;
  if (current?.name !== path.name || path.component !== 0) return run.reader.field(at, path);
  return { state: 'value', cells: [current.cell] };
}

function settingsMaker(
  conversion: Conversion,
  row: RuleRow,
  table: CodeTable | undefined,
  paths: readonly ReadPath[],
): (run: Run, at: number) => Settings {
  const given = row.with ?? {};
  const none = { with: given, table, sibling: () => undefined };
  const segment = paths[0]?.segment;
  if (!conversion.reads || segment === undefined) return () => none;
  const siblings = new Map(
    conversion.reads.map((field) => [field, readPath(fieldPath(`${segment}-${field}`))]),
  );
  return (run, at) => ({
    with: given,
    table,
    sibling(field) {
      const path = siblings.get(field);
      return path && run.reader.field(at, path).cells[0];
    },
  });
}
