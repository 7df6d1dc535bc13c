import { type ConfigIssue, nearestWord, suggestion, type YamlFile } from '../../../engine/index.ts';
import { parseEntry } from '../compile.ts';
import { conversions } from '../datatypes/index.ts';
import {
  elementsOf,
  fhirPathOf,
  partElement,
  resolveTarget,
  resourceTypes,
} from '../elements/index.ts';
import type { Conversion } from '../environment.ts';
import type { KeyPart, PartRow, ResourceRow, RuleRow } from '../language.ts';
import type { Layer, Merged, Placed, WrittenRow } from '../merge.ts';
import { parseFieldPath } from '../reading/index.ts';
import { checkRender, checkRenderMessages } from '../render/index.ts';
import type { Path, Report } from '../report.ts';
import { type CheckedScripts, checkUsing } from '../script/index.ts';
import { checkCondition, checkRuleCondition } from './conditions.ts';
import { checkDialect, checkPath } from './dialect.ts';
import { checkElements } from './elements.ts';
import { checkTables } from './tables.ts';
import { checkWrittenTwice } from './twice.ts';
import { checkPartUpdate, checkResourceUpdate } from './update.ts';

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

function checkPaths(paths: string | string[] | undefined, report: Report, at: string): void {
  if (typeof paths === 'string') checkPath(paths, report, at);
  else for (const [index, path] of (paths ?? []).entries()) checkPath(path, report, at, index);
}

function checkResource(row: ResourceRow, merged: Merged, report: Report): void {
  if (row.type === undefined) return;
  if (!resourceTypes.includes(row.type)) {
    const hint = suggestion(row.type, resourceTypes);
    report('fhir-type', `mappings make no resource \`${row.type}\`; ${hint}`, 'type');
  }
  if (!row.key)
    report('config-missing', '`key` is missing: what tells one from another in every message');
  checkEach(row.each, report);
  if (row.each?.includes('-')) report('hl7-path', 'a resource stands for a segment', 'each');
  checkResourceUpdate(row, report);
  checkCondition(row.when, report);
  checkCondition(row.authority, report, 'authority');
  checkCondition(row.corrects, report, 'corrects');
  checkCondition(row.cancels, report, 'cancels');
  checkCondition(row.deletes, report, 'deletes');
  for (const [index, part] of (row.key ?? []).entries())
    checkKeyPart(part, merged, (code, message) => report(code, message, 'key', index));
}

function checkKeyPart(part: KeyPart, merged: Merged, report: Report): void {
  if (typeof part === 'string') {
    if (merged.resources.some(({ row }) => row.id === part)) return;
    checkPath(part, report);
  } else if ('identifier' in part) {
    for (const path of [part.identifier].flat()) checkPath(path, report);
    if (part.like !== undefined) checkPath(part.like, report);
  } else if ('visit' in part || 'text' in part) return;
  else if ('place' in part) checkPath(part.place, report);
  else if ('code' in part) checkPath(part.code, report);
  else for (const inner of part.first.flat()) checkKeyPart(inner, merged, report);
}

function checkEach(each: string | undefined, report: Report): void {
  if (each === undefined) {
    report('config-missing', '`each` is missing: a segment');
    return;
  }
  if (/^[A-Z][A-Z0-9]{2}$/.test(each) || parseFieldPath(each)) return;
  report('hl7-path', `\`${each}\` is neither a segment like \`NK1\` nor a field`, 'each');
}

function checkPart(row: PartRow, merged: Merged, report: Report): void {
  if (row.of === undefined) return;
  checkEach(row.each, report);
  if (row.join) checkJoin(row.join, row.each, report);
  checkPartUpdate(row, merged, report);
  checkCondition(row.when, report);
  const ids = [...merged.resources, ...merged.parts].map((placed) => placed.row.id);
  const owner = fhirPathOf(merged, row.of);
  if (owner === undefined) {
    report('resource-unknown', `nothing is called \`${row.of}\`; ${suggestion(row.of, ids)}`, 'of');
    return;
  }
  const names = elementsOf(owner) ?? new Map();
  const element = names.get(row.element ?? '');
  if (!element) {
    const hint = suggestion(row.element ?? '', [...names.keys()]);
    report('fhir-element', `${owner} has no element \`${row.element}\`; ${hint}`, 'element');
  } else if (!element.repeats) {
    report('fhir-cardinality', `${owner}.${row.element} does not repeat`, 'element');
  }
  const inner = elementsOf(`${owner}.${row.element}`);
  for (const [index, name] of (row.needs ?? []).entries()) {
    if (inner?.has(name)) continue;
    const hint = suggestion(name, [...(inner?.keys() ?? [])]);
    report(
      'fhir-element',
      `${owner}.${row.element} has no element \`${name}\`; ${hint}`,
      'needs',
      index,
    );
  }
}

function checkJoin(join: PartRow['join'] & object, each: string | undefined, report: Report): void {
  for (const name of ['by', 'once'] as const) {
    checkPath(join[name], (code, message) => report(code, message, 'join', name));
    if (parseFieldPath(join[name])?.segment === each) continue;
    report('hl7-path', 'segments are joined by fields of their own', 'join', name);
  }
}

function checkRule(row: RuleRow, merged: Merged, report: Report): void {
  checkRuleCondition(row, merged, report);
  checkPaths(row.from, report, 'from');
  const given = ['from', 'value', 'reference'].filter((key) => key in row);
  if (given.length !== 1)
    report('rule-source', 'a rule has exactly one of `from`, `value` and `reference`');
  if (row.reference !== undefined && !merged.resources.some((p) => p.row.id === row.reference)) {
    const ids = merged.resources.map((placed) => placed.row.id);
    const hint = suggestion(row.reference, ids);
    report('resource-unknown', `no resource is called \`${row.reference}\`; ${hint}`, 'reference');
  }
  if (row.table !== undefined && !merged.tables.has(row.table)) {
    const hint = suggestion(row.table, [...merged.tables.keys()]);
    report('table-unknown', `no table is called \`${row.table}\`; ${hint}`, 'table');
  }
  checkTarget(row, merged, report);
}

function checkTarget(row: RuleRow, merged: Merged, report: Report): void {
  const target = resolveTarget(merged, row.to ?? '');
  if ('word' in target) {
    const hint = suggestion(target.word, target.candidates);
    const noun = target.what === 'element' ? 'there is no element' : 'nothing is called';
    report(`fhir-${target.what}`, `${noun} \`${target.word}\`; ${hint}`, 'to');
    return;
  }
  const element = target.elements.at(-1) ?? partElement(merged, target.owner)!;
  const name = row.as ?? 'string';
  const conversion = conversions.get(name);
  if (row.reference !== undefined) checkType(element.types, ['Reference'], report, 'reference');
  if (row.from === undefined || (row.using !== undefined && row.as === undefined)) return;
  if (!conversion) {
    const hint = suggestion(name, [...conversions.keys()]);
    report('conversion-unknown', `no conversion is called \`${name}\`; ${hint}`, 'as');
    return;
  }
  checkType(element.types, conversion.gives, report, row.as === undefined ? 'to' : 'as');
  checkSettings(row.with ?? {}, conversion, report);
  if (row.mark !== undefined && !conversion.gives.includes('CodeableConcept'))
    report('mark', 'only a CodeableConcept can be marked for translation', 'mark');
}

function checkSettings(
  given: Readonly<Record<string, unknown>>,
  { name, settings = [], words = {} }: Conversion,
  report: Report,
): void {
  for (const [key, value] of Object.entries(given)) {
    const known = words[key];
    if (!settings.includes(key)) {
      const hint = suggestion(key, settings);
      report('config-unknown-key', `${name} has no setting \`${key}\`; ${hint}`, 'with', key);
    } else if (known?.includes(String(value)) === false) {
      const hint = suggestion(String(value), known);
      report('config-value', `\`${value}\` is no ${key} of ${name}; ${hint}`, 'with', key);
    }
  }
}

function checkType(
  wanted: readonly string[],
  given: readonly string[],
  report: Report,
  at: string,
): void {
  if (wanted.some((type) => given.includes(type))) return;
  const message = `the element is a ${wanted.join(' or ')}; this makes ${given.join(' or ')}`;
  report('fhir-type', message, at);
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
