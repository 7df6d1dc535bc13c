import { type Hl7Message, parse, peekHeader } from '../../hl7v2/index.ts';
import { type ConvertedBytes, convertBytes } from '../convert/index.ts';
import type { LoadedMapping } from '../load.ts';
import { isWord } from './tally.ts';

/** One thing that samples have and the mapping does not read well. */
export type Gap = {
  readonly gap: GapKind;
  /** Message type, field, code or unit; never another value of a sample. */
  readonly what: string;
  /** Messages that have it. */
  readonly messages: number;
};

export const gapKinds = {
  'message-type': 'message types that nothing is made of',
  quarantined: 'messages that would be held, by code',
  'field-unread': 'populated fields that no rule reads',
  'code-not-in-table': 'codes that a table does not list',
  'unit-not-ucum': 'units that are no UCUM and that the dialect does not name',
  'identifier-without-authority': 'identifiers that name no authority',
  'time-without-zone': 'times without an offset, and no zone is declared',
  other: 'other issues',
} as const;

export type GapKind = keyof typeof gapKinds;

export type GapReport = {
  readonly outcomes: Readonly<Record<ConvertedBytes['outcome'], number>>;
  /** By kind, then most messages first. */
  readonly gaps: readonly Gap[];
};

const kinds: Readonly<Record<string, GapKind>> = {
  'message-type-unsupported': 'message-type',
  'code-not-in-table': 'code-not-in-table',
  'unit-not-ucum': 'unit-not-ucum',
  'identifier-authority-missing': 'identifier-without-authority',
  'timezone-unknown': 'time-without-zone',
};

/** Converts the samples and counts what is left over. */
export function findGaps(mapping: LoadedMapping, samples: readonly Buffer[]): GapReport {
  const outcomes = { converted: 0, quarantined: 0, filtered: 0 };
  const counts = new Map<string, Gap>();
  for (const bytes of samples) {
    const result = convertBytes(mapping, bytes);
    outcomes[result.outcome] += 1;
    const found = new Set(gapsOf(result, bytes).map(({ gap, what }) => `${gap}\n${what}`));
    for (const key of found) {
      const [gap = '', what = ''] = key.split('\n');
      const messages = (counts.get(key)?.messages ?? 0) + 1;
      counts.set(key, { gap: gap as GapKind, what, messages });
    }
  }
  const order = Object.keys(gapKinds);
  const gaps = [...counts.values()].sort(
    (left, right) =>
      order.indexOf(left.gap) - order.indexOf(right.gap) ||
      right.messages - left.messages ||
      (left.what < right.what ? -1 : 1),
  );
  return { outcomes, gaps };
}

function gapsOf(result: ConvertedBytes, bytes: Buffer): readonly Omit<Gap, 'messages'>[] {
  const message = peekHeader(bytes) && parse(bytes);
  const gaps = result.issues.map(({ code, path = '', offset, severity }) => {
    const kind = kinds[code] ?? 'other';
    if (kind === 'message-type') return { gap: kind, what: message?.header.messageType ?? '' };
    if (kind === 'other' && result.outcome === 'quarantined' && /error|fatal/.test(severity))
      return { gap: 'quarantined' as const, what: path === '' ? code : `${code} at ${path}` };
    if (kind === 'code-not-in-table' || kind === 'unit-not-ucum')
      return { gap: kind, what: `${path} ${wordAt(message, path, offset)}`.trim() };
    return { gap: kind, what: kind === 'other' ? `${code} at ${path}` : path };
  });
  const unread = result.unvisited.map((what) => ({ gap: 'field-unread' as const, what }));
  return result.outcome === 'converted' ? [...gaps, ...unread] : gaps;
}

/** The code or unit that an issue is about, where it looks like one. */
function wordAt(message: Hl7Message | undefined, path: string, offset = -1): string {
  const field = Number(/-(\d+)/.exec(path)?.[1] ?? 0);
  const segment = message?.segments.find((one) => one.offset === offset);
  const word = segment && field > 0 ? (segment.value(field) ?? '') : '';
  return isWord(word) ? word : '';
}
