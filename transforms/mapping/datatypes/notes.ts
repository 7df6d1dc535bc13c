import type { Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import { toDateTime } from '../times/index.ts';
import { practitioner } from './names.ts';
import { timeIssue } from './times.ts';

export const annotationConversion: Conversion = {
  name: 'Annotation',
  summary: 'Text to an Annotation, its repetitions as lines; an NTE brings its author and time.',
  gives: ['Annotation'],
  reads: [5, 6],
  convert: (cell, environment, settings) => annotation([cell], environment, settings),
  convertAll: annotation,
};

export function annotation(
  cells: readonly Cell[],
  environment: Environment,
  settings: Settings,
): fhir4.Annotation | undefined {
  const text = linesOf(cells);
  if (text === '') return undefined;
  // Fields 5 and 6 are author and time in NTE alone.
  if (cells[0]!.field !== 'NTE-3') return { text };
  const note: Partial<fhir4.Annotation> = {};
  const author = settings.sibling(5);
  const authorReference = author && practitioner(author, environment);
  if (authorReference) note.authorReference = authorReference;
  const entered = settings.sibling(6);
  if (entered) {
    const found = toDateTime(component(entered, 1), environment.time);
    timeIssue(found, entered, environment);
    if (found.value !== undefined) note.time = found.value;
  }
  return { ...note, text };
}

function linesOf(cells: readonly Cell[]): string {
  if (cells.length === 1) return cellText(cells[0]!);
  return cells
    .map(cellText)
    .filter((line) => line !== '')
    .join('\n');
}

export const codedNoteConversion: Conversion = {
  name: 'CodedNote',
  summary: 'CE or CWE, its repetitions too, to one Annotation: the `label`, codes and their texts.',
  gives: ['Annotation'],
  settings: ['label'],
  convert: (cell, environment, settings) => codedNote([cell], environment, settings),
  convertAll: codedNote,
};

function codedNote(
  cells: readonly Cell[],
  _environment: Environment,
  { with: { label = '' } }: Settings,
): fhir4.Annotation | undefined {
  const named = cells.flatMap((cell) => {
    const words = [component(cell, 1), component(cell, 2) || component(cell, 9)];
    return words.filter((word) => word !== '').join(' ') || [];
  });
  return named.length === 0 ? undefined : { text: `${label}: ${named.join('; ')}` };
}
