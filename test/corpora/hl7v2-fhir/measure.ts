// The facts of all messages together: how many hold, by type, beside the differences we mean.
import { join } from 'node:path';
import { convertBytes, loadMapping } from '../../../transforms/mapping/index.ts';
import { complete } from './complete.ts';
import { repository, type Sample, samples } from './corpus.ts';
import { differences, messageOf } from './differences.ts';
import { dataTypeFactDefinitions, factDefinitions } from './fact-definitions.ts';
import { compileFacts, type Facts, type Judged, judge } from './facts.ts';

export type Measured = {
  readonly file: string;
  readonly type: string;
  readonly outcome: string;
  readonly judged: readonly (Judged & { readonly reason: string | undefined })[];
};

const base = loadMapping(join(repository, 'config'), 'base');
const wholeFacts = compileFacts(factDefinitions);
const dataTypeFacts = compileFacts(dataTypeFactDefinitions);

const isMeant =
  (word: string) =>
  ({ file, type }: Sample): boolean =>
    file.includes(word) || type.includes(word);

/** Judges every message whose file name or type has the word in it. */
export const measure = (word = ''): Measured[] =>
  samples('microsoft')
    .filter(isMeant(word))
    .map((sample) => judgeSample(sample, wholeFacts));

/** The same of the messages that show one data type each; a type is a data type here. */
export const measureDataTypes = (word = ''): Measured[] =>
  samples('reportstream')
    .filter(isMeant(word))
    .map((sample) => {
      const type = /\/(.*?)__/.exec(sample.file)?.[1] ?? '';
      return judgeSample({ ...sample, type, bytes: complete(sample.bytes) }, dataTypeFacts);
    });

function judgeSample({ file, type, bytes, expected }: Sample, facts: Facts): Measured {
  const { outcome, bundle } = convertBytes(base, bytes);
  const message = messageOf(file, type, bytes);
  const judged = judge(facts, expected(), received(bundle)).map((fact) => ({
    ...fact,
    reason: differences.find((one) => one.is(fact, message))?.reason,
  }));
  return { file, type, outcome, judged };
}

/** As who receives it reads it: its decimals are digits until they are JSON. */
function received(bundle: fhir4.Bundle | undefined): fhir4.Bundle | undefined {
  return bundle && (JSON.parse(JSON.stringify(bundle)) as fhir4.Bundle);
}

/** A line a kind of fact: held, all, raw share; under it why the others differ. */
export function shareByFamily(measured: readonly Measured[]): string {
  const families = new Map<string, { all: number; held: number; reasons: Map<string, number> }>();
  for (const { judged } of measured)
    for (const { name, holds, reason = 'not argued' } of judged) {
      const family = families.get(name) ?? { all: 0, held: 0, reasons: new Map() };
      families.set(name, family);
      family.all += 1;
      if (holds) family.held += 1;
      else family.reasons.set(reason, (family.reasons.get(reason) ?? 0) + 1);
    }
  return [...families]
    .flatMap(([name, { all, held, reasons }]) => [
      `${name.padEnd(28)}${`${held} of ${all}`.padStart(12)}${percent(held, all).padStart(9)}`,
      ...[...reasons].map(([reason, count]) => `  ${count}: ${reason}`),
    ])
    .join('\n');
}

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

export type Share = { readonly facts: number; readonly held: number; readonly meant: number };

/** Facts that differ on purpose are counted beside, neither as held nor as not. */
export function shareOf(measured: readonly Measured[]): Share {
  const all = measured.flatMap(({ judged }) => judged);
  const held = all.filter(({ holds }) => holds).length;
  const meant = all.filter(({ holds, reason }) => !holds && reason !== undefined).length;
  return { facts: all.length, held, meant };
}

export const ratio = ({ facts, held, meant }: Share): number => held / Math.max(1, facts - meant);

/** A line a message type: facts, held, different on purpose, share. */
export function shareByType(measured: readonly Measured[]): string {
  const line = (name: string, share: Share): string => {
    const counts = [share.facts, share.held, share.meant].map((count) => `${count}`.padStart(6));
    return `${name.padEnd(17)}${counts.join('')}${(100 * ratio(share)).toFixed(1).padStart(7)} %`;
  };
  const types = [...new Set(measured.map(({ type }) => type))];
  const lines = types.map((type) =>
    line(type, shareOf(measured.filter((one) => one.type === type))),
  );
  return ['type               facts  held meant', ...lines, line('all', shareOf(measured))].join(
    '\n',
  );
}
