import type { DatabaseHandle } from '../../../engine/index.ts';
import { eventTypes } from './event-rows.ts';

const type = eventTypes.indexOf('policy-changed');

/** The newest change of policy is found without reading the log. */
export const governedBySchema = `
CREATE INDEX IF NOT EXISTS event_policy ON event(seq) WHERE type = ${type};
`;

/** Hashes of the policy and the model that the log named last; undefined: none yet. */
export function governedBy(
  db: DatabaseHandle,
): { readonly policy: string; readonly model: string } | undefined {
  const row = db
    .prepare<[], { body: string }>(
      `SELECT body FROM event WHERE type = ${type} ORDER BY seq DESC LIMIT 1`,
    )
    .get();
  if (row === undefined) return undefined;
  const [policy, model] = JSON.parse(row.body) as [string, string];
  return { policy, model };
}
