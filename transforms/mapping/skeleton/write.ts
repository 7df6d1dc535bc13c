import { guessFormats, guessZones } from './dates.ts';
import type { Observations } from './observe.ts';
import { add, counted, type Tally, unreadable } from './tally.ts';

/** A field that no rule read, and in how many messages. */
export type Unread = readonly (readonly [string, number])[];

/** Codes that a table does not list: the table, the code, and where it stands. */
export type Unlisted = readonly {
  readonly table: string;
  readonly code: string;
  readonly path: string;
  readonly messages: number;
}[];

export type SkeletonOptions = {
  readonly name: string;
  readonly observed: Observations;
  readonly unlisted: Unlisted;
  /** Populated fields that no rule of base reads. */
  readonly unread: Unread;
  /** Is there a plan for messages of this type? */
  isKnown(type: string): boolean;
  /** Has the coding system of this name a uri in base? */
  hasUri(system: string): boolean;
};

/**
 * A mapping for the sender of the samples, as YAML: what is sure is set, what only a person can
 * know stands as a comment with its evidence. Of the samples it holds names of systems, authorities
 * and formats, and counts.
 */
export function writeMapping(options: SkeletonOptions): string {
  const { name, observed } = options;
  return [
    `mapping: ${name}`,
    'extends: base',
    `source: ${name}`,
    `description: Written from ${amount(observed.messages, 'sample')}; say here who the sender is.`,
    '',
    '# Lines behind # are questions with their evidence: answer, or delete them.',
    ...dialect(options),
    ...tables(options),
    ...messages(options),
    ...rules(options),
    '',
  ].join('\n');
}

const amount = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const listed = (tally: Tally, most = 8): string =>
  counted(tally)
    .slice(0, most)
    .map(([word, count]) => `${word} (${count})`)
    .join(', ');

function dialect({ observed, hasUri }: SkeletonOptions): readonly string[] {
  const set: string[] = [];
  const asked: string[] = [];
  const { dates, encodings, declaredCharsets, nulls } = observed;
  asked.push(`  # Versions: ${listed(observed.versions) || 'none'}.`);
  const declared = listed(declaredCharsets) || 'nothing';
  asked.push(`  # Bytes read as ${listed(encodings) || 'nothing'}; MSH-18 says ${declared}.`);
  if (encodings.has('windows-1252')) set.push('  charset: windows-1252');
  const [zone, ...zones] = guessZones(dates);
  if (dates.offsets.size > 0) asked.push(`  # Offsets written: ${listed(dates.offsets)}.`);
  if (dates.withoutZone.size > 0)
    asked.push(`  # Times without an offset: ${listed(dates.withoutZone)}. In which zone?`);
  asked.push(`  # timezone: ${zone ?? 'Area/City'}${zones.length > 0 ? `  # or ${zones[0]}` : ''}`);
  const formats: string[] = [];
  for (const {
    shape,
    formats: [first, ...others],
  } of guessFormats(dates)) {
    if (first !== undefined && others.length === 0) formats.push(first);
    const found = [first, ...others].filter((one) => one !== undefined).join('` or `');
    asked.push(`  # Times like \`${shape}\`: ${found ? `\`${found}\`` : 'no format fits'}.`);
  }
  if (formats.length > 0) set.push(`  date_formats: ${JSON.stringify(formats)}`);
  if (nulls.size > 0) {
    const words = counted(nulls).map(([word]) => word);
    asked.push(`  # Words that may mean "no value": ${listed(nulls)}.`);
    asked.push(`  # null_tokens: ${JSON.stringify(words)}`);
  }
  const all = [...asked, ...authorities(observed), ...systems(observed, hasUri)];
  return set.length > 0 ? ['dialect:', ...set, ...all] : ['# dialect:', ...all.map(outdented)];
}

/** A block without a key that is set is no YAML map: all of it is a comment. */
const outdented = (line: string): string => line.replace(/^ {2}# ?/, '#   ');

function authorities({ authorities: found }: Observations): readonly string[] {
  const lines: string[] = [];
  const names: Tally = new Map();
  for (const [field, tally] of found) {
    if (tally.size === 0) continue;
    const words = new Map([...tally].map(([word, count]) => [word || 'none', count] as const));
    lines.push(`  # Authorities of ${field}: ${listed(words)}.`);
    for (const [word, count] of tally)
      if (/^[^&]+$/.test(word) && word !== unreadable) add(names, word, count);
  }
  if (names.size > 0) {
    lines.push('  # These have no universal id: a uri of your own makes them known everywhere.');
    lines.push('  # authorities:');
    for (const [word] of counted(names)) lines.push(`  #   ${JSON.stringify(word)}: urn:oid:`);
  }
  if ((found.get('PID-3')?.get('') ?? 0) > 0) {
    lines.push('  # PID-3 without an authority: of MSH-4 until you say whose numbers they are.');
    lines.push('  # default_authority: urn:oid:');
  }
  return lines;
}

function systems(
  { systems: found }: Observations,
  hasUri: (system: string) => boolean,
): readonly string[] {
  const lines: string[] = [];
  const unnamed: string[] = [];
  const names: Tally = new Map();
  for (const [field, tally] of found) {
    if (tally.size === 0) continue;
    const words = new Map([...tally].map(([word, count]) => [word || 'none', count] as const));
    lines.push(`  # Coding systems of ${field}: ${listed(words)}.`);
    if (tally.has('')) unnamed.push(field);
    for (const [word, count] of tally)
      if (word !== '' && word !== unreadable && !hasUri(word)) add(names, word, count);
  }
  if (names.size > 0) {
    lines.push('  # Those that are local, with a uri of your own:');
    lines.push('  # code_systems:');
    for (const [word] of counted(names)) lines.push(`  #   ${JSON.stringify(word)}: https://`);
  }
  if (unnamed.length > 0) {
    lines.push('  # default_code_systems:');
    for (const field of unnamed) lines.push(`  #   ${field}: https://`);
  }
  return lines;
}

function messages({ observed, isKnown }: SkeletonOptions): readonly string[] {
  const unknown = counted(observed.types).filter(([type]) => !isKnown(type));
  const lines = ['', `# Messages: ${listed(observed.types, 40)}.`];
  if (unknown.length === 0) return lines;
  lines.push('# Not in base, and held until you say what they make, or that nobody wants them:');
  lines.push('# messages:');
  for (const [type] of unknown) lines.push(`#   ${type}: filter`);
  return lines;
}

function tables({ unlisted }: SkeletonOptions): readonly string[] {
  if (unlisted.length === 0) return [];
  const lines = ['', '# Codes that no table of base lists: what do they mean?', '# tables:'];
  for (const [table, codes] of Map.groupBy(unlisted, (one) => one.table)) {
    lines.push(`#   ${table}:`, '#     codes:');
    for (const { code, path, messages: count } of codes)
      lines.push(`#       ${JSON.stringify(code)}: CODE  # ${path} in ${amount(count, 'message')}`);
  }
  return lines;
}

/** All in one list: a key stands in a YAML file once, also when the lines lose their #. */
function rules({ name, unread, observed }: SkeletonOptions): readonly string[] {
  const fields = unread.filter(([field]) => !field.startsWith('Z'));
  const local = counted(observed.local);
  const [first] = [...fields, ...local];
  if (first === undefined) return [];
  return [
    '',
    '# Populated, and read by no rule. Give it a place, or say under `ignore` that it has none:',
    `# ignore: [${first[0]}]`,
    '# rules:',
    ...fields.map(([field, count]) => candidate(name, field, count)),
    ...(local.length > 0 ? ['#   # Z-segments, whose fields only the sender can explain:'] : []),
    ...local.map(([field, count]) => candidate(name, field, count)),
  ];
}

function candidate(name: string, field: string, count: number): string {
  const id = `${name}-${field.toLowerCase()}`;
  const to = 'RESOURCE.ELEMENT';
  return `#   - { id: ${id}, to: ${to}, from: ${field} }  # in ${amount(count, 'message')}`;
}
