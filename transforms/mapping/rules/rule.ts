import { conversions } from '../datatypes/index.ts';
import {
  type Element,
  type Place as ElementPlace,
  fhirPathOf,
  partElement,
  placesOf,
  resolveTarget,
  rulesOf,
} from '../elements/index.ts';
import type { CodeTable, Conversion, Environment } from '../environment.ts';
import {
  compileRuleCondition,
  findInstance,
  type Instances,
  instanceAt,
  visitNumberOf,
} from '../ids/index.ts';
import type { RuleRow } from '../language.ts';
import type { Merged } from '../merge.ts';
import {
  type Collector,
  canHold,
  copyOf,
  fieldPath,
  type Memos,
  type Place,
  type ReadPath,
  readPath,
} from '../reading/index.ts';
import { type Scripts, scriptedConversion } from '../script/index.ts';
import { type FieldRule, fieldRule } from './field-rule.ts';
import { fitted } from './fitted.ts';
import type { Live, Shape } from './live.ts';
import { compilePut, emptyElements, type Put, type Target } from './put.ts';
import { compileWriter, type Writer } from './writers.ts';

/** One message on its way through the rules. */
export type Run = Place & {
  readonly environment: Environment;
  readonly instances: Instances;
  readonly live: Live;
  readonly memos: Memos;
  /** For strict rules: new issues of a value that cannot be read hold the message. */
  readonly collector: Pick<Collector, 'raise' | 'count' | 'since' | 'repeat'>;
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
  readonly plan: RulePlan;
};

/** What a rule does, for those who write it out as a program (`program/`). */
export type RulePlan = {
  readonly row: RuleRow;
  /** Where it writes, from the resource or the part inwards. */
  readonly elements: readonly Element[];
  /** Type of a choice element; '' where its values say it. */
  readonly type: string;
  readonly writer: Writer;
  readonly put: Put;
  readonly gives:
    | { readonly kind: 'constant'; constant(): unknown }
    | { readonly kind: 'reference'; readonly slot: number; readonly each: string }
    | { readonly kind: 'field'; readonly rule: FieldRule };
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
  const path = fhirPathOf(merged, owner)!;
  const leaf = resolved.elements.length > 0 ? placesOf(path, elements).at(-1) : undefined;
  const place = () => leaf ?? { element: elements[0]!, path };
  const conversion = fitted(conversionOf(row, scripts, place), leaf);
  const type = choiceType(row, conversion, elements.at(-1)!.types);
  const writer = compileWriter(elements, type);
  const ids = merged.resources.map((placed) => placed.row.id);
  const visitNumber = visitNumberOf(merged.dialect);
  const when = compileRuleCondition(row.when, { resources: ids, visitNumber });
  const put = compilePut(row, writer);
  const isLive = (shape: Shape) => canHold(row.when, shape);
  const rule = { id: row.id, owner, source: undefined, isLive };
  const plan = { row, elements, type, writer, put };
  if (row.value !== undefined) {
    const shared = isAddedTo(row, merged, owner, elements[0]!.name)
      ? undefined
      : frozen(copyOf(row.value));
    const constant = shared === undefined ? () => copyOf(row.value) : () => shared;
    return {
      ...rule,
      apply: constantRule(row, when, put, writer, constant),
      plan: { ...plan, gives: { kind: 'constant', constant } },
    };
  }
  if (row.reference !== undefined) {
    const slot = ids.indexOf(row.reference);
    return {
      ...rule,
      isLive: (shape) => shape.slots.has(slot) && isLive(shape),
      apply: referenceRule(slot, when, put, writer),
      plan: {
        ...plan,
        gives: { kind: 'reference', slot, each: merged.resources[slot]!.row.each! },
      },
    };
  }
  const table = row.table === undefined ? undefined : tables.get(row.table);
  const paths = [row.from ?? []].flat().map((text) => readPath(fieldPath(text)));
  const source = paths.length === 1 ? paths[0] : undefined;
  const made = fieldRule({ row, merged, conversion, table, when, put, writer, paths });
  return {
    ...rule,
    source,
    isLive: (shape) => paths.some(({ segment }) => shape.segments.has(segment)) && isLive(shape),
    apply: made.apply,
    plan: { ...plan, gives: { kind: 'field', rule: made } },
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
  const others = rulesOf(merged, owner);
  return others.some(({ row: { id, to = '' } }) => to.startsWith(inside) && id !== row.id);
}

type When = ReturnType<typeof compileRuleCondition>;
/** Type of a choice element where the conversion makes only one; '' when its values say it. */
function choiceType(row: RuleRow, conversion: Conversion, types: readonly string[]): string {
  if (row.reference !== undefined) return 'Reference';
  const possible = conversion.gives.filter((type) => types.includes(type));
  return possible.length === 1 ? possible[0]! : '';
}

/** A constant to which nothing adds is shared by all who have it. */
function constantRule(
  row: RuleRow,
  when: When,
  put: Put,
  writer: Writer,
  constant: () => unknown,
): Rule['apply'] {
  return (run, target, index) => {
    if (when && !when(run, index)) return;
    if (row.value === null) emptyElements(target, writer.emptied);
    else put(target, constant());
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
