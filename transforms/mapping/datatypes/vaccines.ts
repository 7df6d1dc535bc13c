import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import { codeableConcept, translate } from './codes.ts';

/** The repetition of RXA-9 that is a code: others are remarks. */
const codedCell = (cells: readonly Cell[]): Cell | undefined =>
  cells.find((cell) => component(cell, 1) !== '' && cell.parts.length > 1) ??
  cells.find((cell) => /^\d{1,2}$/.test(component(cell, 1)));

export const primarySourceConversion: Conversion = {
  name: 'PrimarySource',
  summary: 'RXA-9 to whether the sender gave the vaccine itself: the code that `table` says is.',
  gives: ['boolean'],
  convert: (cell, environment, settings) => primarySource([cell], environment, settings),
  convertAll: primarySource,
};

function primarySource(
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): boolean | undefined {
  const cell = codedCell(cells);
  if (!cell) return undefined;
  if (translate(cell, environment, settings)?.code === 'primary') return true;
  // Of a source that the table does not list nobody knows.
  return settings.table?.lookup(component(cell, 1)) && false;
}

export const reportOriginConversion: Conversion = {
  name: 'ReportOrigin',
  summary: 'RXA-9 of a vaccine that somebody else gave, by `table`, to where that is known from.',
  gives: ['CodeableConcept'],
  convert: (cell, environment, settings) => reportOrigin([cell], environment, settings),
  convertAll: reportOrigin,
};

function reportOrigin(
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): fhir4.CodeableConcept | undefined {
  const cell = codedCell(cells);
  if (!cell || settings.table?.lookup(component(cell, 1))?.code === 'primary') return undefined;
  return codeableConcept(cell, environment, settings);
}

export const remarkConversion: Conversion = {
  name: 'Remark',
  summary:
    'The repetitions of CE or CWE that have a text and no code to an Annotation; ' +
    '`with: {coded: true}` all of them.',
  gives: ['Annotation'],
  settings: ['coded'],
  convert: (cell, _environment, settings) => remark([cell], settings),
  convertAll: (cells, _environment, settings) => remark(cells, settings),
};

function remark(cells: readonly Cell[], settings: Settings): fhir4.Annotation | undefined {
  const source = settings.with.coded === true ? undefined : codedCell(cells);
  const lines = cells
    .filter((cell) => cell !== source)
    .map((cell) => component(cell, 9) || component(cell, 2) || component(cell, 1))
    .filter((line) => line !== '');
  return lines.length === 0 ? undefined : { text: lines.join('\n') };
}

export const countOrTextConversion: Conversion = {
  name: 'CountOrText',
  summary: 'A whole number above 0 as such, anything else as text.',
  gives: ['positiveInt', 'string'],
  convert(cell) {
    const text = component(cell, 2) || cellText(cell);
    if (/^0*[1-9]\d{0,8}$/.test(text)) return { type: 'positiveInt', value: Number(text) };
    return text === '' ? undefined : { type: 'string', value: text };
  },
};

export const contradictionConversion: Conversion = {
  name: 'Contradiction',
  summary: 'Sets nothing: the field, where the row`s condition holds, contradicts `with: {other}`.',
  gives: ['CodeableConcept', 'code', 'string'],
  settings: ['other'],
  convert(cell, environment, settings) {
    const text = `contradicts ${settings.with.other}`;
    environment.issue('fields-contradict', text, cell);
    return undefined;
  },
};
