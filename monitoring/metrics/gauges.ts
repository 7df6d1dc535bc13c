import { statfsSync } from 'node:fs';
import type { ChannelState, ChannelView } from '../../engine/index.ts';
import type { Snapshot } from '../snapshot/index.ts';
import type { Level, MetricMaker } from './series.ts';

const states = {
  stopped: true,
  starting: true,
  running: true,
  paused: true,
  draining: true,
  failed: true,
} satisfies Record<ChannelState, true>;

/** Levels that are read at scrape time. The returned function sets them all. */
export function createGauges(make: MetricMaker, dataDir: string | undefined) {
  const up = make.gauge(
    'plexus_engine_readable',
    '1 when the journal could be read for this scrape.',
  );
  const channels = channelGauges(make);
  const quarantine = quarantineGauges(make);
  const conservation = conservationGauges(make);
  const identity = identityGauges(make);
  const codes = codeGauges(make);
  const disk = dataDir === undefined ? () => {} : diskGauges(make, dataDir);
  return (snapshot: Snapshot | undefined): void => {
    disk();
    up.set([], snapshot ? 1 : 0);
    if (!snapshot) return;
    channels(snapshot);
    quarantine(snapshot);
    conservation(snapshot);
    identity(snapshot);
    codes(snapshot);
  };
}

function channelGauges(make: MetricMaker) {
  const one = ['channel'];
  const state = make.gauge('plexus_channel_state', '1 for the state that a channel is in.', [
    'channel',
    'state',
  ]);
  const pending = make.gauge('plexus_queue_depth', 'Messages waiting for the chain.', one);
  const age = make.gauge('plexus_queue_age_seconds', 'Age of the oldest waiting message.', one);
  const last = make.gauge(
    'plexus_last_received_timestamp_seconds',
    'When the channel last received a message, Unix time; absent before the first.',
    one,
  );
  const where = ['channel', 'destination'];
  const outDepth = make.gauge('plexus_destination_queue_depth', 'Messages to be delivered.', where);
  const outAge = make.gauge(
    'plexus_destination_queue_age_seconds',
    'Age of the oldest message to be delivered.',
    where,
  );
  const outHeld = make.gauge('plexus_destination_held', 'Deliveries in quarantine.', where);
  const all: readonly Level[] = [state, pending, age, last, outDepth, outAge, outHeld];
  const setOne = (view: ChannelView, atUs: number) => {
    const { channel } = view;
    for (const name of Object.keys(states)) {
      state.set([channel, name], name === view.state ? 1 : 0);
    }
    pending.set([channel], view.pending);
    age.set([channel], ageSeconds(view.oldestPendingUs, view.pending, atUs));
    if (view.lastReceivedUs > 0) last.set([channel], view.lastReceivedUs / 1e6);
    for (const queue of view.destinations) {
      const labels = [channel, queue.destination];
      outDepth.set(labels, queue.pending);
      outAge.set(labels, ageSeconds(queue.oldestPendingUs, queue.pending, atUs));
      outHeld.set(labels, queue.held);
    }
  };
  return ({ channels, atUs }: Snapshot) => {
    for (const level of all) level.clear();
    for (const view of channels) setOne(view, atUs);
  };
}

function quarantineGauges(make: MetricMaker) {
  const one = ['channel'];
  const depth = make.gauge('plexus_quarantine_depth', 'Messages in quarantine.', one);
  const groups = make.gauge('plexus_quarantine_groups', 'Different faults in quarantine.', one);
  const age = make.gauge('plexus_quarantine_age_seconds', 'Age of the oldest held message.', one);
  const unowned = make.gauge('plexus_quarantine_unowned', 'Held messages without an owner.', one);
  return ({ channels, quarantine, atUs }: Snapshot) => {
    for (const level of [depth, groups, age, unowned]) level.clear();
    // A channel without held messages says 0, so that an alert on it can end.
    const names = new Set([...channels, ...quarantine].map(({ channel }) => channel));
    for (const channel of names) {
      const rows = quarantine.filter((group) => group.channel === channel);
      const count = rows.reduce((sum, group) => sum + group.count, 0);
      const oldestUs = rows.reduce((least, group) => Math.min(least, group.oldestUs), atUs);
      const ownerless = rows.filter((group) => group.owner === '');
      depth.set([channel], count);
      groups.set([channel], rows.length);
      age.set([channel], ageSeconds(oldestUs, count, atUs));
      unowned.set(
        [channel],
        ownerless.reduce((sum, group) => sum + group.count, 0),
      );
    }
  };
}

function conservationGauges(make: MetricMaker) {
  const total = make.gauge(
    'plexus_conservation_violations',
    'Messages that the counts of all channels cannot account for; must be 0.',
  );
  const each = make.gauge(
    'plexus_channel_conservation_violations',
    'Messages that the counts of a channel cannot account for; must be 0.',
    ['channel'],
  );
  return ({ conservation }: Snapshot) => {
    each.clear();
    total.set(
      [],
      conservation.reduce((sum, row) => sum + row.violations, 0),
    );
    for (const row of conservation) each.set([row.channel], row.violations);
  };
}

function identityGauges(make: MetricMaker) {
  const tally = {
    decision: make.gauge('plexus_identity_decisions', 'Records looked up, by verdict.', [
      'verdict',
    ]),
    veto: make.gauge('plexus_identity_vetoes', 'Vetoes that fired, by rule.', ['veto']),
    shadow: make.gauge('plexus_identity_shadow', 'What a candidate policy would have said.', [
      'said',
    ]),
  } as const;
  const hot = make.gauge('plexus_identity_hot_keys', 'Keys that very many records share.');
  const open = make.gauge('plexus_identity_reviews_open', 'Reviews that wait for a steward.', [
    'kind',
  ]);
  const age = make.gauge('plexus_identity_review_age_seconds', 'Age of the oldest open review.', [
    'kind',
  ]);
  const isCounted = (kind: string): kind is keyof typeof tally => kind in tally;
  return ({ identity, atUs }: Snapshot) => {
    if (identity === undefined) return;
    for (const { kind, label, count } of identity.tally)
      if (isCounted(kind)) tally[kind].set([label], count);
    hot.set([], identity.hotKeys);
    for (const { kind, open: count, oldestUs } of identity.reviews) {
      open.set([kind], count);
      age.set([kind], ageSeconds(oldestUs, count, atUs));
    }
  };
}

function codeGauges(make: MetricMaker) {
  const one = ['channel'];
  const open = make.gauge('plexus_unmapped_open', 'Codes on the unmapped work list.', one);
  const unowned = make.gauge('plexus_unmapped_unowned', 'Of these, codes without an owner.', one);
  const age = make.gauge('plexus_unmapped_age_seconds', 'Age of the oldest of them.', one);
  return ({ codes, atUs }: Snapshot) => {
    for (const { channel, open: count, unowned: free, oldestUs } of codes ?? []) {
      open.set([channel], count);
      unowned.set([channel], free);
      age.set([channel], ageSeconds(oldestUs, count, atUs));
    }
  };
}

function diskGauges(make: MetricMaker, dataDir: string) {
  const free = make.gauge('plexus_disk_free_bytes', 'Free space where the data folder lies.');
  const size = make.gauge('plexus_disk_size_bytes', 'Size of the disk of the data folder.');
  return () => {
    try {
      const { bavail, blocks, bsize } = statfsSync(dataDir);
      free.set([], bavail * bsize);
      size.set([], blocks * bsize);
    } catch {
      // The folder is not there yet; a scrape must not fail for it.
      free.set([], Number.NaN);
      size.set([], Number.NaN);
    }
  };
}

function ageSeconds(sinceUs: number, count: number, atUs: number): number {
  return count > 0 && sinceUs > 0 ? Math.max(0, atUs - sinceUs) / 1e6 : 0;
}
