import type { Issue, MessageView } from '../engine/index.ts';

/** One message as `messages --json` prints it; people script against these names. */
export type MessageRow = {
  readonly id: number;
  readonly channel: string;
  readonly control_id: string;
  /** ISO 8601, UTC. */
  readonly received: string;
  readonly outcome: string;
  readonly sha256: string;
};

type Shown = Omit<MessageView, 'outcome'> & { readonly outcome: string };

export function messageRow(message: Shown): MessageRow {
  const { id, channel, controlId, receivedUs, outcome, sha256 } = message;
  return { id, channel, control_id: controlId, received: isoTime(receivedUs), outcome, sha256 };
}

/** The same as a line for a person. */
export function messageText(row: MessageRow): string {
  const { id, channel, control_id, received, outcome } = row;
  return `${id}  ${received}  ${outcome.padEnd(11)}  ${channel}  ${control_id}`;
}

/** One thing that is wrong with a message, as a line for a person. */
export function issueText({ severity, code, path, diagnostics }: Issue): string {
  return `${severity} ${code} ${path ?? ''} ${diagnostics}`.trimEnd();
}

/** Microseconds since the epoch as ISO 8601; 0 is "never". */
export function isoTime(us: number): string {
  return us === 0 ? '' : new Date(us / 1000).toISOString();
}

/** `90s`, `5m`, `2h`, `3d` for an age. */
export function ageText(sinceUs: number, nowUs: number): string {
  const seconds = Math.max(0, Math.round((nowUs - sinceUs) / 1e6));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
