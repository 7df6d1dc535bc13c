import type { DatabaseHandle } from '../../../../engine/index.ts';
import { eventTypes } from '../tables/index.ts';

const type = eventTypes.indexOf('policy-changed');

/** The policies of the past are found without reading the log. */
export const governedBySchema = `
CREATE INDEX IF NOT EXISTS event_policy ON event(seq) WHERE type = ${type};
`;

/** Does the log name this policy with this model already? Both are hashes. */
export function hasGoverned(db: DatabaseHandle, policy: string, model: string): boolean {
  const row = db
    .prepare<[string]>(`SELECT 1 FROM event WHERE type = ${type} AND body = ?`)
    .get(JSON.stringify([policy, model]));
  return row !== undefined;
}
