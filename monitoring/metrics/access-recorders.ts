import type { EventOf } from '../../engine/index.ts';
import type { MetricMaker } from './series.ts';

/** Who gets in, who does not, and whether the audit trail keeps it. */
export function accessRecorders(make: MetricMaker) {
  const signIns = make.counter('plexus_sign_ins_total', 'Sign-ins to the console and its API.');
  const refused = make.counter('plexus_sign_ins_refused_total', 'Requests without a valid token.');
  const tokens = make.counter(
    'plexus_access_tokens_total',
    'Access tokens given to programs, by client.',
    ['channel', 'client'],
  );
  const denied = make.counter(
    'plexus_access_refused_total',
    'Requests of programs that were not let in, by reason.',
    ['channel', 'reason'],
  );
  const unaudited = make.counter(
    'plexus_audit_failures_total',
    'Commits of the audit trail that failed, and entries for which there was no room.',
  );
  const accesses = make.counter(
    'plexus_identity_accesses_total',
    'Identity data asked for or changed, by what was asked and how it ended.',
    ['action', 'outcome'],
  );
  const unanswered = make.counter(
    'plexus_service_unavailable_total',
    'Questions to a service that its store could not answer, by the code of the fault.',
    ['service', 'code'],
  );
  return {
    'service-unavailable': ({ service, code }: EventOf<'service-unavailable'>) =>
      unanswered([service, code]),
    'access-granted': ({ channel, client }: EventOf<'access-granted'>) => tokens([channel, client]),
    'access-refused': ({ channel, reason }: EventOf<'access-refused'>) => denied([channel, reason]),
    'audit-failed': () => unaudited([]),
    'identity-access': ({ action, outcome }: EventOf<'identity-access'>) =>
      accesses([action, outcome]),
    'signed-in': () => signIns([]),
    'sign-in-refused': () => refused([]),
  };
}
