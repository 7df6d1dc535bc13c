export { type Change, readChange } from './change.ts';
export { deleteTrigger, rowKeys, rowMessageType, testRow } from './language.ts';
export { changeIssues, rowMessage } from './message.ts';
export { resolveRows } from './resolve.ts';
export { type RowTable, type RowTables, unreadColumns } from './tables.ts';
export { testChange } from './test-change.ts';
