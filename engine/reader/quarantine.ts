import { fingerprintOf, states } from '../journal/index.ts';
import type { HeldGroup, HeldView, QuarantineQuery } from '../operations.ts';
import type { JournalView } from './store.ts';

type GroupRow = {
  readonly destination: number;
  readonly code: string;
  readonly owner: string | null;
  readonly n: number;
  readonly oldest: number;
  readonly newest: number;
  readonly issues: string | null;
};

/** One row a fingerprint, the oldest first: a work list. */
export function heldGroups(view: JournalView, query: QuarantineQuery): readonly HeldGroup[] {
  const places = placesOf(view);
  const groups = new Map<string, HeldGroup>();
  for (const { db } of view.openPartitions()) {
    const rows = db
      .prepare(
        `SELECT destination, code, owner, count(*) AS n, min(changed_us) AS oldest,
           max(changed_us) AS newest, issues
         FROM work WHERE state = ${states.held} GROUP BY destination, code, owner`,
      )
      .all() as GroupRow[];
    for (const row of rows) {
      const place = places.get(row.destination);
      if (!place) continue;
      const fingerprint = fingerprintOf(row.destination, row.code);
      const at = `${fingerprint}|${row.owner ?? ''}`;
      groups.set(at, merge(groups.get(at), toGroup(row, fingerprint, place)));
    }
  }
  return [...groups.values()]
    .filter((group) => matches(group, query))
    .sort((a, b) => a.oldestUs - b.oldestUs || a.fingerprint.localeCompare(b.fingerprint));
}

function toGroup(
  row: GroupRow,
  fingerprint: string,
  place: { channel: string; destination: string },
): HeldGroup {
  const [stage = '', code = '', path = ''] = row.code.split('|');
  const issues = row.issues
    ? (JSON.parse(row.issues) as { diagnostics: string; code: string }[])
    : [];
  return {
    fingerprint,
    ...place,
    stage,
    code,
    path,
    diagnostics: (issues.find((issue) => issue.code === code) ?? issues[0])?.diagnostics ?? '',
    owner: row.owner ?? '',
    count: row.n,
    oldestUs: row.oldest,
    newestUs: row.newest,
  };
}

function merge(a: HeldGroup | undefined, b: HeldGroup): HeldGroup {
  if (!a) return b;
  return {
    ...a,
    count: a.count + b.count,
    oldestUs: Math.min(a.oldestUs, b.oldestUs),
    newestUs: Math.max(a.newestUs, b.newestUs),
  };
}

function matches(
  item: { readonly channel: string; readonly code?: string; readonly owner: string },
  query: QuarantineQuery,
): boolean {
  return (
    (query.channel === undefined || item.channel === query.channel) &&
    (query.owner === undefined || item.owner === query.owner) &&
    (query.code === undefined || item.code === query.code)
  );
}

/** Every held message, oldest first, with its issues. */
export function* heldMessages(view: JournalView, query: QuarantineQuery): Iterable<HeldView> {
  const places = placesOf(view);
  for (const { db } of view.openPartitions()) {
    const rows = db
      .prepare(
        `SELECT message_id AS id, generation, destination, code, owner, changed_us AS heldUs,
           attempts + retries AS attempts, issues
         FROM work WHERE state = ${states.held} ORDER BY message_id`,
      )
      .iterate() as Iterable<{
      id: HeldView['id'];
      generation: number;
      destination: number;
      code: string;
      owner: string | null;
      heldUs: number;
      attempts: number;
      issues: string | null;
    }>;
    for (const row of rows) {
      const place = places.get(row.destination);
      if (!place) continue;
      const [stage = '', code = ''] = row.code.split('|');
      const held = {
        id: row.id,
        generation: row.generation,
        fingerprint: fingerprintOf(row.destination, row.code),
        ...place,
        stage,
        issues: row.issues ? JSON.parse(row.issues) : [],
        owner: row.owner ?? '',
        heldUs: row.heldUs,
        attempts: row.attempts,
      };
      if (matches({ ...held, code }, query)) yield held;
    }
  }
}

function placesOf(view: JournalView): Map<number, { channel: string; destination: string }> {
  const names = new Map(view.control.channels().map(({ no, name }) => [no, name]));
  return new Map(
    view.control
      .destinations()
      .map(({ no, channel, name }) => [
        no,
        { channel: names.get(channel) ?? '', destination: name },
      ]),
  );
}
