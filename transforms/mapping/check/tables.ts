import { suggestion } from '../../../engine/index.ts';
import type { Layer, Merged } from '../merge.ts';
import type { Report } from '../report.ts';

/**
 * Tables of the mapping itself that no row names and that add to none of base: mostly a misspelt
 * name, whose codes never apply. Base tables may be read by a conversion, so they are left alone.
 */
export function checkTables(
  layers: readonly Layer[],
  merged: Merged,
  reportAt: (layer: Layer) => Report,
): void {
  const own = layers.at(-1)?.mapping;
  const read = new Set([
    ...merged.rules.flatMap(({ row }) => [row.table, ...Object.values(row.with ?? {})]),
    ...merged.renders.map(({ row }) => row.table),
    ...layers.filter(({ mapping }) => mapping !== own).flatMap(tablesOf),
  ]);
  const known = [...read].filter((name) => merged.tables.has(String(name))).map(String);
  for (const layer of layers.filter(({ mapping }) => mapping === own && mapping !== 'base'))
    for (const name of tablesOf(layer)) {
      if (read.has(name)) continue;
      const text = `no rule reads the table \`${name}\`; ${suggestion(name, known)}`;
      reportAt(layer)('table-unused', text, name);
    }
}

const tablesOf = ({ value }: Layer): readonly string[] => Object.keys(value.tables ?? {});
