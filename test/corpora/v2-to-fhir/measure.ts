// Which rows of HL7's tables the base carries out, measured on what it makes of messages.
import type { LoadedMapping } from '../../../transforms/mapping/index.ts';
import { type Setting, settingsFor } from './conditions.ts';
import { appeared, type Leaves, leavesOf, withField } from './probe.ts';
import { rowLeft } from './reasons.ts';
import { observedSamples, samplesOf } from './samples.ts';
import { skeleton, structures } from './skeletons.ts';
import { mappingRows, type Row, vocabularies } from './tables.ts';
import { isR4, parseTarget, type Target } from './target.ts';

/**
 * A row is mechanically executable when it names an element of R4, no condition in prose, a
 * condition (if any) that `conditions.ts` can set up, and no value but a quoted constant or the
 * field's own. `covered`: in some message, filling the field (under the row's condition) makes that
 * element appear, or for a constant: makes that constant stand there.
 */
export type Verdict =
  | { readonly kind: 'covered' }
  | { readonly kind: 'left'; readonly reason: string | undefined }
  | { readonly kind: 'not-executable'; readonly why: string };

export type Measured = { readonly row: Row; readonly verdict: Verdict };

export function measureSegments(mapping: LoadedMapping, word: string): Measured[] {
  const listed = vocabularies();
  const rows = mappingRows('segments');
  return rows
    .filter(({ map }) => map.startsWith(word))
    .map((row) => ({
      row,
      verdict: judge(mapping, row, parseTarget(row.map, withUrls(rows, row)), listed),
    }));
}

/**
 * The path as leaves have it, where an extension stands with its url. HL7 puts the url of an
 * extension on a row of its own, beside that of the value.
 */
function withUrls(rows: readonly Row[], row: Row): string {
  return row.target
    .replace(/extension(\[\d+\])?(?=\.(?!ur[li]\b))/g, (name, _, offset: number) => {
      const prefix = row.target.slice(0, offset) + name;
      const own = rows.find(
        ({ map, source, target }) =>
          map === row.map &&
          source === row.source &&
          /^\.ur[li]\)?$/.test(target.slice(prefix.length)) &&
          target.startsWith(prefix),
      );
      const url = own?.assignment.replaceAll('"', '').trim();
      return url ? `extension{${url}}` : name;
    })
    .replace(/\.uri\b(?=[^.]*$)/, '.url');
}

function judge(
  mapping: LoadedMapping,
  row: Row,
  target: Target,
  listed: ReadonlyMap<string, readonly string[]>,
): Verdict {
  const why = obstacle(row, target);
  if (why !== undefined) return { kind: 'not-executable', why };
  const wanted = { target, literal: target.literal ?? literalOf(row) };
  for (const type of Object.keys(structures))
    if (isMade(mapping, type, row, wanted, listed)) return { kind: 'covered' };
  return { kind: 'left', reason: rowLeft(row) };
}

const literalOf = ({ assignment }: Row): string | undefined =>
  /^"([^"]*)"$/.exec(assignment)?.[1]?.trim();

function obstacle(row: Row, target: Target): string | undefined {
  if (row.narrative !== '') return 'its condition is prose';
  if (settingsFor(row.condition) === undefined) return 'its condition is not of a known form';
  if (row.assignment !== '' && literalOf(row) === undefined) return 'its value is an expression';
  if (/^"#.*#"$/.test(row.assignment)) return 'its value is a placeholder';
  if (!isR4(target)) return 'its target is no element of R4';
  if (row.assignment === '' && /\.url$/.test(row.target)) return 'its extension has no url';
  if (/extension\.(?!url$)/.test(target.path)) return 'its extension has no url';
  return undefined;
}

type Wanted = {
  readonly target: Target;
  readonly literal: string | undefined;
};

function isMade(
  mapping: LoadedMapping,
  type: string,
  row: Row,
  wanted: Wanted,
  listed: ReadonlyMap<string, readonly string[]>,
): boolean {
  const message = skeleton(type);
  const segment = row.source.slice(0, 3);
  for (const [index, line] of message.entries()) {
    if (!line.startsWith(segment)) continue;
    const ready = prepare(message, index, row);
    if (/^...$/.test(row.source)) {
      if (fulfils(leavesOf(mapping, ready), undefined, wanted)) return true;
    } else if (byField(mapping, ready, index, row, wanted, listed)) return true;
  }
  return false;
}

function byField(
  mapping: LoadedMapping,
  ready: readonly string[],
  index: number,
  row: Row,
  wanted: Wanted,
  listed: ReadonlyMap<string, readonly string[]>,
): boolean {
  const { source, dataType, vocabulary, condition } = row;
  const own = settingsFor(condition)?.find(({ field }) => field === source);
  const isFixed = own !== undefined && !['', '*', '!'].includes(own.value);
  const values = isFixed
    ? [own.value]
    : source === 'OBX-5'
      ? observedIn(row, ready[index]!.split('|')[2] ?? '')
      : samplesOf(dataType, listed.get(vocabulary.replaceAll('/', '')) ?? [], source);
  const empty = leavesOf(mapping, withField(ready, index, source, ''));
  const filled = values.map((value) =>
    leavesOf(mapping, narrowed(withField(ready, index, source, value), index, row)),
  );
  return filled.some((leaves, at) => {
    const before = empty ?? filled.find((other, place) => place !== at && other !== undefined);
    return leaves !== undefined && before !== undefined && fulfils(leaves, before, wanted);
  });
}

/** What the condition says of components of the row`s own field, after it was filled. */
function narrowed(message: readonly string[], index: number, row: Row): readonly string[] {
  let ready = message;
  for (const { field, value } of settingsFor(row.condition) ?? [])
    if (field.startsWith(`${row.source}.`) && /^[^*!]/.test(value) && !row.source.startsWith('OBX'))
      ready = withField(ready, index, field, value);
  return ready;
}

/** Sets the message up so that the row's condition holds. */
function prepare(message: readonly string[], index: number, row: Row): string[] {
  let ready = [...message];
  for (const { field, value } of [...(settingsFor(row.condition) ?? []), ...around(row)]) {
    if (field === row.source && value !== '') continue;
    const at = ready[index]!.startsWith(field.slice(0, 3))
      ? index
      : ready.findIndex((line) => line.startsWith(field.slice(0, 3)));
    if (at < 0) continue;
    const current = ready[at]!.split('|')[Number(/-(\d+)/.exec(field)?.[1])] ?? '';
    if (value === '!' || (value === '*' && current !== '' && !field.includes('.'))) continue;
    ready = withField(ready, at, field, value === '*' ? anyValue(field) : value);
    if (field === 'OBX-2') ready = withField(ready, at, 'OBX-5', observedIn(row, value)[0]!);
  }
  return ready;
}

/** What the row takes for granted and does not say. */
function around({ map, source, condition, target }: Row): Setting[] {
  const settings: Setting[] = [];
  // A result that was not asked for, or cannot be had, has no value.
  if (/OBX-11 IS "[NX]"/.test(condition)) settings.push({ field: 'OBX-5', value: '' });
  // Components are of an OBX that repeats its value.
  else if (map === 'OBX[Observation-Component]' && !condition.includes('OBX-2'))
    settings.push({ field: 'OBX-5', value: '107~108' });
  // The order has these numbers twice.
  if (/^ORC-[23]$/.test(source)) settings.push({ field: source.replace('ORC', 'OBR'), value: '' });
  // The order is there by any of its numbers.
  if (source === 'ORC-2' && target.startsWith('basedOn('))
    settings.push({ field: 'ORC-3', value: '' }, { field: 'OBR-3', value: '' });
  return settings;
}

function observedIn({ map }: Row, type: string): readonly string[] {
  const samples = observedSamples(type);
  if (map !== 'OBX[Observation-Component]') return samples;
  return [`${samples[0]}~${samples[1]}`, `${samples[1]}~${samples[0]}~${samples[0]}`];
}

const dates = /^(OBR-8|AI[SGLP]-[468]|PV1-45|TQ1-[78]|IAM-11)$/;
const anyValue = (field: string): string => (dates.test(field) ? '20230405101500+0100' : 'X1');

function fulfils(leaves: Leaves | undefined, before: Leaves | undefined, wanted: Wanted): boolean {
  if (leaves === undefined) return false;
  const { target, literal } = wanted;
  const { resource, inner } = target;
  const wants = [target.path === '' ? resource : `${resource}.${target.path}`];
  // What a referred-to resource is known by stands in the reference: its identifier, its display.
  if (inner && inner.path !== '') {
    if (!/^(identifier|name|practitioner|organization|location)\b/.test(inner.path)) wants.pop();
    wants.push(`${inner.type}.${inner.path}`);
  }
  for (const hop of target.through) if (hop.path !== '') wants.push(`${hop.type}.${hop.path}`);
  const isElsewhere = inner !== undefined && !wants[0]!.startsWith(resource);
  const refers = (path: string): boolean => stands(path, `${resource}.${target.path}`);
  if (isElsewhere && ![...leaves.keys()].some(refers)) return false;
  const isUnder = (path: string): boolean => wants.some((want) => stands(path, want));
  if (literal !== undefined)
    return [...leaves].some(([path, values]) => isUnder(path) && values.has(literal));
  return [...(before ? appeared(before, leaves) : leaves.keys())].some(isUnder);
}

function stands(leaf: string, want: string): boolean {
  const path = want.includes('{') ? leaf : leaf.replace(/\{[^}]*\}/g, '');
  return path === want || path.startsWith(`${want}.`) || path.startsWith(`${want}{`);
}
