import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ownBaseDir } from '../../transforms/mapping/index.ts';
import of from './base-map-tables.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;
type Cell =
  | string
  | { readonly code?: string; readonly system?: string; readonly display?: string };
type Table = {
  readonly system?: string;
  readonly codes?: Readonly<Record<string, Cell>>;
  readonly otherwise?: Cell;
};
/**
 * Which table of HL7 v2 a table of the base mappings is for, the code system of its targets where
 * the table itself leaves that to the element, and codes of others among its own.
 */
type Place = { readonly hl7: string; readonly target?: string; readonly skip?: string };

const places: Readonly<Record<string, Place>> = of;

/** The tables of the base mappings by name, from the one place where their rows are. */
export function baseTables(): ReadonlyMap<string, Table> {
  const files = readdirSync(ownBaseDir).filter((name) => name.endsWith('.yaml'));
  return new Map(
    files.sort().flatMap((name) => {
      const layer = parse(readFileSync(join(ownBaseDir, name), 'utf8')) as {
        readonly tables?: Readonly<Record<string, Table>>;
      } | null;
      return Object.entries(layer?.tables ?? {});
    }),
  );
}

/**
 * Our rows from HL7 v2 to FHIR as R4 ConceptMaps. The version is a hash of the rows, so that it
 * never says two things. Of several codes with one target each is told as narrower than that
 * (`wider` is what the target is); a code without counterpart is `unmatched`.
 */
export function baseMaps(tables = baseTables()): readonly Json[] {
  return Object.keys(places)
    .sort()
    .map((name) => mapOf(name, places[name]!, tables.get(name) ?? {}));
}

function mapOf(name: string, { hl7, target, skip }: Place, table: Table): Json {
  const source = `http://terminology.hl7.org/CodeSystem/v2-${hl7}`;
  const own = Object.entries(table.codes ?? {})
    .filter(([code]) => skip === undefined || !new RegExp(skip).test(code))
    .map(([code, cell]) => ({ code, to: targetOf(cell, table.system ?? target ?? '') }));
  const counts = Map.groupBy(own, ({ to }) => (to === undefined ? '' : `${to.system}|${to.code}`));
  const systems = Map.groupBy(own, ({ to }) => to?.system ?? table.system ?? target ?? '');
  const rest = table.otherwise === undefined ? undefined : targetOf(table.otherwise, target ?? '');
  const group = [...systems].map(([system, rows]) => ({
    ...{ source, target: system },
    element: rows.map(({ code, to }) => {
      const isShared = to && counts.get(`${to.system}|${to.code}`)!.length > 1;
      const word = to === undefined ? 'unmatched' : isShared ? 'wider' : 'equivalent';
      const { system: _, ...coded } = to ?? { system };
      return { code, target: [{ ...coded, equivalence: word }] };
    }),
    ...(rest?.system === system ? { unmapped: { mode: 'fixed', code: rest.code } } : {}),
  }));
  const version = createHash('sha256').update(JSON.stringify(group)).digest('hex').slice(0, 12);
  return {
    ...{ resourceType: 'ConceptMap', id: `base-${name}`, url: `urn:plexus:concept-map:${name}` },
    ...{ version, name: `base_${name.replaceAll('-', '_')}`, title: `HL7 ${hl7}: ${name}` },
    ...{ status: 'active', publisher: 'Plexus', group },
  };
}

function targetOf(cell: Cell, system: string) {
  const { code = '', display, ...more } = typeof cell === 'string' ? { code: cell } : cell;
  if (code === '') return undefined;
  const named = display === undefined ? {} : { display };
  return { system: ('system' in more ? more.system : undefined) ?? system, code, ...named };
}
