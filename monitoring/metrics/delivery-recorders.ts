import { type Recorders, workSeconds } from './recorder.ts';
import type { MetricMaker } from './series.ts';

/** What becomes of deliveries, and of those that are held. */
export function deliveryRecorders(make: MetricMaker) {
  const where = ['channel', 'destination'];
  const delivered = make.counter('plexus_delivered_total', 'Messages delivered.', where);
  const took = make.histogram(
    'plexus_delivery_duration_seconds',
    'A batch handed to a destination.',
    workSeconds,
    where,
  );
  const retries = make.counter('plexus_retries_total', 'Attempts that failed for now.', where);
  const up = make.gauge(
    'plexus_destination_up',
    '1 when the last attempt reached the destination, 0 when it did not.',
    where,
  );
  const unavailable = make.counter(
    'plexus_destination_unavailable_total',
    'Attempts at which the destination as a whole could not take anything.',
    where,
  );
  const late = make.counter('plexus_late_acks_total', 'Answers that named no open message.', where);
  const application = make.counter(
    'plexus_application_acks_total',
    'Application acknowledgements that came after the message was accepted, awaited no more.',
    [...where, 'code'],
  );
  const waived = make.counter('plexus_waived_total', 'Held messages waived by a person.', where);
  const replayed = make.counter('plexus_replayed_total', 'Held messages run again.', where);
  const moved = make.counter(
    'plexus_moved_total',
    'Held deliveries given to another route.',
    where,
  );
  return {
    delivered: ({ channel, destination, count, tookMs }) => {
      delivered([channel, destination], count);
      took([channel, destination], tookMs / 1000);
      up.set([channel, destination], 1);
    },
    retried: ({ channel, destination }) => retries([channel, destination]),
    'destination-unavailable': ({ channel, destination }) => {
      unavailable([channel, destination]);
      up.set([channel, destination], 0);
    },
    'late-ack': ({ channel, destination }) => late([channel, destination]),
    'application-ack': ({ channel, destination, code }) =>
      application([channel, destination, /^A[AER]$/.test(code) ? code : 'other']),
    waived: ({ channel, destination, count }) => waived([channel, destination], count),
    replayed: ({ channel, destination, count }) => replayed([channel, destination], count),
    moved: ({ channel, destination, count }) => moved([channel, destination], count),
  } satisfies Partial<Recorders>;
}
