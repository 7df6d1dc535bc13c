// Goal: no alert and no panel asks for a metric or a label that Plexus does not have, and what the
// design wants alarms for has one.
// Method: the files are read and every expression's metric names and labels are compared with the
// registry that the engine really fills; promtool, where this machine has it, runs the rules' own
// tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createEvents } from '../../engine/index.ts';
import { createMetrics } from '../../monitoring/metrics/index.ts';

const deploy = new URL('../../deploy/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, deploy), 'utf8');

type Rule = {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
};
const groups: { name: string; rules: Rule[] }[] = parse(read('prometheus/alerts.yml')).groups;
const rules = groups.flatMap((group) => group.rules);

type Panel = { title: string; type: string; targets?: { expr: string }[] };
const dashboard: { panels: Panel[]; templating: unknown } = JSON.parse(read('grafana/plexus.json'));
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ title, targets }) =>
  (targets ?? []).map(({ expr }) => ({ title, expr })),
);

/** Metric name, as an expression writes it, to the label names that it has. */
function knownSeries(): Map<string, ReadonlySet<string>> {
  const events = createEvents();
  const metrics = createMetrics({ events, snapshot: () => undefined, dataDir: '.' });
  const known = new Map<string, ReadonlySet<string>>();
  for (const { name, labelNames, isHistogram } of metrics.shapes()) {
    const labels = new Set([...labelNames, 'instance', 'job']);
    known.set(name, labels);
    if (!isHistogram) continue;
    known.set(`${name}_bucket`, new Set([...labels, 'le']));
    known.set(`${name}_sum`, labels).set(`${name}_count`, labels);
  }
  metrics.close();
  return known;
}

const known = knownSeries();
const metricsOf = (expr: string) =>
  expr.match(/\b(?:plexus|process|nodejs)_[a-z0-9_]+(?![a-z0-9_]*["=])/g) ?? [];

/** Labels that an expression selects or groups by, and those that a text shows. */
function labelsOf(expr: string, texts: readonly string[] = []): string[] {
  const selected = [...expr.matchAll(/([a-z_]+)\s*=~?\s*"/g)].map(([, name]) => name ?? '');
  const grouped = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, names]) =>
    (names ?? '').split(',').map((name) => name.trim()),
  );
  const shown = texts.flatMap((text) =>
    [...text.matchAll(/\$labels\.([a-z_]+)/g)].map(([, name]) => name ?? ''),
  );
  return [...selected, ...grouped, ...shown];
}

function judge(what: string, expr: string, texts: readonly string[] = []): void {
  const names = metricsOf(expr);
  if (names.length === 0) assert.match(expr, /^up\{job="plexus"\}/, `${what} names no metric`);
  const labels = new Set(['instance', 'job', 'le']);
  for (const name of names) {
    assert.ok(known.has(name), `${what}: there is no metric ${name}`);
    for (const label of known.get(name) ?? []) labels.add(label);
  }
  for (const label of labelsOf(expr, texts)) {
    assert.ok(labels.has(label), `${what}: no metric of it has the label ${label}`);
  }
}

describe('the judge of expressions', () => {
  it('finds a metric, a selector, a grouping and a text that do not fit', () => {
    judge(
      'good',
      'sum by (channel, le) (rate(plexus_ack_latency_seconds_bucket{channel="a"}[5m]))',
    );
    const planted: readonly (readonly [string, string])[] = [
      ['plexus_queue_deep{channel="a"} > 1', ''],
      ['plexus_queue_depth{chanel="a"}', ''],
      ['sum by (destination) (plexus_queue_depth)', ''],
      ['plexus_queue_depth_bucket', ''],
      ['plexus_queue_depth', '{{ $labels.destination }}'],
      ['vector(1)', ''],
    ];
    for (const [expr, text] of planted) assert.throws(() => judge('planted', expr, [text]), expr);
  });
});

describe('alert rules', () => {
  it('name only metrics and labels that exist', () => {
    for (const { alert, expr, annotations } of rules) {
      judge(alert, expr, Object.values(annotations));
    }
  });

  it('say who is woken, in one line, and what to do', () => {
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
    for (const { alert, labels, annotations } of rules) {
      assert.match(labels.severity, /^(page|ticket)$/, alert);
      assert.ok(annotations.summary.length > 10 && annotations.summary.length < 110, alert);
      assert.ok(annotations.description.length > 20, alert);
    }
  });

  it('watch everything that must not go unseen', () => {
    const watched = new Set(rules.flatMap(({ expr }) => metricsOf(expr)));
    const needed = [
      'plexus_quarantine_age_seconds',
      'plexus_queue_age_seconds',
      'plexus_destination_queue_age_seconds',
      'plexus_last_received_timestamp_seconds',
      'plexus_channel_conservation_violations',
      'plexus_commit_failures_total',
      'plexus_disk_free_bytes',
    ];
    for (const metric of needed) assert.ok(watched.has(metric), metric);
  });

  it('pass promtool and their own unit tests, where promtool is there', () => {
    const folder = fileURLToPath(new URL('prometheus/', deploy));
    const promtool = (...args: string[]) =>
      spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    if (promtool('--version').error) {
      console.log('      promtool is not installed: the rules were read, not run');
      return;
    }
    for (const args of [
      ['check', 'config', 'prometheus.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ]) {
      const { status, stdout, stderr } = promtool(...args);
      assert.equal(status, 0, `${stdout}${stderr}`);
    }
  });
});

describe('the Grafana dashboard', () => {
  it('asks only for metrics and labels that exist', () => {
    assert.ok(queries.length > 20);
    for (const { title, expr } of queries) judge(title, expr);
    judge('channel', 'label_values(plexus_channel_state, channel)');
    assert.match(
      JSON.stringify(dashboard.templating),
      /label_values\(plexus_channel_state, channel\)/,
    );
  });

  it('has no empty panel and no fixed data source', () => {
    for (const { title, targets } of panels) assert.ok((targets ?? []).length > 0, title);
    const sources = [...read('grafana/plexus.json').matchAll(/"uid": "([^"]+)"/g)];
    for (const [, uid] of sources) assert.match(uid ?? '', /^(\$\{datasource\}|plexus)$/);
  });
});
