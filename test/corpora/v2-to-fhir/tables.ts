// HL7's mapping tables as rows. They are spreadsheets: the header is on row 2 (some name its
// columns differently, but in the same order), and cells span lines.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { corpora } from '../hl7v2-fhir/corpus.ts';

/** One row of a segment or data type table. */
export type Row = {
  /** `PID[Patient]`. */
  readonly map: string;
  /** Line of the spreadsheet, from 1. */
  readonly line: number;
  /** `PID-3`, `XPN.2`, or the segment itself. */
  readonly source: string;
  readonly dataType: string;
  /** Condition in the tables' own notation; '' for none. */
  readonly condition: string;
  /** Condition in prose, which no program can decide. */
  readonly narrative: string;
  /** Path in the target; '' for a row that maps nothing. */
  readonly target: string;
  /** Name of the code map. */
  readonly vocabulary: string;
  /** A quoted constant, or an expression. */
  readonly assignment: string;
};

const folder = join(corpora, 'v2-to-fhir-ig');

function read(part: string): { name: string; rows: string[][] }[] {
  return readdirSync(join(folder, part))
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .map((file) => ({
      name: file.replace(/^.* FHIR R4_ |^HL7 Concept Map_ /, '').replace(/ - [^-]*\.csv$/, ''),
      rows: (
        parse(readFileSync(join(folder, part, file)), {
          relax_column_count: true,
          bom: true,
        }) as string[][]
      ).map((cells) => cells.map((cell) => cell.replace(/\s+/g, ' ').trim())),
    }));
}

/** Rows of `segments` or `datatypes` that name a target. */
export function mappingRows(part: 'segments' | 'datatypes'): Row[] {
  return read(part).flatMap(({ name, rows }) =>
    rows.slice(2).flatMap((cells, index) => {
      const at = (column: number): string => cells[column] ?? '';
      if (at(9) === '') return [];
      return {
        map: name,
        line: index + 3,
        source: at(1) || name.split('[')[0]!,
        dataType: at(3),
        condition: ofField(at(6), at(1), at(3)),
        narrative: at(8),
        target: at(9),
        vocabulary: at(15),
        assignment: at(16).replace(/"https:(?=\/\/hl7\.org\/fhir\/)/, '"http:'),
      };
    }),
  );
}

/** `CWE.3` of the row`s own field, as `SCH-7.3`. */
const ofField = (condition: string, field: string, dataType: string): string =>
  dataType === '' ? condition : condition.replaceAll(`${dataType}.`, `${field}.`);

/** HL7 codes that a code map lists, by the map's name. */
export function vocabularies(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    read('codesystems').map(({ name, rows }) => [
      name,
      rows.slice(2).flatMap((cells) => (cells[0] && cells[6] ? [cells[0]] : [])),
    ]),
  );
}
