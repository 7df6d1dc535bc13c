import type { Issue } from '../../../engine/index.ts';
import { severityOf } from './severities.ts';

/** Gathers issues of one message; the same thing at the same field is said once. */
export type Collector = {
  /** Notes that it is said again; false where `add` has not said it. Results repeat theirs. */
  again(code: string, path: string): boolean;
  add(code: string, diagnostics: string, path: string, offset: number | undefined): void;
  hold(code: string, diagnostics: string, path: string, offset: number | undefined): void;
  count(): number;
  /** What was said after so many, for `repeat`; undefined for nothing. */
  since(count: number): readonly number[] | undefined;
  /** Says again what `since` had, in the same message. */
  repeat(again: readonly number[]): void;
  /** Turns warnings that came after `since` into what holds the message. */
  raise(since: number): void;
  /** Those that hold the message first. */
  list(): readonly Issue[];
};

export function createCollector(): Collector {
  const issues: Issue[] = [];
  // Counts what was said again, too: a strict rule must see it.
  const said: number[] = [];
  // By code, marked where it holds the message, and path.
  const seen = new Map<string, Map<string, number>>();

  function again(code: string, path: string): boolean {
    const known = seen.get(code)?.get(path);
    if (known !== undefined) said.push(known);
    return known !== undefined;
  }

  function push(
    severity: Issue['severity'],
    code: string,
    diagnostics: string,
    path: string,
    offset: number | undefined,
  ): void {
    const kind = severity === 'error' ? `!${code}` : code;
    if (again(kind, path)) return;
    const paths = seen.get(kind);
    if (paths) paths.set(path, issues.length);
    else seen.set(kind, new Map([[path, issues.length]]));
    said.push(issues.length);
    const issue = { severity, code, diagnostics, path };
    issues.push(offset === undefined ? issue : { ...issue, offset });
  }

  return {
    again,
    add: (code, diagnostics, path, offset) =>
      push(severityOf(code), code, diagnostics, path, offset),
    hold: (code, diagnostics, path, offset) => push('error', code, diagnostics, path, offset),
    count: () => said.length,
    since: (count) => (said.length > count ? said.slice(count) : undefined),
    repeat: (again) => void said.push(...again),
    raise(since) {
      for (const index of said.slice(since)) {
        const issue = issues[index]!;
        if (issue.severity === 'warning') issues[index] = { ...issue, severity: 'error' };
      }
    },
    list: () =>
      issues.some((issue) => issue.severity === 'error')
        ? [
            ...issues.filter((issue) => issue.severity === 'error'),
            ...issues.filter((issue) => issue.severity !== 'error'),
          ]
        : issues,
  };
}
