import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../../engine/index.ts';
import type { RecordNo, StoredEvent } from '../../../../transforms/identity/events.ts';
import type { PersonRecord } from '../../../../transforms/identity/record.ts';
import {
  fingerprintOf,
  type IdentityRegistry,
  type Judge,
  type Occasion,
  openRegistry,
  type RegistryOptions,
  stateText,
  verifyRegistry,
} from '../../../../transforms/identity/registry/index.ts';

export const key = Buffer.alloc(32, 7);

export const steward = (by = 'ana', second?: string): Occasion => ({
  atUs: 5_000,
  cause: { kind: 'steward', by, reason: 'they say so', ...(second ? { second } : {}) },
});
export const message = (no: number): Occasion => ({
  atUs: no * 1_000,
  cause: { kind: 'message', message: no, generation: 0 },
});

/** A person with this given name; more as the test needs. */
export function person(given: string, more: Partial<PersonRecord> = {}): PersonRecord {
  const names = [{ given, family: 'RIVERA', surnames: ['RIVERA'] }];
  const none = { addresses: [], phones: [], emails: [], identifiers: [], flags: [] };
  return { names, ...none, ...more };
}

/** Vetoes two given names of which one starts with A and the other with B. */
export const judgeAB: Judge = (one, other) => {
  const initials = [one, other].map(({ names }) => names[0]?.given?.[0]);
  return initials.includes('A') && initials.includes('B') ? [{ id: 'a-and-b' }] : [];
};

/** A registry in a real file, in one open transaction. */
export function workbench(options: Partial<RegistryOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-registry-'));
  const file = join(folder, 'identity.db');
  const db = openDatabase(file, { key });
  const registry = openRegistry(db, { clusterMax: 30, judge: judgeAB, ...options });
  let files = 0;
  db.exec('BEGIN IMMEDIATE');
  return {
    db,
    file,
    registry,
    see(attributes: PersonRecord, at = 1): RecordNo {
      files += 1;
      const seen = { attributes, fingerprint: fingerprintOf(attributes), normalisation: 1 };
      const filed = { system: 'urn:mercy', value: `M${files}`, facility: 'mercy' };
      return registry.see({ ...filed, ...seen }, message(at));
    },
    text: () => stateText(db),
    events: () => eventsOf(registry),
    verify() {
      db.exec('COMMIT');
      const { findings } = verifyRegistry(file, key);
      db.exec('BEGIN IMMEDIATE');
      return findings;
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export type Workbench = ReturnType<typeof workbench>;

function eventsOf(registry: IdentityRegistry): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (;;) {
    const event = registry.event(events.length + 1);
    if (event === undefined) return events;
    events.push(event);
  }
}
