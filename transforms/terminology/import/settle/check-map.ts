import type { DatabaseHandle } from '../../../../engine/index.ts';
import { relationshipOf } from '../../relationships.ts';
import { canonicalJson, partsOf } from '../../store/index.ts';
import type { Staged } from '../context.ts';
import { listOf, textOf } from '../fhir/index.ts';
import type { Findings } from '../findings.ts';

/** Whether a target is out of use: undefined where nobody here knows its code system. */
export type TargetState = (
  system: string,
  version: string | undefined,
  code: string,
) => 'in-use' | 'retired' | 'unknown-code' | undefined;

const wordsOfR5: ReadonlySet<string> = new Set(Object.values(relationshipOf));

type Cells = {
  ord: number;
  part: number;
  code: string;
  target_code: string | null;
  equivalence: string | null;
  relationship: string | null;
  detail: string | null;
};

type Row = Cells & {
  readonly line: number;
  readonly source: string;
  readonly target: string;
  readonly targetVersion: string | undefined;
  /** On what condition it holds, and what comes with it; '' for neither. */
  readonly terms: string;
  readonly isNoMap: boolean;
  readonly isValueSet: boolean;
};

type Refuse = (row: Row, code: string, message: string) => void;

/** What a concept map must keep to: each mistake with its line. */
export function checkMap(
  db: DatabaseHandle,
  staged: Staged,
  findings: Findings,
  stateOf: TargetState,
): void {
  const { staging, file, isHistoric = false } = staged;
  const refuse: Refuse = ({ line }, code, message) => findings.error(file, line, code, message);
  checkRules(staged, findings, stateOf);
  const unknown: Row[] = [];
  const isRepeated = repetitions(refuse);
  for (const row of rowsOf(db, staged)) {
    if (row.code === '') refuse(row, 'code-missing', 'a row without a source code');
    const isSound = checkWords(row, refuse);
    if (isRepeated(row) || !isSound || row.target_code === null || isNone(row)) continue;
    const { target, targetVersion, target_code: code } = row;
    const state = stateOf(target, targetVersion, code);
    if (state === 'retired') {
      const tell = isHistoric ? findings.warn : findings.error;
      tell(file, row.line, 'target-retired', `the target ${code} of ${target} is out of use`);
    }
    if (state === 'unknown-code') unknown.push(row);
  }
  const [first] = unknown;
  if (first === undefined) return;
  const message = `${unknown.length} targets are no code of their code system, the first here`;
  findings.warn(file, staging.line(first.ord), 'target-unknown', message);
}

/** The rows of a map, those of one source code together. */
function* rowsOf(db: DatabaseHandle, { staging, heading }: Staged): Iterable<Row> {
  const parts = partsOf(heading.resource);
  const rows = db.prepare(
    `SELECT ord, part, code, target_code, equivalence, relationship, detail
     FROM mapping WHERE release = ? ORDER BY code, ord`,
  );
  // Read whole: a map is small beside a code system, and the handle stays free.
  for (const cells of rows.all(staging.id) as Cells[]) {
    const { source, target } = parts[cells.part] ?? {};
    const detail = cells.detail === null ? {} : JSON.parse(cells.detail);
    const { dependsOn, product } = detail.target ?? {};
    yield {
      ...{ ...cells, line: staging.line(cells.ord) },
      ...{ source: source?.system ?? '', target: target?.system ?? '' },
      targetVersion: target?.version,
      terms: dependsOn === undefined && product === undefined ? '' : canonicalJson(detail.target),
      isNoMap: detail.element?.noMap === true,
      isValueSet: textOf(detail.target?.valueSet) !== undefined,
    };
  }
}

/** A target that is told as no match. */
const isNone = ({ relationship }: Row): boolean => relationship === 'not-related-to';

/** Whether the row says what it means, in words that there are. */
function checkWords(row: Row, refuse: Refuse): boolean {
  const { equivalence, relationship } = row;
  const isStrange =
    equivalence !== null
      ? !Object.hasOwn(relationshipOf, equivalence)
      : relationship !== null && !wordsOfR5.has(relationship);
  if (isStrange) {
    const word = equivalence ?? relationship;
    refuse(row, 'relationship-unknown', `there is no relationship \`${word}\``);
    return false;
  }
  if (equivalence !== null && relationshipOf[equivalence] !== relationship) {
    const message = `\`${equivalence}\` (R4) says otherwise than \`${relationship}\` (R5)`;
    refuse(row, 'relationship-contradiction', message);
    return false;
  }
  if (row.isNoMap && (row.target_code !== null || relationship !== null)) {
    refuse(row, 'target-contradiction', '`noMap` says that there is no target, but here is one');
    return false;
  }
  if (row.target_code !== null && relationship === null) {
    refuse(row, 'relationship-missing', 'a target without a relationship');
    return false;
  }
  if (row.target_code !== null || relationship === null || isNone(row) || row.isValueSet)
    return true;
  const word = equivalence ?? relationship;
  refuse(row, 'target-missing', `\`${word}\` to what? the target has no code`);
  return false;
}

/** Tells a target that stands there twice, or against another row of its source. */
function repetitions(refuse: Refuse) {
  let code: string | undefined;
  let seen = new Map<string, number>();
  return (row: Row): boolean => {
    if (row.code !== code) seen = new Map();
    code = row.code;
    const { source, target, line, target_code, terms } = row;
    const ends = `${source} ${target}`;
    const key = JSON.stringify([ends, target_code, terms]);
    const before = seen.get(key);
    const hasTarget = target_code !== null;
    // A declared "no match" without a system is one for all of them.
    const all = `${source} `;
    const opposite = [hasTarget || target === '' ? all : ends, ends].map(
      (each) => seen.get(`${hasTarget ? 'none' : 'some'} ${each}`) ?? 0,
    );
    const contradicted = Math.max(...opposite);
    const isEqual = row.equivalence === 'equal' && terms === '';
    const equal = isEqual ? seen.get(`equal ${ends}`) : undefined;
    if (before !== undefined)
      refuse(row, 'target-duplicate', `line ${before} gives this source and target already`);
    else if (contradicted > 0 && (hasTarget || row.relationship !== null))
      refuse(
        row,
        'target-contradiction',
        `line ${contradicted} says otherwise whether this source has a match`,
      );
    else if (equal !== undefined)
      refuse(row, 'equal-targets', `line ${equal} says that it is equal to another target`);
    seen.set(key, line);
    if (isEqual) seen.set(`equal ${ends}`, line);
    for (const each of hasTarget ? [ends, all] : [ends])
      seen.set(`${hasTarget ? 'some' : 'none'} ${each}`, line);
    return before !== undefined || equal !== undefined;
  };
}

const modes: ReadonlySet<string> = new Set([
  ...['provided', 'fixed', 'other-map', 'use-source-code'],
]);

/** The rules of groups for what has no row (https://hl7.org/fhir/R5/conceptmap.html, cmd-2, -3). */
function checkRules(
  { heading, file, line }: Staged,
  findings: Findings,
  stateOf: TargetState,
): void {
  const refuse = (message: string) =>
    findings.error(file, line, 'unmapped-rule-invalid', `the rule for the unmapped: ${message}`);
  const parts = partsOf(heading.resource);
  for (const [at, { unmapped }] of listOf(heading.resource.group).entries()) {
    if (unmapped === undefined) continue;
    const { mode, code, valueSet, url, otherMap } = unmapped as Readonly<Record<string, unknown>>;
    if (typeof mode !== 'string' || !modes.has(mode)) refuse(`there is no mode \`${mode}\``);
    if (mode === 'other-map' && (url ?? otherMap) === undefined) refuse('which other map?');
    if (mode !== 'fixed') continue;
    if (typeof code !== 'string') {
      if (valueSet === undefined) refuse('`fixed` needs a code');
      continue;
    }
    const { system = '', version } = parts[at]?.target ?? {};
    if (stateOf(system, version, code) !== 'retired') continue;
    const message = `the fixed code ${code} of ${system} is out of use`;
    findings.error(file, line, 'target-retired', message);
  }
}
