import type { ConfigIssue } from '../issue.ts';
import { defaultHttp } from './channel-schema.ts';
import type { LoadedChannel } from './load-channel.ts';
import { valueIn } from './schema-issues.ts';
import type { ConfigPath, Position, YamlFile } from './yaml.ts';

/**
 * Something that only one may have: words (a name, a folder) within a scope, or a port on a host.
 */
type Claim = {
  readonly what: string;
  readonly code: string;
  readonly position: Position;
  readonly on:
    | { readonly kind: 'words'; readonly scope: string; readonly words: string }
    | { readonly kind: 'port'; readonly host: string; readonly port: number };
};

/**
 * What no single file can know: names, ports and folders that two parts of the network both
 * claim.
 */
export function findConflicts(
  network: YamlFile,
  channels: readonly LoadedChannel[],
): ConfigIssue[] {
  const claims = [
    ...portClaims(network, ['http'], defaultHttp.port),
    ...channels.flatMap(claimsOf),
  ];
  const issues: ConfigIssue[] = [];
  for (const [index, claim] of claims.entries()) {
    const first = claims.slice(0, index).find((other) => clash(other, claim));
    if (first === undefined) continue;
    const { file, line, column } = first.position;
    const message = `${claim.what} is taken already at ${file}:${line}:${column}`;
    issues.push({ ...claim.position, severity: 'error', code: claim.code, message });
  }
  return issues;
}

function clash({ on: left }: Claim, { on: right }: Claim): boolean {
  if (left.kind === 'words')
    return right.kind === 'words' && left.scope === right.scope && left.words === right.words;
  if (right.kind !== 'port' || left.port !== right.port) return false;
  return left.host === right.host || isEverywhere(left.host) || isEverywhere(right.host);
}

const isEverywhere = (host: string) => host === '0.0.0.0' || host === '::';

function claimsOf({ yaml, name }: LoadedChannel): Claim[] {
  const claims: Claim[] = [];
  if (name !== undefined) {
    const on = { kind: 'words', scope: 'channels', words: name } as const;
    const position = yaml.valueAt(['channel']);
    claims.push({ what: `the channel name \`${name}\``, code: 'duplicate-channel', position, on });
  }
  // A channel that is off may keep the port and the folder of the one that took its place.
  const enabled = valueIn(yaml.value, ['enabled']) !== false;
  const source = componentPath(valueIn(yaml.value, ['source']), ['source']);
  if (source !== undefined && enabled)
    claims.push(...portClaims(yaml, source.path), ...folderClaims(yaml, source.path));
  const routes = valueIn(yaml.value, ['routes']);
  for (const [index, item] of (Array.isArray(routes) ? routes : []).entries()) {
    const route = componentPath(item, ['routes', index]);
    if (route === undefined) continue;
    claims.push(routeNameClaim(yaml, route.path, route.kind));
    if (enabled) claims.push(...folderClaims(yaml, route.path));
  }
  return claims;
}

function routeNameClaim(yaml: YamlFile, path: ConfigPath, kind: string): Claim {
  const given = valueIn(yaml.value, [...path, 'name']);
  const words = typeof given === 'string' ? given : kind;
  const what = `the route name \`${words}\` in this channel`;
  const position = typeof given === 'string' ? yaml.valueAt([...path, 'name']) : yaml.keyAt(path);
  const on = { kind: 'words', scope: `routes of ${yaml.file}`, words } as const;
  return { what, code: 'duplicate-route', position, on };
}

function folderClaims(yaml: YamlFile, path: ConfigPath): Claim[] {
  const folder = valueIn(yaml.value, [...path, 'folder']);
  if (typeof folder !== 'string') return [];
  const words = folder.replace(/\/+$/, '').replace(/^\.\//, '');
  const on = { kind: 'words', scope: 'folders', words } as const;
  const position = yaml.valueAt([...path, 'folder']);
  return [{ what: `the folder \`${words}\``, code: 'duplicate-folder', position, on }];
}

function portClaims(yaml: YamlFile, path: ConfigPath, defaultPort?: number): Claim[] {
  const port = valueIn(yaml.value, [...path, 'port']) ?? defaultPort;
  const host = valueIn(yaml.value, [...path, 'host']) ?? '127.0.0.1';
  if (typeof port !== 'number' || port === 0 || typeof host !== 'string') return [];
  const position = yaml.valueAt([...path, 'port']);
  const on = { kind: 'port', host, port } as const;
  return [{ what: `port ${port}`, code: 'duplicate-port', position, on }];
}

function componentPath(
  value: unknown,
  path: ConfigPath,
): { readonly kind: string; readonly path: ConfigPath } | undefined {
  if (typeof value === 'string') return { kind: value, path };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const keys = Object.keys(value);
  return keys.length === 1 ? { kind: keys[0]!, path: [...path, keys[0]!] } : undefined;
}
