import type { EventType } from '../../engine/index.ts';

export type Level = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/**
 * How loud each event is. What happens for every message is `debug`, and no log of a quiet night.
 */
export const levels: Readonly<Record<EventType, Level>> = {
  'engine-started': 'info',
  'engine-stopping': 'info',
  recovered: 'info',
  'channel-state': 'info',
  listening: 'info',
  'connection-opened': 'debug',
  'connection-closed': 'debug',
  'input-refused': 'warn',
  'input-flagged': 'debug',
  landed: 'debug',
  duplicate: 'debug',
  'key-reused': 'warn',
  acknowledged: 'debug',
  commit: 'debug',
  'commit-failed': 'error',
  'journal-reopened': 'warn',
  'upkeep-failed': 'error',
  'partition-opened': 'info',
  'partition-expired': 'info',
  'partition-unreadable': 'error',
  'partition-damaged': 'error',
  stage: 'debug',
  filtered: 'debug',
  held: 'warn',
  retried: 'warn',
  settled: 'debug',
  // It names a message; the journal keeps that, the log need not.
  message: 'silent',
  issue: 'debug',
  unvisited: 'debug',
  script: 'debug',
  'unmapped-code': 'debug',
  delivered: 'debug',
  'destination-unavailable': 'warn',
  'late-ack': 'warn',
  'application-ack': 'debug',
  waived: 'info',
  replayed: 'info',
  moved: 'info',
  'worker-lost': 'error',
  'config-refused': 'error',
  'signed-in': 'info',
  'sign-in-refused': 'warn',
  'access-granted': 'debug',
  'access-refused': 'warn',
  'export-progress': 'debug',
  'audit-failed': 'error',
  'service-unavailable': 'error',
  // It names persons: that is for the audit trail, and for no log.
  'identity-access': 'silent',
};
