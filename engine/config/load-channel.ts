import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import type { ConfigPlace, Registry } from '../component.ts';
import type { ConfigIssue } from '../issue.ts';
import { channelSchema, routeSchema } from './channel-schema.ts';
import { type Named, type ReadContext, readComponent, readNamed } from './components.ts';
import {
  type ChannelConfig,
  type ComponentConfig,
  type RouteConfig,
  sendersName,
} from './network.ts';
import { checkYaml, valueIn } from './schema-issues.ts';
import { findMisplaced, findStarving, findUnowed } from './stage-order.ts';
import { type ConfigPath, readYaml, type YamlFile } from './yaml.ts';

/**
 * What one channel file came to: a channel when nothing in it is wrong, and what others may clash
 * with.
 */
export type LoadedChannel = {
  readonly yaml: YamlFile;
  readonly name: string | undefined;
  readonly channel: ChannelConfig | undefined;
  readonly issues: readonly ConfigIssue[];
};

/** Reads and checks one channel file. All of it is looked at, whatever is wrong in a part of it. */
export function loadChannel(file: string, place: ConfigPlace, registry: Registry): LoadedChannel {
  const yaml = readYaml(file);
  const written = valueIn(yaml.value, ['channel']);
  const name = typeof written === 'string' ? written : undefined;
  if (yaml.issues.length > 0) return { yaml, name, channel: undefined, issues: yaml.issues };
  const shape = checkYaml(channelSchema, yaml);
  const isSound = shape.issues.length === 0;
  const parts = readParts({ yaml, place, channel: name ?? '' }, registry, isSound);
  const issues = [...shape.issues, ...parts.issues, ...misnamed(yaml, name)];
  const { value } = shape;
  const failed = value === undefined || issues.some((issue) => issue.severity === 'error');
  if (failed || parts.source === undefined) return { yaml, name, channel: undefined, issues };
  const channel: ChannelConfig = {
    name: value.channel,
    owner: value.owner,
    description: value.description,
    enabled: value.enabled,
    ack: value.ack,
    orderBy: value.order_by,
    lanes: value.lanes,
    dedupeHours: value.dedupe_hours,
    source: parts.source,
    stages: parts.stages,
    routes: parts.routes,
    ...answersOf(parts, registry),
    tests: value.tests,
    revision: revisionOf(place.configDir, [file, ...parts.files]),
    file,
  };
  return { yaml, name, channel, issues };
}

/** People look for a channel in the file of its name. */
function misnamed(yaml: YamlFile, name: string | undefined): ConfigIssue[] {
  const word = basename(yaml.file).replace(/\.ya?ml$/, '');
  if (name === undefined || name === word) return [];
  const message = `the file is called \`${word}\` and the channel \`${name}\`: name them alike`;
  const at = yaml.valueAt(['channel']);
  return [{ ...at, severity: 'warning', code: 'channel-file-name', message }];
}

type Parts = {
  source: ComponentConfig | undefined;
  readonly stages: ComponentConfig[];
  readonly routes: RouteConfig[];
  readonly files: string[];
  readonly issues: ConfigIssue[];
};

/**
 * Reads source, stages and routes from the raw value, so that a mistake elsewhere hides none
 * here. `isSound`: no other key is wrong.
 */
function readParts(context: ReadContext, registry: Registry, isSound: boolean): Parts {
  const { yaml } = context;
  const parts: Parts = { source: undefined, stages: [], routes: [], files: [], issues: [] };
  const read = (value: unknown, path: ConfigPath): Named | undefined => {
    // What is neither text nor a map the schema has told.
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (typeof value !== 'string' && !isMap) return undefined;
    const named = readNamed(value, yaml, path);
    parts.issues.push(...named.issues);
    return named.value;
  };
  const take = <T>(result: { value?: T | undefined; issues: readonly ConfigIssue[] }): T[] => {
    parts.issues.push(...result.issues);
    return result.value === undefined ? [] : [result.value];
  };
  const source = read(valueIn(yaml.value, ['source']), ['source']);
  if (source !== undefined) {
    const result = readComponent(source, registry.sources, context);
    parts.files.push(...result.files);
    [parts.source] = take(result);
  }
  const stages: Named[] = [];
  for (const [index, item] of listIn(yaml, 'stages').entries()) {
    const stage = read(item, ['stages', index]);
    if (stage === undefined) continue;
    const result = readComponent(stage, registry.stages, context);
    parts.files.push(...result.files);
    parts.stages.push(...take(result));
    stages.push(stage);
  }
  parts.issues.push(...findMisplaced(stages, yaml, registry));
  const routes: Named[] = [];
  for (const [index, item] of listIn(yaml, 'routes').entries()) {
    const route = read(item, ['routes', index]);
    if (route === undefined) continue;
    const result = readRoute(route, registry, context);
    parts.files.push(...result.files);
    parts.routes.push(...take(result));
    routes.push(route);
  }
  // A stage that is misspelt is one mistake, not two.
  if (isSound && parts.issues.length === 0)
    parts.issues.push(
      ...findStarving(stages, routes, yaml, registry),
      ...findUnowed(source, routes, yaml, registry),
    );
  return parts;
}

/** Which queue holds the answers that senders are owed; none where the source owes none. */
function answersOf({ source, routes }: Parts, registry: Registry): { answers?: string } {
  if (!source || !registry.sources.get(source.kind)?.answers) return {};
  const route = routes.find(({ kind }) => registry.routes.get(kind)?.answers);
  return { answers: route?.name ?? sendersName };
}

function listIn(yaml: YamlFile, key: string): readonly unknown[] {
  const value = valueIn(yaml.value, [key]);
  return Array.isArray(value) ? value : [];
}

/**
 * A route's own configuration and the keys that every route has stand in one map; this parts
 * them.
 */
function readRoute(route: Named, registry: Registry, context: ReadContext) {
  const isMap = typeof route.raw === 'object' && route.raw !== null && !Array.isArray(route.raw);
  const shared: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [key, value] of isMap ? Object.entries(route.raw as object) : [])
    (Object.hasOwn(routeSchema.shape, key) ? shared : own)[key] = value;
  const common = checkYaml(routeSchema, context.yaml, route.path, shared);
  const alsoKnown = Object.keys(routeSchema.shape);
  const named = isMap ? { ...route, raw: own } : route;
  const component = readComponent(named, registry.routes, { ...context, alsoKnown });
  const issues = [...component.issues, ...common.issues];
  if (component.value === undefined || common.value === undefined)
    return { value: undefined, issues, files: component.files };
  const { name, retry, on_uncertain } = common.value;
  const value: RouteConfig = {
    ...component.value,
    name: name ?? route.kind,
    retry: { firstMs: retry.first_ms, lastMs: retry.last_ms },
    onUncertain: on_uncertain,
  };
  return { value, issues, files: component.files };
}

/**
 * Twelve hex digits of SHA-256 over names and contents. A file outside the configuration counts
 * by its own name alone: the same configuration has the same revision wherever it and Plexus lie.
 */
function revisionOf(configDir: string, files: readonly string[]): string {
  const named = [...new Set(files)].map((file) => {
    const way = relative(configDir, file);
    return { file, label: way.startsWith('..') ? basename(file) : way };
  });
  const hash = createHash('sha256');
  for (const { file, label } of named.sort((a, b) => (a.label < b.label ? -1 : 1))) {
    const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    hash.update(`${label}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
