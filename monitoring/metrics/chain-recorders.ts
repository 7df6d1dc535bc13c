import { nothing, type Recorders, workSeconds } from './recorder.ts';
import type { MetricMaker } from './series.ts';

/** What the chains of stages do with messages, and what they find. */
export function chainRecorders(make: MetricMaker) {
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
