import {
  type Assessment,
  type DownstreamItem,
  type PersonRecord,
  pairVetoes,
  type ReviewSide,
} from '../../transforms/identity/index.ts';
import type { Output } from '../command.ts';
import { renderTable } from '../table.ts';

/** The waterfall and what fired, for a person. */
export function assessmentLines({ p, weight, bars, vetoes, agreeing }: Assessment): string[] {
  return [
    `p ${p.toFixed(4)}, ${weight.toFixed(1)} bits; agreeing: ${agreeing.join(', ') || 'nothing'}`,
    ...bars
      .filter((bar) => bar.level !== 'null')
      .map((bar) => {
        const bits = `${bar.weight >= 0 ? '+' : ''}${bar.weight.toFixed(1)}`;
        return `  ${bits.padStart(7)}  ${bar.comparison.padEnd(11)} ${bar.level}`;
      }),
    ...vetoes.map(({ id }) => `  veto     ${id}: ${textOf(id)}`),
  ];
}

const textOf = (veto: string): string => pairVetoes.find(({ id }) => id === veto)?.text ?? '';

/** Records side by side, an attribute a row. */
export function sidesTable(sides: readonly ReviewSide[]): string {
  const columns = sides.map(({ record }) => `record ${record}`);
  const rows = attributes.map(([name, read]) => ({
    what: name,
    ...Object.fromEntries(sides.map((side, at) => [columns[at]!, read(side)])),
  }));
  return renderTable(rows, ['what', ...columns] as never);
}

const said =
  (read: (record: PersonRecord) => string) =>
  ({ sighting }: ReviewSide): string =>
    read(sighting.attributes);

const attributes: readonly (readonly [string, (side: ReviewSide) => string])[] = [
  ['number', ({ system, value }) => `${system}|${value}`],
  ['person', ({ person }) => person],
  ['name', said(({ names }) => names.map(nameText).join(' / '))],
  ['born', said(({ birthDate = '' }) => birthDate)],
  ['sex', said(({ sex = '' }) => sex)],
  [
    'address',
    said(({ addresses }) => addresses.map((one) => Object.values(one).join(', ')).join(' / ')),
  ],
  ['phone', said(({ phones }) => phones.join(', '))],
  ['e-mail', said(({ emails }) => emails.join(', '))],
  [
    'numbers',
    ({ identifiers }) => identifiers.map((one) => `${one.system}|${one.value}`).join(' '),
  ],
  ['flags', said(({ flags }) => flags.join(', '))],
];

const nameText = ({ given, middle = [], family, suffix }: PersonRecord['names'][number]): string =>
  [given, ...middle, family, suffix].filter((part) => part !== undefined).join(' ');

/** What was written while persons were wrongly one, and what became of it. */
export function tellParted(
  out: Output,
  {
    messages,
    downstream,
    republished,
  }: {
    readonly messages: readonly number[];
    readonly downstream: readonly DownstreamItem[];
    readonly republished?: number;
  },
): void {
  out.line(
    `written in the meantime: ${downstream.length} resources of ${messages.length} messages`,
  );
  for (const { kind, what, message } of downstream)
    out.line(`  ${kind}  ${what}${message === undefined ? '' : `  message ${message}`}`);
  if (republished !== undefined)
    out.line(`${republished} messages run again, and go to every route`);
  else if (messages.length > 0) out.say('--republish would have run these messages again');
}
