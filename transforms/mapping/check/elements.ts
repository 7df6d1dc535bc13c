import { suggestion } from '../../../engine/index.ts';
import { conversions } from '../datatypes/index.ts';
import {
  checkCode,
  checkConstant,
  choiceNames,
  elementsOf,
  fhirPathOf,
  type Place,
  partElement,
  placesOf,
  referenceTargets,
  requiredCodes,
  resolveTarget,
} from '../elements/index.ts';
import type { ResourceRow, RuleRow } from '../language.ts';
import type { Layer, Merged, Placed } from '../merge.ts';
import { mayRepeat, parseFieldPath } from '../reading/index.ts';
import type { Path, Report } from '../report.ts';

/** Reports at a place of a layer. */
type ReportAt = (layer: Layer, base: Path) => Report;

/** What R4 says of the elements that the rules fill: constants, references, codes, cardinality. */
export function checkElements(merged: Merged, reportAt: ReportAt): void {
  const fillings = merged.rules.flatMap((placed) => fillingOf(placed, merged) ?? []);
  for (const filling of fillings) {
    const { placed, leaf } = filling;
    const { row } = placed;
    const report = reportAt(placed.layer, placed.path);
    if (row.value !== undefined && leaf) checkConstant(row.value, leaf, report, 'value');
    if (row.reference !== undefined && leaf) checkReference(row, leaf, merged, report);
    if (row.from !== undefined && leaf) checkCoded(row, leaf, report);
    if (placed.layer.value.extends !== undefined) checkRepeats(filling, merged, report);
  }
  for (const { row, layer, path } of merged.resources) checkEndings(row, reportAt(layer, path));
  checkTwice(fillings, reportAt);
  checkRequired(merged, fillings, reportAt);
  checkTables(merged, fillings, reportAt);
}

type Filling = {
  readonly placed: Placed<RuleRow>;
  readonly owner: string;
  /** Undefined for one form of a choice element, such as `effectivePeriod`. */
  readonly leaf: Place | undefined;
  readonly names: readonly string[];
  readonly repeats: boolean;
};

function fillingOf(placed: Placed<RuleRow>, merged: Merged): Filling | undefined {
  const target = resolveTarget(merged, placed.row.to ?? '');
  if ('word' in target) return undefined;
  const { owner } = target;
  const start = fhirPathOf(merged, owner)!;
  const isWhole = target.elements.length === 0;
  const element = partElement(merged, owner);
  const places = isWhole ? [{ element: element!, path: start }] : placesOf(start, target.elements);
  return {
    placed,
    owner,
    leaf: places.at(-1),
    names: target.elements.map(({ name }) => name),
    repeats: isWhole || target.elements.some(({ repeats }) => repeats),
  };
}

function checkReference(row: RuleRow, { path }: Place, merged: Merged, report: Report): void {
  const type = merged.resources.find((placed) => placed.row.id === row.reference)?.row.type;
  const allowed = referenceTargets(path);
  if (type === undefined || allowed === undefined || allowed.includes(type)) return;
  const message = `${path} refers to ${allowed.join(', ')}; \`${row.reference}\` is a ${type}`;
  report('fhir-type', message, 'reference');
}

/** A sender`s code as it stands is none that R4 requires. */
function checkCoded(row: RuleRow, { element, path }: Place, report: Report): void {
  if (row.as !== 'code' || row.table !== undefined || element.types[0] !== 'code') return;
  const codes = requiredCodes(path);
  if (codes === undefined) return;
  const all = [...codes.values()].flatMap((of) => [...of]);
  const some = all.slice(0, 6).join(', ');
  const message = `${path} takes only codes of R4 (${some}): give a \`table\``;
  report('table-missing', message, 'as');
}

/** Only the first repetition would count, and a facility's own row should say so. */
function checkRepeats({ placed, owner, repeats }: Filling, merged: Merged, report: Report): void {
  const { row } = placed;
  const conversion = conversions.get(row.as ?? 'string');
  const isOfAll = conversion?.gathers === true || conversion?.convertAll !== undefined;
  if (repeats || isOfAll || row.using !== undefined) return;
  const each = merged.parts.find((part) => part.row.id === owner)?.row.each;
  for (const text of [row.from ?? []].flat()) {
    const path = parseFieldPath(text);
    const name = `${path?.segment}-${path?.field}`;
    if (path === undefined || path.repetition > 0 || each === name) continue;
    if (!mayRepeat(path.segment, path.field)) continue;
    const message =
      `${name} may repeat and ${row.to} does not: all but the first are left out; ` +
      `\`"${name}[1]"\` says that the first is meant`;
    report('field-repeats', message, 'from');
  }
}

function checkEndings(row: ResourceRow, report: Report): void {
  for (const key of ['ended', 'deleted'] as const) {
    const names = elementsOf(row.type ?? '');
    for (const [name, value] of Object.entries(row[key] ?? {})) {
      const element = names?.get(name);
      if (element === undefined) {
        const hint = suggestion(name, [...(names?.keys() ?? [])]);
        report('fhir-element', `${row.type} has no element \`${name}\`; ${hint}`, key, name);
      } else if (element.repeats && value !== null)
        report('fhir-cardinality', `${row.type}.${name} repeats: it cannot be set so`, key, name);
      else if (element.required && value === null)
        report('fhir-required', `${row.type}.${name} is required`, key, name);
      else checkConstant(value, { element, path: `${row.type}.${name}` }, report, key, name);
    }
  }
}

const isAlways = ({ row }: Placed<RuleRow>): boolean =>
  row.when === undefined && row.initial !== true && row.ends !== true;

const sourceOf = ({ from, reference, as: conversion, table }: RuleRow): string =>
  JSON.stringify([from, reference, conversion, table]);

/**
 * Two rules that always fill one element which does not repeat: the second one never counts. A rule
 * of the base that reads another field is a fallback; one that a facility adds must say so.
 */
function checkTwice(fillings: readonly Filling[], reportAt: ReportAt): void {
  const first = new Map<string, Filling>();
  for (const filling of fillings) {
    const { placed, owner, names, repeats } = filling;
    if (repeats || !isAlways(placed) || placed.row.value === null) continue;
    const place = `${owner}.${names.join('.')}`;
    const known = first.get(place)?.placed;
    if (known === undefined) {
      first.set(place, filling);
      continue;
    }
    const isDead = known.row.value !== undefined;
    const isSame = sourceOf(known.row) === sourceOf(placed.row);
    const isAdded = known.layer !== placed.layer && placed.layer.value.extends !== undefined;
    if (!isDead && !isSame && !isAdded) continue;
    const message =
      `\`${known.row.id}\` fills ${place} already, which does not repeat; override that rule, or ` +
      'say `when` this one is meant';
    reportAt(placed.layer, placed.path)('fhir-cardinality', message, 'to');
  }
}

/** Elements without which no resource or item of the row is ever valid. */
function checkRequired(merged: Merged, fillings: readonly Filling[], reportAt: ReportAt): void {
  const fillingsOf = Map.groupBy(fillings, ({ owner }) => owner);
  const partsOf = Map.groupBy(merged.parts, ({ row }) => row.of);
  for (const { row, layer, path } of [...merged.resources, ...merged.parts]) {
    const type = fhirPathOf(merged, row.id) ?? '';
    const filled = new Set((fillingsOf.get(row.id) ?? []).map(({ names }) => names[0] ?? '*'));
    for (const part of partsOf.get(row.id) ?? []) filled.add(part.row.element!);
    if (filled.has('*')) continue;
    for (const element of elementsOf(type)?.values() ?? []) {
      if (!element.required) continue;
      const forms = element.name.endsWith('[x]') ? choiceNames(element) : [];
      if ([element.name, ...forms].some((name) => filled.has(name))) continue;
      const message = `${type}.${element.name} is required, and no rule fills it`;
      reportAt(layer, path)('fhir-required', message, 'id');
    }
  }
}

/** Where conversions look codes up by the table`s own name. */
const builtIn: ReadonlyMap<string, string> = new Map([
  ['name-use', 'HumanName.use'],
  ['address-use', 'Address.use'],
  ['address-type', 'Address.type'],
  ['telecom-use', 'ContactPoint.use'],
  ['telecom-system', 'ContactPoint.system'],
]);

/** What a table gives must be what the elements that it fills may have. */
function checkTables(merged: Merged, fillings: readonly Filling[], reportAt: ReportAt): void {
  const uses = new Map([...builtIn].map(([name, path]) => [name, new Set([path])]));
  for (const { placed, leaf } of fillings) {
    const { table } = placed.row;
    if (table === undefined || leaf === undefined || requiredCodes(leaf.path) === undefined)
      continue;
    uses.set(table, (uses.get(table) ?? new Set()).add(leaf.path));
  }
  for (const layer of merged.layers)
    for (const [name, { codes, otherwise, system }] of Object.entries(layer.value.tables ?? {})) {
      const told = new Set<string>();
      for (const path of uses.get(name) ?? []) {
        const report = once(reportAt(layer, ['tables', name]), told);
        const own = system ?? merged.tables.get(name)?.system;
        for (const [code, target] of Object.entries(codes))
          checkTarget(target, own, path, report, 'codes', code);
        if (otherwise !== undefined) checkTarget(otherwise, own, path, report, 'otherwise');
      }
    }
}

/** One finding a target, however many elements the table fills. */
function once(report: Report, told: Set<string>): Report {
  return (code, message, ...at) => {
    const place = at.join('.');
    if (!told.has(place)) report(code, message, ...at);
    told.add(place);
  };
}

function checkTarget(
  target: string | { code: string; system?: string | undefined },
  tableSystem: string | undefined,
  path: string,
  report: Report,
  ...at: Path
): void {
  const { code, system } =
    typeof target === 'string' ? { code: target, system: undefined } : target;
  if (code !== '') checkCode(code, system ?? tableSystem, path, report, ...at);
}
