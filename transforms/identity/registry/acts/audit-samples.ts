import { hash } from 'node:crypto';
import type { Log, Occasion } from '../log.ts';
import { ordered } from '../tables/index.ts';
import type { Link } from './link.ts';

/**
 * Queues the strongest of the links that made one decision for a blind audit, if the draw says so.
 * The draw is a hash of seed and records: a replay draws the same.
 */
export function queueAudit(log: Log, links: readonly Link[], on: Occasion): void {
  const { audit } = log.options;
  const strongest = links.reduce<Link | undefined>(
    (best, one) => (best === undefined || one.weight > best.weight ? one : best),
    undefined,
  );
  if (audit === undefined || strongest === undefined) return;
  const [a, b] = ordered(strongest.a, strongest.b);
  const names = [audit.seed, log.record(a).ownPerson, log.record(b).ownPerson];
  if (draw(names.join(' ')) >= audit.share) return;
  if (log.reviews.findOpen('audit', a, b) !== undefined) return;
  const { assessment, model = '', policy = '' } = strongest.score ?? {};
  log.append(
    {
      ...{ type: 'queued', kind: 'audit', a, b, candidates: [], reasons: [], model, policy },
      ...(assessment === undefined ? {} : { assessment }),
    },
    on,
  );
}

/** Evenly from 0 to 1. */
function draw(text: string): number {
  return Number.parseInt(hash('sha256', text, 'hex').slice(0, 12), 16) / 2 ** 48;
}
