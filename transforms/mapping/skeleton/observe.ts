import { type Hl7Message, parse, peekHeader, type Segment } from '../../hl7v2/index.ts';
import { type DateFindings, noDates, noteDate } from './dates.ts';
import { add, isWord, type Tally, unreadable } from './tally.ts';

/** What samples say of their sender. No value of a patient is kept, only names and shapes. */
export type Observations = {
  messages: number;
  readonly types: Tally;
  readonly versions: Tally;
  readonly encodings: Tally;
  readonly declaredCharsets: Tally;
  readonly dates: DateFindings;
  /** Field, then `namespace&id&type` of its authorities; '' for none. */
  readonly authorities: ReadonlyMap<string, Tally>;
  /** Field, then name of the coding system; '' for none. */
  readonly systems: ReadonlyMap<string, Tally>;
  readonly nulls: Tally;
  /** Populated fields of Z-segments. */
  readonly local: Tally;
};

const timeFields = [
  'MSH-7 EVN-2 EVN-6 PID-7 PID-29 PV1-44 PV1-45 PV2-8 OBR-6 OBR-7 OBR-8 OBR-14 OBR-22 OBX-14',
  'OBX-19 ORC-9 ORC-15 DG1-5 AL1-6 IN1-12 IN1-13 NK1-8 TXA-4 TXA-6 SCH-11 RXA-3 RXA-4 SPM-17',
]
  .join(' ')
  .split(' ');
const authorityFields = ['PID-3', 'PV1-19', 'PID-18', 'MRG-1'];
const codedFields = ['OBX-3', 'OBR-4', 'AL1-3', 'DG1-3', 'RXA-5', 'RXE-2', 'PR1-3'];

const nullWords = new Set('NULL|NIL|UNK|UNKNOWN|NONE|N/A|NA|NOT AVAILABLE|-|--|.|?'.split('|'));

export function observe(samples: readonly Buffer[]): Observations {
  const found: Observations = {
    messages: 0,
    types: new Map(),
    versions: new Map(),
    encodings: new Map(),
    declaredCharsets: new Map(),
    dates: noDates(),
    authorities: new Map(authorityFields.map((field) => [field, new Map()])),
    systems: new Map(codedFields.map((field) => [field, new Map()])),
    nulls: new Map(),
    local: new Map(),
  };
  for (const bytes of samples) {
    if (peekHeader(bytes) !== undefined) observeMessage(parse(bytes), found);
  }
  return found;
}

function observeMessage(message: Hl7Message, found: Observations): void {
  const { header } = message;
  found.messages += 1;
  add(found.types, isWord(header.messageType) ? header.messageType : 'unreadable MSH-9');
  add(found.versions, isWord(header.version) ? header.version : 'none');
  add(found.encodings, message.encoding);
  for (const name of header.characterSets) if (isWord(name)) add(found.declaredCharsets, name);
  for (const segment of message.segments) observeSegment(segment, found);
}

function observeSegment(segment: Segment, found: Observations): void {
  const { name } = segment;
  const isLocal = name.startsWith('Z');
  for (let field = 1; field <= segment.fieldCount; field += 1) {
    const path = `${name}-${field}`;
    if (!segment.has(field) || path === 'MSH-1' || path === 'MSH-2') continue;
    if (isLocal) add(found.local, path);
    const first = segment.value(field) ?? '';
    if (nullWords.has(first.toUpperCase())) add(found.nulls, first);
    if (timeFields.includes(path) && first !== '') noteDate(found.dates, path, first);
    const authorities = found.authorities.get(path);
    if (authorities) noteAuthorities(segment, field, authorities);
    const systems = found.systems.get(path);
    if (systems && first !== '') {
      const system = segment.value(field, 1, 3) ?? '';
      add(systems, system === '' || isWord(system) ? system : unreadable);
    }
  }
}

function noteAuthorities(segment: Segment, field: number, to: Tally): void {
  for (let repetition = 1; repetition <= segment.repetitions(field); repetition += 1) {
    if (!segment.value(field, repetition)) continue;
    const parts = [1, 2, 3].map((sub) => segment.value(field, repetition, 4, sub) ?? '');
    const name = parts.every((part) => part === '' || isWord(part)) ? parts : [unreadable];
    add(to, name.join('&').replace(/&+$/, ''));
  }
}
