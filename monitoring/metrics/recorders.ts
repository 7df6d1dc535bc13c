import type { Event, EventOf, EventType } from '../../engine/index.ts';
import { accessRecorders } from './access-recorders.ts';
import { scriptRecorder } from './script-recorder.ts';
import type { MetricMaker } from './series.ts';

type Recorders = { readonly [T in EventType]: (event: EventOf<T>) => void };

const ackSeconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const commitSeconds = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5];
const workSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

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

const nothing = () => {};

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

function chainRecorders(make: MetricMaker) {
  const stage = ['channel', 'stage'];
  const count = make.counter('plexus_stage_messages_total', 'Messages a stage has run.', stage);
  const seconds = make.counter('plexus_stage_seconds_total', 'Time spent in a stage.', stage);
  const filtered = make.counter('plexus_filtered_total', 'Messages not wanted, by reason.', [
    'channel',
    'reason',
  ]);
  const held = make.counter('plexus_held_total', 'Messages put into quarantine.', [
    'channel',
    'destination',
    'stage',
    'code',
  ]);
  const settled = make.counter('plexus_settled_total', 'Messages the chain has finished.', [
    'channel',
  ]);
  const took = make.histogram(
    'plexus_settle_duration_seconds',
    'A batch from claim to settlement.',
    workSeconds,
    ['channel'],
  );
  const issues = make.counter('plexus_issues_total', 'What was wrong with data, by code.', [
    'channel',
    'stage',
    'code',
    'severity',
  ]);
  const unvisited = make.counter(
    'plexus_unvisited_fields_total',
    'Populated fields that no mapping rule read.',
    ['channel', 'field'],
  );
  const unmapped = make.counter(
    'plexus_unmapped_codes_total',
    'Codes that a pinned map does not hold.',
    ['channel', 'map'],
  );
  return {
    stage: (event) => {
      count([event.channel, event.stage], event.count);
      seconds([event.channel, event.stage], event.tookMs / 1000);
    },
    filtered: ({ channel, reason, count }) => filtered([channel, reason], count),
    held: (event) => held([event.channel, event.destination, event.stage, event.code], event.count),
    settled: (event) => {
      settled([event.channel], event.count);
      took([event.channel], event.tookMs / 1000);
    },
    message: nothing,
    issue: (event) => issues([event.channel, event.stage, event.code, event.severity], event.count),
    unvisited: ({ channel, field, count }) => unvisited([channel, field], count),
    'unmapped-code': ({ channel, map, count }) => unmapped([channel, map], count),
  } satisfies Partial<Recorders>;
}

function deliveryRecorders(make: MetricMaker) {
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
