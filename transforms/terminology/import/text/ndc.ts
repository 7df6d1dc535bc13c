import { edgeKinds, type Staging } from '../../store/index.ts';
import type { ImportContext, Reader } from '../context.ts';
import type { Input } from '../input.ts';
import { namedRows, splitRows, type TableRow, versionIn } from './table-rows.ts';
import { endSystem, stringProperty } from './text-system.ts';

const productColumns = [
  ...(['PRODUCTNDC', 'PROPRIETARYNAME', 'NONPROPRIETARYNAME', 'DOSAGEFORMNAME'] as const),
  ...(['ROUTENAME', 'LABELERNAME', 'PRODUCTTYPENAME'] as const),
] as const;
const packageColumns = ['PRODUCTNDC', 'NDCPACKAGECODE', 'PACKAGEDESCRIPTION'] as const;

const firstOf = (head: string): string => head.split(/\r?\n/)[0] ?? '';
export const isNdcPackage = (head: string): boolean => firstOf(head).includes('NDCPACKAGECODE');
export const isNdc = (head: string): boolean =>
  firstOf(head).includes('PRODUCTNDC\t') && /PROPRIETARYNAME|NDCPACKAGECODE/.test(firstOf(head));

const tabs = { separator: '\t', isEnded: false } as const;

/** FDA's directory: products, and packages below their product. */
export const readNdc: Reader = function* (inputs, context) {
  const packages = inputs.filter(isPackageFile);
  const products = inputs.filter((input) => !packages.includes(input));
  const main = products[0] ?? packages[0]!;
  const staging = context.begin('CodeSystem', main);
  for (const input of products) yield* readProducts(input, staging, context);
  for (const input of packages) yield* readPackages(input, staging, context);
  endSystem(staging, main, context, {
    ...{ url: 'http://hl7.org/fhir/sid/ndc', name: 'NDC', title: 'National drug codes' },
    version: versionIn(main.name, /(20\d{6}|20\d{2}-\d{2}-\d{2})/),
    copyright: 'National Drug Code Directory, U.S. FDA; public domain',
  });
};

function isPackageFile(input: Input): boolean {
  for (const chunk of input.chunks())
    return isNdcPackage(chunk.subarray(0, 4_000).toString('latin1'));
  return false;
}

const dateColumns = [
  ...['STARTMARKETINGDATE', 'ENDMARKETINGDATE', 'LISTING_RECORD_CERTIFIED_THROUGH'],
];

/** A date that is cut short tells of a file that is. */
function checkDates(row: TableRow, header: TableRow, input: Input, context: ImportContext): void {
  for (const name of dateColumns) {
    const text = row.cells[header.cells.indexOf(name)]?.trim() ?? '';
    if (text === '' || /^(?:\d{8}|\d{1,2}[/-]\w{1,3}[/-]\d{4})$/.test(text)) continue;
    const message = `${name} is no date; is this file whole?`;
    context.findings.fail(input.name, row.line, 'row-invalid', message);
  }
}

/** One product may be listed twice, by two applications: the second adds what is new of it. */
function* readProducts(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  const rows = splitRows(input, context, tabs);
  let header: TableRow | undefined;
  for (const { row, cell } of namedRows(productColumns, rows, input, context)) {
    yield row.read;
    if (cell === undefined) {
      header = row;
      continue;
    }
    checkDates(row, header!, input, context);
    const display = cell('PROPRIETARYNAME') || cell('NONPROPRIETARYNAME');
    const properties = productColumns
      .slice(2)
      .flatMap((name) => stringProperty(name.toLowerCase(), cell(name)));
    const code = cell('PRODUCTNDC');
    const known = staging.concept(code);
    if (known === undefined)
      staging.addConcept({ code, display, designations: [], properties }, row.line);
    else staging.addDesignation(known, { value: display });
  }
}

function* readPackages(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  const rows = splitRows(input, context, tabs);
  for (const { row, cell } of namedRows(packageColumns, rows, input, context)) {
    yield row.read;
    if (cell === undefined) continue;
    const code = cell('NDCPACKAGECODE');
    const display = cell('PACKAGEDESCRIPTION');
    const known = staging.concept(code);
    const one =
      known ?? staging.addConcept({ code, display, designations: [], properties: [] }, row.line);
    if (known !== undefined) staging.addDesignation(known, { value: display });
    const product = staging.concept(cell('PRODUCTNDC'));
    if (one !== undefined && product !== undefined && product !== one)
      staging.addEdge(one, product, edgeKinds.relation);
  }
}
