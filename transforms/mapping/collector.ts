import type { Issue } from '../../engine/index.ts';
import { severityOf } from './severities.ts';

/** Gathers issues of one message; the same thing at the same field is said once. */
export type Collector = {
  add(code: string, diagnostics: string, path: string, offset: number | undefined): void;
  hold(code: string, diagnostics: string, path: string, offset: number | undefined): void;
  count(): number;
  /** Turns warnings that came after `since` into what holds the message. */
  raise(since: number): void;
  /** Those that hold the message first. */
  list(): readonly Issue[];
};

export function createCollector(): Collector {
  const issues: Issue[] = [];
  const seen = new Map<string, number>();
  // Counts what was said again, too: a strict rule must see it.
  const said: number[] = [];

  function push(issue: Issue): void {
    const key = `${issue.code}|${issue.path}|${issue.severity}`;
    const known = seen.get(key);
    if (known !== undefined) {
      said.push(known);
      return;
    }
    seen.set(key, issues.length);
    said.push(issues.length);
    issues.push(issue);
  }

  const make = (severity: Issue['severity']) => {
    return (code: string, diagnostics: string, path: string, offset: number | undefined) => {
      const issue = { severity, code, diagnostics, path };
      push(offset === undefined ? issue : { ...issue, offset });
    };
  };

  return {
    add: (code, diagnostics, path, offset) =>
      make(severityOf(code))(code, diagnostics, path, offset),
    hold: make('error'),
    count: () => said.length,
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
