import type { ConfigIssue } from '../issue.ts';
import type { ConfigPath, YamlFile } from './yaml.ts';

/**
 * Each mistake once, sorted by place: two channels that share a mapping find the same mistakes in
 * it, and an analyst wants them once, in the order of reading.
 */
export function inOrder(issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  const distinct = new Map(issues.map((issue) => [JSON.stringify(issue), issue]));
  return [...distinct.values()].sort(byPlace);
}

function byPlace(left: ConfigIssue, right: ConfigIssue): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}

/** A mistake in what a file says at `path`. */
export function errorAt(
  yaml: YamlFile,
  path: ConfigPath,
  code: string,
  message: string,
): ConfigIssue {
  return { ...yaml.valueAt(path), severity: 'error', code, message };
}

/** `file:line:column error code message`, as compilers print it. */
export function renderIssue(issue: ConfigIssue): string {
  const { file, line, column, severity, code, message } = issue;
  return `${file}:${line}:${column} ${severity} ${code} ${message}`;
}
