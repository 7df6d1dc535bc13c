import { headerAt, skipBlank, startsWith } from './header.ts';
import { compilePath, type Path } from './path.ts';

/**
 * The values whose order a message must keep: by default the first identifier of every PID (PID-3.1;
 * of a message before 2.3, PID-2.1 or PID-4.1) and of every MRG, so that a merge or a swap is a barrier
 * on both patients. With paths, their values in every segment of that name; a path into PID-3 brings
 * MRG-1 with it. As written (latin1), each once, in the order met; [] when there are none.
 *
 * It works on the bytes, before a parse: it stands on the way to the acknowledgement. It finds a PID
 * that is glued to the end of another segment too: a key too many costs a little, one too few, order.
 */
export function orderingKeys(bytes: Buffer, paths: readonly string[]): string[] {
  const start = skipBlank(bytes, 0);
  const header = startsWith(bytes, start, 'MSH') ? headerAt(bytes, start) : undefined;
  if (!header) return [];
  const separators: Separators = {
    field: header.fieldSeparator,
    parts: [
      header.repetitionSeparator,
      header.componentSeparator,
      header.subcomponentSeparator,
    ] as const,
  };
  const wanted = paths.length === 0 ? [defaultPath] : paths.map(compilePath);
  const keys = new Set<string>();
  for (const path of wanted) {
    const ofPatient = path.segment === 'PID' && path.field === 3;
    for (const segment of segmentsNamed(bytes, header.end, path.segment, separators.field)) {
      add(
        keys,
        ofPatient ? patientKey(segment, path, separators) : value(segment, path, separators),
      );
    }
    if (!ofPatient) continue;
    for (const segment of segmentsNamed(bytes, header.end, 'MRG', separators.field)) {
      add(keys, value(segment, mergedPath, separators));
    }
  }
  return [...keys];
}

type Separators = { readonly field: string; readonly parts: readonly [string, string, string] };

const defaultPath = compilePath('PID-3.1');
const olderPaths = [compilePath('PID-2.1'), compilePath('PID-4.1')];
const mergedPath = compilePath('MRG-1.1');

function patientKey(segment: string, path: Path, separators: Separators): string {
  const key = value(segment, path, separators);
  if (key !== '') return key;
  for (const older of olderPaths) {
    const found = value(segment, older, separators);
    if (found !== '') return found;
  }
  return '';
}

function add(keys: Set<string>, key: string): void {
  if (key !== '' && key !== '""') keys.add(key);
}

function value(segment: string, path: Path, { field, parts }: Separators): string {
  let text = segment.split(field, path.field + 1)[path.field] ?? '';
  const indexes = [path.repetition, path.component, path.subcomponent];
  for (const [level, separator] of parts.entries()) {
    const index = indexes[level]!;
    if (separator === '') {
      if (index > 1) return '';
    } else {
      text = text.split(separator, index)[index - 1] ?? '';
    }
  }
  return text.trim();
}

/** The text of every segment of that name, at a line's start, or glued when there is none at one. */
function segmentsNamed(bytes: Buffer, from: number, name: string, field: string): string[] {
  const lead = Buffer.from(name + field, 'latin1');
  const atStart: string[] = [];
  const glued: string[] = [];
  for (let at = bytes.indexOf(lead, from); at !== -1; at = bytes.indexOf(lead, at + 4)) {
    const before = bytes[at - 1];
    const found = before === 0x0d || before === 0x0a ? atStart : glued;
    // Where one segment stands at a line's start, a second glued one is read as text.
    if (found === glued && (atStart.length > 0 || glued.length > 0)) continue;
    const end = lineEnd(bytes, at);
    found.push(bytes.toString('latin1', at, Math.min(end, at + segmentBytesMax)));
  }
  return atStart.length > 0 ? atStart : glued;
}

/** An identifier further into its segment than this is none; a hostile segment costs no more. */
const segmentBytesMax = 16_384;

function lineEnd(bytes: Buffer, from: number): number {
  const end = Math.min(bytes.length, from + segmentBytesMax);
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === 0x0d || byte === 0x0a) return at;
  }
  return end;
}
