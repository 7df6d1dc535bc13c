import type { Issue } from '../../../engine/index.ts';
import type { Contribution } from '../../fhir/index.ts';
import { parse } from '../../hl7v2/index.ts';
import type { CompiledMapping } from '../plans.ts';
import {
  changeIssues,
  type RowTables,
  readChange,
  rowMessage,
  unreadColumns,
} from '../rows/index.ts';
import { type Converted, convertMessage } from './message.ts';

/** Converts the change of a row; never throws for the bytes. */
export function convertChange(mapping: CompiledMapping, rows: RowTables, bytes: Buffer): Converted {
  const change = readChange(bytes);
  if (!('op' in change)) return held([change]);
  const table = rows.byTable.get(change.table);
  if (table === undefined) return held([unmapped('No table of `rows` is the one of this row.')]);
  const type = change.op === 'd' ? `${table.name}^delete` : table.name;
  if (!mapping.messages.has(type))
    return held([unmapped(`\`messages\` does not say what becomes of \`${type}\`.`)]);
  const issues = changeIssues(table, change);
  if (issues.length > 0) return held(issues);
  const row = rowMessage(table, change, mapping.dialect.nullTokens);
  const result = convertMessage(mapping, parse(row, { charset: 'utf-8' }));
  return inColumns(result, rows);
}

const held = (issues: readonly Issue[]): Converted => ({ kind: 'hold', issues, unvisited: [] });

const unmapped = (diagnostics: string): Issue => ({
  severity: 'error',
  code: 'row-table-unmapped',
  diagnostics,
});

/** Says `specimen.ward` wherever the message of the row had a field. */
function inColumns(result: Converted, rows: RowTables): Converted {
  const { shown } = rows;
  const unread = (paths: readonly string[]) => unreadColumns(rows, paths.map(shown));
  const issue = ({ offset: _of, ...rest }: Issue): Issue => ({
    ...rest,
    diagnostics: shown(rest.diagnostics),
    ...(rest.path === undefined ? {} : { path: shown(rest.path) }),
  });
  switch (result.kind) {
    case 'filter':
      return result;
    case 'hold':
      return {
        kind: 'hold',
        issues: result.issues.map(issue),
        unvisited: unread(result.unvisited),
      };
    case 'pass': {
      const { conversion } = result;
      return {
        kind: 'pass',
        conversion: {
          ...conversion,
          // A database says the instant, in whatever offset.
          issues: conversion.issues.filter(({ code }) => code !== 'offset-disagrees').map(issue),
          unvisited: unread(conversion.unvisited),
          contributions: conversion.contributions.map((one) => contribution(one, shown)),
        },
      };
    }
    default:
      return result satisfies never;
  }
}

/** What a column gave is known by its name, which outlives its place in the row. */
function contribution(said: Contribution, shown: (text: string) => string): Contribution {
  const { origins, remove, corrects } = said;
  const named = Object.entries(origins ?? {}).map(([element, runs]) => {
    const shownRuns = runs.map((run) => {
      return { ...run, origin: { ...run.origin, name: shown(run.origin.name) } };
    });
    return [element, shownRuns] as const;
  });
  return {
    ...said,
    remove: remove.map((name) => (name.includes(':') ? shown(name) : name)),
    ...(origins === undefined ? {} : { origins: Object.fromEntries(named) }),
    ...(corrects === undefined
      ? {}
      : { corrects: { path: shown(corrects.path), ...rivalOf(corrects) } }),
  };
}

/** Without the offset, which is one in the message that nobody sent. */
function rivalOf({ rival, mayBeFirst }: NonNullable<Contribution['corrects']>) {
  return mayBeFirst === undefined ? { rival } : { rival, mayBeFirst };
}
