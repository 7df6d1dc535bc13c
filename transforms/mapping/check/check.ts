import { type ConfigIssue, nearestWord, suggestion, type YamlFile } from '../../../engine/index.ts';
import { parseEntry } from '../compile.ts';
import type { Layer, Merged, Placed, WrittenRow } from '../merge.ts';
import { checkRender, checkRenderMessages } from '../render/index.ts';
import type { Path, Report } from '../report.ts';
import { type CheckedScripts, checkUsing } from '../script/index.ts';
import { checkDialect, checkPath } from './dialect.ts';
import { checkElements } from './elements.ts';
import { checkPart, checkResource } from './resources.ts';
import { checkRule } from './rules.ts';
import { checkTables } from './tables.ts';
import { checkWrittenTwice } from './twice.ts';

/** Everything that the schema cannot know; each mistake at the line that made it. */
export function checkMapping(
  merged: Merged,
  layers: readonly Layer[],
  files: ReadonlyMap<string, YamlFile>,
  script: CheckedScripts | undefined,
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const reportAt =
    (layer: Layer, base: Path): Report =>
    (code, message, ...path) => {
      const yaml = files.get(layer.file)!;
      const at = [...base, ...path];
      const place = aboutKeys.has(code) ? yaml.keyAt(at) : yaml.valueAt(at);
      const severity = warnings.has(code) ? 'warning' : 'error';
      issues.push({ ...place, severity, code, message });
    };
  for (const placed of merged.written)
    checkIdentity(placed, merged, reportAt(placed.layer, placed.path));
  for (const { row, layer, path } of merged.resources)
    checkResource(row, merged, reportAt(layer, path));
  for (const { row, layer, path } of merged.parts) checkPart(row, merged, reportAt(layer, path));
  for (const { row, layer, path } of merged.rules) {
    // That nobody knows it is told above, and all else follows from that.
    if (row.to === undefined) continue;
    checkRule(row, merged, reportAt(layer, path));
    checkUsing(row, merged, script, reportAt(layer, path));
  }
  for (const { row, layer, path } of merged.renders)
    checkRender(row, merged, reportAt(layer, path));
  checkElements(merged, reportAt);
  checkWrittenTwice(layers, reportAt);
  checkTables(layers, merged, (layer) => reportAt(layer, ['tables']));
  for (const layer of layers) {
    checkRenderMessages(layer, merged, reportAt(layer, []));
    checkDialect(layer, layers, reportAt(layer, ['dialect']));
    checkMessages(layer, merged, reportAt(layer, ['messages']));
    checkAlso(layer, merged, reportAt(layer, ['also']));
    for (const [index, path] of (layer.value.ignore ?? []).entries())
      checkPath(path, reportAt(layer, ['ignore']), index);
  }
  return issues;
}

/** What may be meant so. */
const warnings = new Set(['table-unused', 'field-repeats', 'timezone-abbreviation']);

/** These mistakes are in a key, not in its value. */
const aboutKeys = new Set(['condition', 'config-unknown-key', 'entry-twice', 'table-unused']);

type Row = WrittenRow;

/** A row that brings nothing of its own must override one that is there. */
function checkIdentity(placed: Placed<Row>, merged: Merged, report: Report): void {
  const { row } = placed;
  const own = 'to' in row || 'type' in row || 'of' in row;
  if (!placed.isNew) {
    if (own && isWrittenBefore(placed, merged))
      report('rule-twice', `the mapping has a row \`${row.id}\` already`, 'id');
    return;
  }
  if (own && row.disable !== true) return;
  const section = placed.path[0];
  const known = merged.written
    .filter((other) => other.path[0] === section && other !== placed)
    .map((other) => other.row.id);
  const noun =
    section === 'rules' || section === 'renders'
      ? 'rule'
      : section === 'parts'
        ? 'part'
        : 'resource';
  const near = nearestWord(row.id, known);
  const key = { rule: 'to', part: 'of', resource: 'type' }[noun];
  const hint = near === undefined ? `a new one says its \`${key}\`` : suggestion(row.id, [near]);
  report('rule-unknown', `no ${noun} is called \`${row.id}\`; ${hint}`, 'id');
}

/** By a row of the same mapping, which nobody meant to override. */
function isWrittenBefore(placed: Placed<Row>, { written }: Merged): boolean {
  const { row, layer, path } = placed;
  return written
    .slice(0, written.indexOf(placed))
    .some(
      (other) =>
        other.row.id === row.id &&
        other.path[0] === path[0] &&
        other.layer.mapping === layer.mapping,
    );
}

function checkMessages(layer: Layer, merged: Merged, report: Report): void {
  for (const [type, makes] of Object.entries(layer.value.messages ?? {}))
    if (makes !== 'filter') checkMade(makes, merged, report, type);
}

function checkAlso(layer: Layer, merged: Merged, report: Report): void {
  checkMade(layer.value.also ?? [], merged, report);
}

function checkMade(makes: readonly string[], merged: Merged, report: Report, ...at: Path): void {
  const ids = merged.resources.map((placed) => placed.row.id);
  for (const [index, name] of makes.entries()) {
    const { id } = parseEntry(name);
    if (ids.includes(id)) continue;
    const hint = suggestion(id, ids);
    report('resource-unknown', `no resource is called \`${id}\`; ${hint}`, ...at, index);
  }
}
