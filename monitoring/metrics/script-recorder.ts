import type { EventOf } from '../../engine/index.ts';
import type { MetricMaker } from './series.ts';

/** Functions that analysts wrote, by mapping and name. */
export function scriptRecorder(make: MetricMaker): (event: EventOf<'script'>) => void {
  const names = ['channel', 'script'];
  const calls = make.counter('plexus_script_calls_total', 'Calls of mapping functions.', names);
  const failures = make.counter(
    'plexus_script_failures_total',
    'Calls of mapping functions that failed and held their message.',
    names,
  );
  const seconds = make.counter(
    'plexus_script_seconds_total',
    'Time spent in mapping functions.',
    names,
  );
  return ({ channel, script, calls: count, failures: failed, tookMs }) => {
    calls([channel, script], count);
    failures([channel, script], failed);
    seconds([channel, script], tookMs / 1000);
  };
}
