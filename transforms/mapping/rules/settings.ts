import type { CodeTable, Conversion, Settings } from '../environment.ts';
import type { RuleRow } from '../language.ts';
import {
  fieldPath,
  plainText,
  type Reader,
  type ReadPath,
  readField,
  readPath,
} from '../reading/index.ts';
import type { Run } from './rule.ts';

/** Settings for a rule at a segment (`at`), of a resource that stands for segment `owner`. */
export type SettingsAt = (run: Run, at: number, owner: number) => Settings;

const isField = (setting: unknown): setting is number =>
  typeof setting === 'number' && Number.isInteger(setting) && setting > 0 && setting < 1_000;

/** `paths`: what the rule reads; bare numbers in `reads` are fields of the same segment. */
export function settingsMaker(
  conversion: Conversion,
  row: RuleRow,
  table: CodeTable | undefined,
  paths: readonly ReadPath[],
): SettingsAt {
  const given = row.with ?? {};
  const none = { with: given, table, sibling: () => undefined, siblingText: () => '' };
  const segment = paths[0]?.segment;
  if (!conversion.reads || segment === undefined) return () => none;
  const siblings = new Map(
    [...conversion.reads, ...Object.values(given).filter(isField)].map((field) => {
      const text = typeof field === 'number' ? `${segment}-${field}` : field;
      return [field, readPath(fieldPath(text))] as const;
    }),
  );
  // One object for all calls: a conversion reads its siblings while it runs and keeps nothing.
  let current: Run;
  let reader: Reader;
  let index = 0;
  let from = 0;
  function placeOf({ number }: ReadPath): number {
    const near = current.scope.resolve(from, number);
    // A timing of the whole stands beside the segments that count from it.
    return near < 0 ? current.scope.resolve(0, number) : near;
  }

  const settings: Settings = {
    with: given,
    table,
    sibling(field) {
      const path = siblings.get(field);
      if (path === undefined) return undefined;
      if (typeof field === 'number') return readField(reader, index, path).cells[0];
      const at = placeOf(path);
      return at < 0 ? undefined : readField(reader, at, path).cells[0];
    },
    siblingText(field) {
      const path = siblings.get(field);
      if (path === undefined) return '';
      if (typeof field === 'number') return plainText(reader, index, path);
      const at = placeOf(path);
      return at < 0 ? '' : plainText(reader, at, path);
    },
  };
  return (run, at, owner) => {
    if (current !== run) {
      current = run;
      reader = run.reader;
    }
    index = at;
    from = owner;
    return settings;
  };
}
