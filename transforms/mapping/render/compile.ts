import type { Merged } from '../merge.ts';
import { fieldPath } from '../reading/index.ts';
import { type FhirPath, parseFhirPath } from './fhir-path.ts';
import type { RenderRow, SegmentList } from './language.ts';
import { type Names, namesOf } from './systems.ts';
import type { RenderConversion } from './writer.ts';
import { renderConversions } from './writers.ts';

export type FieldPlan = {
  readonly id: string;
  readonly field: number;
  /** 0: the whole field. */
  readonly component: number;
  readonly from: readonly FhirPath[];
  readonly value: string | undefined;
  readonly conversion: RenderConversion;
  readonly table: string | undefined;
  readonly codes: Readonly<Record<string, string>>;
};

export type SegmentPlan = {
  readonly name: string;
  /** What it stands for. */
  readonly each: FhirPath;
  readonly fields: readonly FieldPlan[];
};

export type Entry = { readonly segment: SegmentPlan; readonly count: 'one' | 'optional' | 'many' };

export type MessagePlan = {
  readonly type: string;
  readonly structure: string;
  readonly entries: readonly Node[];
};

/** A segment, and what stands below each of its occurrences: with something it is a group. */
export type Node = { readonly entry: Entry; readonly below: readonly Node[] };

export type CompiledRender = {
  readonly messages: ReadonlyMap<string, MessagePlan>;
  readonly names: Names;
};

/** Compiles what a mapping that lint found sound renders. */
export function compileRender(merged: Merged): CompiledRender {
  const segments = new Map<string, SegmentPlan>();
  for (const [name, each] of merged.renderSegments) {
    const rows = merged.renders.filter(({ row }) => row.to?.startsWith(`${name}-`));
    const fields = rows.map(({ row }) => planOf(row));
    segments.set(name, { name, each: parseFhirPath(each)!, fields });
  }
  const entryOf = (word: string): Entry => {
    const segment = segments.get(word.slice(0, 3))!;
    const sign = word.slice(3);
    return { segment, count: sign === '*' ? 'many' : sign === '?' ? 'optional' : 'one' };
  };
  const messages = new Map<string, MessagePlan>();
  for (const [type, { structure, segments: words }] of merged.renderMessages) {
    const entries = words.map((word) => nodeOf(word, entryOf));
    messages.set(type, { type, structure, entries });
  }
  return { messages, names: namesOf(merged) };
}

function nodeOf(list: SegmentList | string, entryOf: (word: string) => Entry): Node {
  if (typeof list === 'string') return { entry: entryOf(list), below: [] };
  const [first = '', ...others] = list;
  const { entry } = nodeOf(first, entryOf);
  return { entry, below: others.map((other) => nodeOf(other, entryOf)) };
}

function planOf(row: RenderRow): FieldPlan {
  const { field, component } = fieldPath(row.to!);
  return {
    id: row.id,
    field,
    component,
    from: [row.from ?? []].flat().map((text) => parseFhirPath(text)!),
    value: row.value,
    conversion: renderConversions.get(row.as ?? 'string')!,
    table: row.table,
    codes: row.codes ?? {},
  };
}
