/** `yes`, `no`, or that it cannot be said here. */
export type Verdict = 'yes' | 'no' | 'unknown';
