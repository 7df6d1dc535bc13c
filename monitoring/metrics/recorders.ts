import type { Event } from '../../engine/index.ts';
import { accessRecorders } from './access-recorders.ts';
import { chainRecorders } from './chain-recorders.ts';
import { deliveryRecorders } from './delivery-recorders.ts';
import { nothing, type Recorders } from './recorder.ts';
import { scriptRecorder } from './script-recorder.ts';
import type { MetricMaker } from './series.ts';

const ackSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const commitSeconds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5];

/**
 * What each event does to the metrics. The type names every event, so one that is added to
 * `engine/events.ts` does not compile until somebody has decided here.
 */
export function createRecorder(make: MetricMaker): (event: Event) => void {
  const recorders: Recorders = {
    ...engineRecorders(make),
    ...accessRecorders(make),
    ...inputRecorders(make),
    ...journalRecorders(make),
    ...chainRecorders(make),
    script: scriptRecorder(make),
    ...deliveryRecorders(make),
  };
  return (event) => (recorders[event.type] as (event: Event) => void)(event);
}

function engineRecorders(make: MetricMaker) {
  const info = make.gauge('plexus_info', 'The running version; always 1.', ['version']);
  const start = make.gauge('plexus_start_seconds', 'How long the engine took to start.');
  const recovery = make.gauge('plexus_recovery_seconds', 'How long recovery took at the start.');
  const recovered = make.gauge('plexus_recovered_messages', 'Open work found at the start.', [
    'state',
  ]);
  const states = make.counter(
    'plexus_channel_state_changes_total',
    'Changes of a channel state, by the state entered.',
    ['channel', 'state'],
  );
  const workers = make.counter('plexus_workers_lost_total', 'Workers that died or hung.', [
    'channel',
  ]);
  const configs = make.counter(
    'plexus_configs_refused_total',
    'Reloads that kept the old configuration because the new one was wrong.',
  );
  return {
    'engine-started': (event) => {
      info.clear();
      info.set([event.version], 1);
      start.set([], event.startMs / 1000);
    },
    'engine-stopping': nothing,
    recovered: (event) => {
      recovery.set([], event.tookMs / 1000);
      recovered.set(['claimed'], event.claimed);
      recovered.set(['ready'], event.ready);
      recovered.set(['held'], event.held);
    },
    'channel-state': ({ channel, state }) => states([channel, state]),
    listening: nothing,
    'worker-lost': ({ channel }) => workers([channel]),
    'config-refused': () => configs([]),
  } satisfies Partial<Recorders>;
}

function inputRecorders(make: MetricMaker) {
  const opened = make.counter('plexus_connections_opened_total', 'Connections accepted.', [
    'channel',
  ]);
  const closed = make.counter('plexus_connections_closed_total', 'Connections ended, by cause.', [
    'channel',
    'cause',
  ]);
  const refused = make.counter(
    'plexus_input_refused_total',
    'Frames, requests or files that never became a message.',
    ['channel', 'reason'],
  );
  const refusedBytes = make.counter('plexus_input_refused_bytes_total', 'Bytes of refused input.', [
    'channel',
  ]);
  const flagged = make.counter('plexus_input_flagged_total', 'Input taken with a reservation.', [
    'channel',
    'code',
  ]);
  const landed = make.counter('plexus_landed_total', 'Messages made durable.', ['channel']);
  const bytes = make.counter('plexus_landed_bytes_total', 'Raw bytes made durable.', ['channel']);
  const duplicates = make.counter('plexus_duplicates_total', 'Resends that got the first answer.', [
    'channel',
  ]);
  const reused = make.counter(
    'plexus_keys_reused_total',
    'Messages with the duplicate key of another message and other bytes.',
    ['channel'],
  );
  const exported = make.gauge(
    'plexus_export_progress_percent',
    'How far the export is that a channel fetches: made by its server, then taken.',
    ['channel'],
  );
  const acks = make.counter('plexus_acknowledged_total', 'Answers to senders, by code.', [
    'channel',
    'code',
  ]);
  const latency = make.histogram(
    'plexus_ack_latency_seconds',
    'From the last byte of a message to its answer.',
    ackSeconds,
    ['channel'],
  );
  return {
    'connection-opened': ({ channel }) => opened([channel]),
    'connection-closed': ({ channel, cause }) => closed([channel, cause]),
    'input-refused': (event) => {
      refused([event.channel, event.reason]);
      refusedBytes([event.channel], event.bytes);
    },
    'input-flagged': ({ channel, code }) => flagged([channel, code]),
    landed: (event) => {
      landed([event.channel], event.count);
      bytes([event.channel], event.bytes);
    },
    duplicate: ({ channel, count }) => duplicates([channel], count),
    'key-reused': ({ channel }) => reused([channel]),
    'export-progress': ({ channel, percent }) => exported.set([channel], percent),
    acknowledged: (event) => {
      acks([event.channel, event.code]);
      latency([event.channel], event.latencyMs / 1000);
    },
  } satisfies Partial<Recorders>;
}

function journalRecorders(make: MetricMaker) {
  const rows = make.counter('plexus_commit_rows_total', 'Rows written by the journal.');
  const took = make.histogram(
    'plexus_commit_duration_seconds',
    'A group commit of the journal, fsync included.',
    commitSeconds,
  );
  const failures = make.counter(
    'plexus_commit_failures_total',
    'Commits that failed; senders got a negative answer.',
  );
  const reopened = make.counter('plexus_journal_reopened_total', 'Reopenings after a failure.');
  const upkeep = make.counter(
    'plexus_upkeep_failures_total',
    'Looks at finished days that failed.',
  );
  const partitions = make.counter('plexus_partitions_total', 'Journal partitions, by change.', [
    'change',
  ]);
  const damaged = make.counter(
    'plexus_damaged_messages_total',
    'Messages that the disk gave back damaged: held for a person, or lost.',
    ['fate'],
  );
  return {
    commit: (event) => {
      rows([], event.rows);
      took([], event.tookMs / 1000);
    },
    'commit-failed': () => failures([]),
    'journal-reopened': () => reopened([]),
    'upkeep-failed': () => upkeep([]),
    'partition-opened': () => partitions(['opened']),
    'partition-expired': () => partitions(['expired']),
    'partition-damaged': ({ held, lost }) => {
      partitions(['damaged']);
      damaged(['held'], held);
      damaged(['lost'], lost);
    },
    'partition-unreadable': () => partitions(['unreadable']),
  } satisfies Partial<Recorders>;
}
