import { edgeKinds, type Staging } from '../../store/index.ts';
import type { ImportContext, Reader } from '../context.ts';
import type { Input } from '../input.ts';
import { splitRows, versionIn } from './table-rows.ts';
import { endSystem } from './text-system.ts';

/**
 * RxNorm's RRF files (https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html): RXNCONSO
 * with the names, RXNREL with relationships, RXNSAT with attributes. Every row ends with a bar.
 */
const widths = { RXNCONSO: 18, RXNREL: 16, RXNSAT: 13 } as const;
type Table = keyof typeof widths;

export const rxnormTable = (base: string): Table | undefined =>
  (Object.keys(widths) as Table[]).find((name) => base.toUpperCase() === `${name}.RRF`);

/** The other tables of a release. */
export const isOtherRrf = (base: string): boolean =>
  /^RXN\w*\.RRF$/i.test(base) && rxnormTable(base) === undefined;

/** The name that stands for a concept: earlier kinds go before later ones. */
const nameKinds = [
  ...['SCD', 'SBD', 'GPCK', 'BPCK', 'IN', 'PIN', 'MIN', 'BN', 'SCDF', 'SBDF', 'SCDG', 'SBDG'],
  ...['SCDC', 'SBDC', 'DF', 'DFG', 'SCDFP', 'SBDFP', 'SCDGP', 'PSN', 'SY', 'TMSY', 'ET'],
];

export const readRxnorm: Reader = function* (inputs, context) {
  const of = (table: Table) => inputs.filter(({ base }) => rxnormTable(base) === table);
  const [names] = of('RXNCONSO');
  if (names === undefined)
    context.findings.fail(inputs[0]!.name, 0, 'file-missing', 'RXNCONSO.RRF is not there');
  const staging = context.begin('CodeSystem', names!);
  yield* readNames(names!, staging, context);
  for (const input of of('RXNREL')) yield* readRelations(input, staging, context);
  for (const input of of('RXNSAT')) yield* readAttributes(input, staging, context);
  endSystem(staging, names!, context, {
    ...{ url: 'http://www.nlm.nih.gov/research/umls/rxnorm', name: 'RxNorm', title: 'RxNorm' },
    version: versionIn(names!.name, /RxNorm_\w*?_?(\d{8})/i),
    copyright: 'RxNorm, U.S. National Library of Medicine; other sources in it keep their terms',
  });
};

const rows = (input: Input, context: ImportContext, table: Table) =>
  splitRows(input, context, { separator: '|', width: widths[table] + 1, isEnded: true });

function* readNames(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  const ranks: number[] = [];
  for (const { cells, line, read } of rows(input, context, 'RXNCONSO')) {
    yield read;
    const [code = '', , , , , , , , , , , source, kind = '', , value = ''] = cells;
    if (source !== 'RXNORM') continue;
    const isObsolete = cells[16] === 'O';
    const known = staging.concept(code);
    const at = nameKinds.indexOf(kind);
    const rank = (at < 0 ? nameKinds.length : at) + (isObsolete ? 100 : 0);
    const concept =
      known ?? staging.addConcept({ code, display: value, designations: [], properties: [] }, line);
    if (concept === undefined) continue;
    if (known !== undefined && rank < ranks[concept]!) staging.setDisplay(concept, value);
    if (known === undefined && isObsolete) staging.setRetired(concept);
    ranks[concept] = Math.min(rank, ranks[concept] ?? rank);
    if (kind !== '') staging.addProperty(concept, { code: 'TTY', valueCode: kind });
    staging.addDesignation(concept, { language: 'en', use: { code: kind }, value });
  }
}

/** A row says of its second concept how it stands to its first. */
function* readRelations(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  for (const { cells, line, read } of rows(input, context, 'RXNREL')) {
    yield read;
    const [to = '', , , relation, from = '', , , detailed = '', , , source] = cells;
    if (source !== 'RXNORM' || to === '' || from === '' || cells[14] === 'O') continue;
    const subject = staging.concept(from);
    const object = staging.concept(to);
    if (subject === undefined || object === undefined) {
      const message = 'this relationship is of a concept that RXNCONSO does not have';
      context.findings.warn(input.name, line, 'concept-unknown', message);
      continue;
    }
    if (detailed === 'isa') staging.addEdge(subject, object, edgeKinds.relation);
    else if (detailed !== 'inverse_isa')
      staging.addProperty(subject, { code: detailed || relation || 'related', valueCode: to });
  }
}

function* readAttributes(input: Input, staging: Staging, context: ImportContext): Iterable<number> {
  for (const { cells, read } of rows(input, context, 'RXNSAT')) {
    yield read;
    const [code = '', , , , , , , , name = '', source, valueString = '', suppressed] = cells;
    if (source !== 'RXNORM' || suppressed === 'O' || valueString === '') continue;
    const concept = staging.concept(code);
    if (concept !== undefined) staging.addProperty(concept, { code: name, valueString });
  }
}
