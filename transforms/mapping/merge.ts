import type {
  DialectRow,
  MappingFile,
  PartRow,
  ResourceRow,
  RuleRow,
  TableRow,
  TestCase,
} from './language.ts';
import type { RenderMessageRow, RenderRow } from './render/index.ts';

/** A mapping file on its way through the merge: its value, and a way to say where a row stands. */
export type Layer = {
  /** Name of the mapping that the file is, or is a part of. */
  readonly mapping: string;
  readonly file: string;
  readonly value: MappingFile;
};

/** A row after all overrides, and the place that last touched it. */
export type Placed<Row> = {
  readonly row: Row;
  readonly layer: Layer;
  readonly path: readonly (string | number)[];
  /** False when this layer only overrides a row that is there already. */
  readonly isNew: boolean;
};

export type Merged = {
  readonly name: string;
  readonly source: string;
  readonly dialect: DialectRow;
  readonly tables: ReadonlyMap<string, TableRow>;
  /** The codes of each table by layer, the shared base first. */
  readonly tableLayers: ReadonlyMap<string, readonly TableRow['codes'][]>;
  readonly messages: ReadonlyMap<string, 'filter' | readonly string[]>;
  /** What each message makes beside what its type lists. */
  readonly also: readonly string[];
  readonly ignore: readonly string[];
  readonly resources: readonly Placed<ResourceRow>[];
  readonly parts: readonly Placed<PartRow>[];
  readonly rules: readonly Placed<RuleRow>[];
  /** The other direction: what segments stand for, what messages have, and their fields. */
  readonly renderSegments: ReadonlyMap<string, string>;
  readonly renderMessages: ReadonlyMap<string, RenderMessageRow>;
  readonly renders: readonly Placed<RenderRow>[];
  /** Of the last layer alone. */
  readonly tests: readonly TestCase[];
  readonly layers: readonly Layer[];
  /** Rows that were written, before the merge, for the checks. */
  readonly written: readonly Placed<WrittenRow>[];
};

export type WrittenRow = ResourceRow | PartRow | RuleRow | RenderRow;

type Section = 'resources' | 'parts' | 'rules' | 'renders';

/**
 * Lays mapping files over each other, the shared base first; a row replaces by id what it names.
 */
export function merge(layers: readonly Layer[]): Merged {
  const last = layers.at(-1)!;
  const written: Placed<WrittenRow>[] = [];
  const rows = <Row extends { id: string }>(section: Section): Placed<Row>[] =>
    mergeRows<Row>(layers, section, written as unknown as Placed<Row>[]);
  return {
    name: last.value.mapping,
    source: layers.findLast((layer) => layer.value.source)?.value.source ?? last.value.mapping,
    dialect: layers.map((layer) => layer.value.dialect ?? {}).reduce(mergeDialect, {}),
    tables: mergeTables(layers),
    tableLayers: tableLayersOf(layers),
    messages: new Map(layers.flatMap((layer) => Object.entries(layer.value.messages ?? {}))),
    also: [...new Set(layers.flatMap((layer) => layer.value.also ?? []))],
    ignore: [...new Set(layers.flatMap((layer) => layer.value.ignore ?? []))],
    resources: rows<ResourceRow>('resources'),
    parts: rows<PartRow>('parts'),
    rules: rows<RuleRow>('rules'),
    renderSegments: new Map(entriesOf(layers, 'render_segments')),
    renderMessages: new Map(entriesOf(layers, 'render_messages')),
    renders: rows<RenderRow>('renders'),
    tests: last.value.tests ?? [],
    layers,
    written,
  };
}

/** Where a value comes from: an override that names one of these drops the others. */
export const sources: readonly string[] = ['from', 'value', 'reference'];

function entriesOf<Key extends 'render_segments' | 'render_messages'>(
  layers: readonly Layer[],
  key: Key,
): [string, NonNullable<MappingFile[Key]>[string]][] {
  return layers.flatMap(({ value }) => Object.entries(value[key] ?? {})) as never;
}

function mergeRows<Row extends { id: string }>(
  layers: readonly Layer[],
  section: Section,
  written: Placed<Row>[],
): Placed<Row>[] {
  const byId = new Map<string, Placed<Row>>();
  for (const layer of layers) {
    const list = (layer.value[section] ?? []) as unknown as Row[];
    for (const [index, row] of list.entries()) {
      const known = byId.get(row.id);
      const placed = { row, layer, path: [section, index], isNew: known === undefined };
      written.push(placed);
      byId.set(row.id, known ? { ...placed, row: override(known.row, row) } : placed);
    }
  }
  return [...byId.values()].filter(({ row }) => (row as { disable?: boolean }).disable !== true);
}

function override<Row extends { id: string }>(known: Row, row: Row): Row {
  const base: Record<string, unknown> = { ...known };
  if (sources.some((key) => key in row)) for (const key of sources) delete base[key];
  return { ...base, ...row } as Row;
}

function mergeDialect(base: DialectRow, over: DialectRow): DialectRow {
  const maps = ['authorities', 'code_systems', 'default_code_systems', 'units'] as const;
  const merged: DialectRow = { ...base, ...over };
  for (const key of maps) {
    if (base[key] || over[key]) merged[key] = { ...base[key], ...over[key] };
  }
  return merged;
}

function mergeTables(layers: readonly Layer[]): Map<string, TableRow> {
  const tables = new Map<string, TableRow>();
  for (const layer of layers) {
    for (const [name, table] of Object.entries(layer.value.tables ?? {})) {
      const known = tables.get(name);
      const codes = { ...known?.codes, ...table.codes };
      const words = { ...known?.words, ...table.words };
      tables.set(name, { ...known, ...table, codes, words });
    }
  }
  return tables;
}

function tableLayersOf(layers: readonly Layer[]): Map<string, TableRow['codes'][]> {
  const found = new Map<string, TableRow['codes'][]>();
  for (const layer of layers) {
    for (const [name, { codes }] of Object.entries(layer.value.tables ?? {}))
      found.set(name, [...(found.get(name) ?? []), codes]);
  }
  return found;
}
