import type { Event, EventOf } from './events.ts';

/** Events that the audit trail keeps: who got in, who did not and why, who saw whose data. */
const audited = [
  'access-granted',
  'access-refused',
  'identity-access',
  'sign-in-refused',
  'signed-in',
] as const;

/** Ids and stable codes; never a secret, and nothing that is known of a patient. */
export type AuditEntry = EventOf<(typeof audited)[number]>;

/** Keeps what it is told for good. MUST NOT change or drop what it has kept. */
export type AuditLog = { record(entry: AuditEntry): void };

const auditedTypes: ReadonlySet<string> = new Set(audited);

export const isAudited = (event: Event): event is AuditEntry => auditedTypes.has(event.type);
