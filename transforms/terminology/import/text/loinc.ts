import { compareVersions } from '../../knowledge.ts';
import type { Reader } from '../context.ts';
import { columnsOf, csvRows, versionIn } from './table-rows.ts';
import { endSystem, refuseTwice, stringProperty } from './text-system.ts';

const columns = [
  ...(['LOINC_NUM', 'COMPONENT', 'PROPERTY', 'TIME_ASPCT', 'SYSTEM', 'SCALE_TYP'] as const),
  ...(['METHOD_TYP', 'CLASS', 'STATUS', 'LONG_COMMON_NAME', 'SHORTNAME'] as const),
] as const;
const kept = columns.slice(1, 8);
const further = ['CLASSTYPE', 'ORDER_OBS', 'EXAMPLE_UCUM_UNITS'] as const;

export const isLoinc = (head: string): boolean =>
  /(?:^\ufeff?|,)"?LOINC_NUM"?(?:,|\r?\n|$)/.test(head.split('\n')[0] ?? '');

/** LOINC's table of terms (Loinc.csv); axes become properties, as FHIR names them. */
export const readLoinc: Reader = function* (inputs, context) {
  for (const input of inputs) {
    const staging = context.begin('CodeSystem', input);
    let cell: ReturnType<typeof columnsOf<string>> | undefined;
    let names: readonly string[] = [];
    let width = 0;
    let newest = '';
    for (const row of csvRows(input, context)) {
      yield row.read;
      if (cell === undefined) {
        width = row.cells.length;
        names = [...further, 'VersionLastChanged'].filter((name) => row.cells.includes(name));
        cell = columnsOf<string>([...columns, ...names], row, input, context);
        continue;
      }
      if (row.cells.length !== width) {
        const message = `this row has ${row.cells.length} cells, the first line has ${width}`;
        context.findings.fail(input.name, row.line, 'row-width', message);
      }
      const of = cell;
      const text = (name: string) => of(row, name);
      const code = text('LOINC_NUM');
      const status = text('STATUS');
      const changed = names.includes('VersionLastChanged') ? text('VersionLastChanged') : '';
      if (compareVersions(changed, newest) > 0) newest = changed;
      const isOut = status === 'DEPRECATED';
      const short = text('SHORTNAME');
      const concept = {
        ...{ code, display: text('LONG_COMMON_NAME') || text('COMPONENT') },
        designations: short === '' ? [] : [{ use: { code: 'SHORTNAME' }, value: short }],
        properties: [
          ...[...kept, ...further.filter((name) => names.includes(name))].flatMap((name) =>
            stringProperty(name, text(name)),
          ),
          ...stringProperty('STATUS', status),
          ...(isOut ? [{ code: 'inactive', valueBoolean: true }] : []),
        ],
      };
      if (staging.addConcept(concept, row.line) === undefined)
        refuseTwice(code, row.line, staging, input, context);
    }
    const version = versionIn(input.name, /loinc[_-]?(\d+\.\d+)/i) ?? newest;
    endSystem(staging, input, context, {
      ...{ url: 'http://loinc.org', version, name: 'LOINC', title: 'LOINC', caseSensitive: false },
      copyright: 'LOINC is copyright Regenstrief Institute, Inc.; see https://loinc.org/license',
    });
  }
};
