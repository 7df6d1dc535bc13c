import { type Position, readYaml } from '../../../engine/index.ts';
import { parseEntry } from '../compile.ts';
import { fhirPathOf } from '../elements/index.ts';
import type { PartRow, ResourceRow, RuleRow } from '../language.ts';
import type { LoadedMapping } from '../load.ts';
import { type Merged, type Placed, sources } from '../merge.ts';
import type { RowTables } from '../rows/index.ts';

type Row = ResourceRow | PartRow | RuleRow;

/** A row of a mapping as it is in force, and every place that has a word in it. */
export type ExplainedRow = {
  readonly kind: 'resource' | 'part' | 'rule';
  readonly id: string;
  /** Id of the resource row that it belongs to. */
  readonly resource: string;
  /** FHIR path of what it makes or fills: `Patient.name`. */
  readonly path: string;
  /** False where an override disables it. */
  readonly enabled: boolean;
  /** All that holds of it, overrides applied. */
  readonly row: Readonly<Record<string, unknown>>;
  /** The base first; the last one wins. */
  readonly origins: readonly Origin[];
};

export type Origin = Position & {
  readonly mapping: string;
  /** Keys that this place says and no later one says again. */
  readonly says: readonly string[];
  /** Keys that this place says and a later one overrides. */
  readonly overridden: readonly string[];
};

export type ExplainQuery = {
  /** `ADT^A01`: only what such a message makes. */
  readonly message?: string | undefined;
  /** Id of a row, an HL7 path, or a FHIR path; absent for all. */
  readonly about?: string | undefined;
};

const kinds = { resources: 'resource', parts: 'part', rules: 'rule' } as const;

/**
 * The rows of a mapping that was loaded without a mistake, in the order in which they apply to each
 * resource. Undefined where the mapping knows no such message.
 */
export function explainMapping(
  { merged, rows: tables }: LoadedMapping,
  { message, about }: ExplainQuery,
): readonly ExplainedRow[] | undefined {
  if (merged === undefined) throw new Error('a mapping with mistakes cannot be explained');
  const made = message === undefined ? undefined : merged.messages.get(message);
  if (message !== undefined && made === undefined) return undefined;
  const makes =
    made === undefined || made === 'filter' ? [] : made.map((text) => parseEntry(text).id);
  const rows = groups(merged.written)
    .map((written) => explain(written, merged))
    .map((row) => (tables === undefined ? row : { ...row, row: inColumns(row.row, tables) }))
    .filter((row) => message === undefined || makes.includes(row.resource))
    .filter((row) => about === undefined || isAbout(row, about));
  const order = message === undefined ? merged.resources.map(({ row }) => row.id) : makes;
  return order.flatMap((id) => rows.filter(({ resource }) => resource === id));
}

/** As the mapping writes it: `specimen.ward`. */
const inColumns = (row: ExplainedRow['row'], { shown }: RowTables): ExplainedRow['row'] =>
  JSON.parse(shown(JSON.stringify(row)));

/** Rows by section and id, each with all that was written of it. */
function groups(written: readonly Placed<Row>[]): readonly (readonly Placed<Row>[])[] {
  const byId = new Map<string, Placed<Row>[]>();
  for (const section of Object.keys(kinds))
    for (const placed of written) {
      if (placed.path[0] !== section) continue;
      const key = `${section} ${placed.row.id}`;
      byId.set(key, [...(byId.get(key) ?? []), placed]);
    }
  return [...byId.values()];
}

function explain(written: readonly Placed<Row>[], merged: Merged): ExplainedRow {
  const section = written[0]!.path[0] as keyof typeof kinds;
  const { id } = written[0]!.row;
  const inForce = (merged[section] as readonly Placed<Row>[]).find(({ row }) => row.id === id);
  const all = Object.assign({}, ...written.map(({ row }) => row)) as Record<string, unknown>;
  const row = (inForce?.row ?? all) as unknown as Record<string, unknown>;
  const owner = section === 'rules' ? String(row.to).split('.')[0]! : id;
  const inside = section === 'rules' ? String(row.to).slice(owner.length) : '';
  return {
    kind: kinds[section],
    id,
    resource: resourceOf(owner, merged),
    path: `${fhirPathOf(merged, owner) ?? owner}${inside}`,
    enabled: inForce !== undefined,
    row,
    origins: written.map((placed, nth) => originOf(placed, written.slice(nth + 1))),
  };
}

function resourceOf(owner: string, merged: Merged): string {
  const part = merged.parts.find(({ row }) => row.id === owner)?.row;
  return part?.of === undefined ? owner : resourceOf(part.of, merged);
}

function originOf({ row, layer, path }: Placed<Row>, later: readonly Placed<Row>[]): Origin {
  const keys = Object.keys(row).filter((key) => key !== 'id');
  const isOverridden = (key: string) =>
    later.some((placed) => (sources.includes(key) ? sources : [key]).some((k) => k in placed.row));
  return {
    ...readYaml(layer.file).valueAt([...path, 'id']),
    mapping: layer.mapping,
    says: keys.filter((key) => !isOverridden(key)),
    overridden: keys.filter(isOverridden),
  };
}

function isAbout({ id, path, row }: ExplainedRow, about: string): boolean {
  const sources = [row.from ?? [], row.each ?? []].flat().map(String);
  const begins = (text: string) =>
    text === about || (text.startsWith(about) && /^[.[-]/.test(text.slice(about.length)));
  return id === about || begins(path) || begins(String(row.to)) || sources.some(begins);
}
