import type { Issue } from '../../../engine/index.ts';
import { escapeText, standardDelimiters } from '../../hl7v2/index.ts';
import { type Change, unavailable } from './change.ts';
import type { ColumnType } from './language.ts';
import type { RowTable } from './tables.ts';

/**
 * A row as a message of one segment, for the readers and conversions of HL7. NULL, and a text of
 * nothing but blanks, is `""`, which empties; what the database did not send is left out, which
 * changes nothing. `nullTokens`: texts that say "no value".
 */
export function rowMessage(
  table: RowTable,
  change: Change,
  nullTokens: ReadonlySet<string>,
): Buffer {
  const column = (name: string): string => {
    const value = name === '' ? null : change.values[name];
    if (value === undefined || value === unavailable) return '';
    const text = value?.trim() ?? '';
    return text === '' || nullTokens.has(text) ? '""' : escapeText(text, standardDelimiters);
  };
  const columns = table.columns.map(({ name }) => column(name));
  const made = table.fields.map((field) => {
    const parts = field.columns.map(column);
    // Of half a field nothing can be said.
    if (parts.includes('')) return '';
    const isEmpty = parts.every((part) => part === '""');
    return isEmpty ? '""' : parts.map((part) => (part === '""' ? '' : part)).join('^');
  });
  const fields = [...columns, ...made];
  const type = change.op === 'd' ? `${table.name}^delete` : table.name;
  const controlId = escapeText(change.controlId, standardDelimiters);
  const header = `MSH|^~\\&|||||||${type}|${controlId}|P|2.5.1||||||UNICODE UTF-8`;
  return Buffer.from(`${header}\r${table.segment}|${fields.join('|')}\r`);
}

/** What a change has that the mapping did not expect: nothing of it is guessed. */
export function changeIssues(table: RowTable, { op, values, types }: Change): Issue[] {
  const held = (code: string, diagnostics: string, path?: string): Issue => ({
    severity: 'error',
    code,
    diagnostics,
    ...(path === undefined ? {} : { path }),
  });
  const declared = new Set(table.columns.map(({ name }) => name));
  const added = Object.keys(values).filter((name) => !declared.has(name));
  const gone = [...declared].filter((name) => !Object.hasOwn(values, name));
  // A deleted row may be told by its key alone.
  if (added.length > 0 || (op !== 'd' && gone.length > 0)) {
    const names = [...added.map((name) => `+${name}`), ...gone.map((name) => `-${name}`)];
    const text = `The table has other columns than \`rows\` declares: ${names.join(', ')}.`;
    return [held('row-columns-changed', text, table.name)];
  }
  const issues: Issue[] = [];
  for (const { name, type } of table.columns) {
    const path = `${table.name}.${name}`;
    const value = values[name];
    const isKey = table.key.includes(name);
    if (isKey && (value === undefined || value === null || value === unavailable))
      issues.push(held('row-key-missing', `The change has no value of the key ${path}.`, path));
    else if (value === unavailable && op !== 'u')
      issues.push(held('row-value-missing', `The whole row is told without ${path}.`, path));
    if (type === undefined) continue;
    if (types[name] !== undefined && types[name] !== type) {
      const text = `${path} is declared as ${type} and is ${types[name]}.`;
      issues.push(held('row-type-changed', text, path));
    } else if (typeof value === 'string' && value !== unavailable && !isOfType(value, type))
      issues.push(held('row-value-type', `${path} holds no ${type}.`, path));
  }
  return issues;
}

const forms: Partial<Record<ColumnType, RegExp>> = {
  integer: /^-?\d+$/,
  decimal: /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/,
  boolean: /^(?:true|false)$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  time: /^\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/,
  timestamp: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?$/,
  timestamptz: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

const isOfType = (value: string, type: ColumnType): boolean => forms[type]?.test(value) ?? true;
