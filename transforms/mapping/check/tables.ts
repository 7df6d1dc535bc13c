import { suggestion } from '../../../engine/index.ts';
import type { Layer, Merged } from '../merge.ts';
import type { Report } from '../report.ts';

type ReportAt = (layer: Layer) => Report;

/**
 * Tables of the mapping itself that no row names and that add to none of base: mostly a misspelt
 * name, whose codes never apply. Base tables may be read by a conversion, so they are left alone.
 */
export function checkTables(layers: readonly Layer[], merged: Merged, reportAt: ReportAt): void {
  checkWords(layers, merged, reportAt);
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

/** Words stand for codes that the table has, in capitals as they are looked up. */
function checkWords(layers: readonly Layer[], merged: Merged, reportAt: ReportAt): void {
  for (const layer of layers)
    for (const [name, { words = {} }] of Object.entries(layer.value.tables ?? {})) {
      const codes = Object.keys(merged.tables.get(name)?.codes ?? {});
      for (const [word, code] of Object.entries(words)) {
        const report = (text: string) => reportAt(layer)('table-word', text, name, 'words', word);
        if (!codes.includes(code))
          report(`the table \`${name}\` has no code \`${code}\`; ${suggestion(code, codes)}`);
        if (word !== word.toUpperCase())
          report(`write \`${word.toUpperCase()}\`: any case of it is read`);
      }
    }
}

const tablesOf = ({ value }: Layer): readonly string[] => Object.keys(value.tables ?? {});
