import { type Delimiters, readDelimiters } from './delimiters.ts';
import { skipBlank } from './header.ts';
import { compilePath, type Path } from './path.ts';
import { piece } from './pieces.ts';

/**
 * The values whose order a message must keep: by default the first identifier of every PID
 * (PID-3.1; of a message before 2.3, PID-2.1 or PID-4.1) and of every MRG, so that a merge or a
 * swap is a barrier on both patients; of a message about no patient the master file (MFI-1), so
 * that the changes of a file stay in order. With paths, their values in every segment of that name;
 * a path into PID-3 brings MRG-1 with it. As written (latin1), each once, in the order met; [] when
 * there are none.  It works on the bytes, before a parse: it stands on the way to the
 * acknowledgement. It finds a PID that is glued to the end of another segment too: a key too many
 * costs a little, one too few, order.
 */
export function orderingKeys(bytes: Buffer, paths: readonly string[]): string[] {
  const text = bytes.toString('latin1', skipBlank(bytes, 0));
  const delimiters = text.startsWith('MSH') ? readDelimiters(text, 0) : undefined;
  if (!delimiters) return [];
  const keys = new Set<string>();
  const add = (key: string) => {
    if (key !== '' && key !== '""' && keys.size < keysMax) keys.add(key);
  };
  for (const path of paths.length === 0 ? [defaultPath] : paths.map(compilePath)) {
    const ofPatient = path.segment === 'PID' && path.field === 3;
    for (const segment of segmentsNamed(text, path.segment, delimiters.field)) {
      add(ofPatient ? patientKey(segment, path, delimiters) : value(segment, path, delimiters));
    }
    if (!ofPatient) continue;
    for (const segment of segmentsNamed(text, 'MRG', delimiters.field)) {
      add(value(segment, mergedPath, delimiters));
    }
  }
  if (keys.size === 0 && paths.length === 0)
    for (const segment of segmentsNamed(text, 'MFI', delimiters.field))
      add(value(segment, fileKey, delimiters));
  return [...keys];
}

/** A message about more patients than this is a hostile one. */
const keysMax = 1_000;

const defaultPath = compilePath('PID-3.1');
const olderPaths = [compilePath('PID-2.1'), compilePath('PID-4.1')];
const mergedPath = compilePath('MRG-1.1');
const fileKey = compilePath('MFI-1.1');

function patientKey(segment: string, path: Path, delimiters: Delimiters): string {
  const key = value(segment, path, delimiters);
  if (key !== '') return key;
  for (const older of olderPaths) {
    const found = value(segment, older, delimiters);
    if (found !== '') return found;
  }
  return '';
}

function value(segment: string, path: Path, delimiters: Delimiters): string {
  const number = path.segment === 'MSH' ? path.field : path.field + 1;
  const field = piece(segment, delimiters.field, number);
  if (field === undefined || field === '') return '';
  const repetition = piece(field, delimiters.repetition, path.repetition) ?? '';
  const component = piece(repetition, delimiters.component, path.component) ?? '';
  return (piece(component, delimiters.subcomponent, path.subcomponent) ?? '').trim();
}

/** The text of every segment of that name: at a line's start, or the first glued where none is. */
function segmentsNamed(text: string, name: string, field: string): string[] {
  const lead = name + field;
  const found: string[] = [];
  if (text.startsWith(lead)) found.push(segmentAt(text, 0));
  // Searching for the line break with the name is the fast way: `P` is everywhere, CR is not.
  for (const lineBreak of ['\r', '\n']) {
    const start = lineBreak + lead;
    for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 5)) {
      found.push(segmentAt(text, at + 1));
    }
  }
  if (found.length > 0) return found;
  const glued = text.search(gluedPattern(lead));
  return glued === -1 ? [] : [segmentAt(text, glued)];
}

const gluedPatterns = new Map<string, RegExp>();

/** A pattern finds a name in the midst of text faster than `indexOf` does. */
function gluedPattern(lead: string): RegExp {
  const known = gluedPatterns.get(lead);
  if (known) return known;
  const pattern = new RegExp(lead.replace(/[^\w]/g, '\\$&'));
  if (gluedPatterns.size < 256) gluedPatterns.set(lead, pattern);
  return pattern;
}

/** An identifier further into its segment than this is none; a hostile segment costs no more. */
const segmentCharsMax = 16_384;

function segmentAt(text: string, start: number): string {
  const segment = text.slice(start, start + segmentCharsMax);
  const end = segment.search(/[\r\n]/);
  return end === -1 ? segment : segment.slice(0, end);
}
