/** One thing that is wrong, or worth knowing, in a file that is imported. */
export type ImportFinding = {
  readonly file: string;
  /** 1-based; 0 where a finding is about the file as a whole. */
  readonly line: number;
  readonly severity: 'error' | 'warning' | 'information';
  /** Stable, kebab-case. */
  readonly code: string;
  /** A sentence that an analyst understands. */
  readonly message: string;
};

/** Enough to see what is wrong; a file of another kind would give one a line. */
export const findingsMax = 200;

/** `line` is 1-based, 0 for the file as a whole. */
type Tell = (file: string, line: number, code: string, message: string) => void;

export type Findings = {
  readonly all: readonly ImportFinding[];
  readonly errors: number;
  /** How many were counted beyond those that are kept. */
  readonly omitted: number;
  error: Tell;
  warn: Tell;
  report: Tell;
  /** Adds an error after which the rest of the file means nothing, and ends its reading. */
  fail(file: string, line: number, code: string, message: string): never;
};

/** Ends the reading of a file; what is wrong stands in the findings. */
export class Unreadable extends Error {}

export function collectFindings(): Findings {
  const all: ImportFinding[] = [];
  let errors = 0;
  let omitted = 0;
  const teller =
    (severity: ImportFinding['severity']): Tell =>
    (file, line, code, message) => {
      if (severity === 'error') errors += 1;
      if (all.length >= findingsMax) omitted += 1;
      else all.push({ file, line, severity, code, message });
    };
  const error = teller('error');
  return {
    all,
    get errors() {
      return errors;
    },
    get omitted() {
      return omitted;
    },
    error,
    warn: teller('warning'),
    report: teller('information'),
    fail(file, line, code, message) {
      error(file, line, code, message);
      throw new Unreadable(code);
    },
  };
}
