import type { CheckContext, Component, ConfigPlace } from '../component.ts';
import type { ConfigIssue } from '../issue.ts';
import { suggestion } from './nearest.ts';
import type { ComponentConfig } from './network.ts';
import { checkYaml } from './schema-issues.ts';
import type { ConfigPath, Position, YamlFile } from './yaml.ts';

/**
 * A component that a channel file names: its kind, its raw configuration, and where that stands.
 */
export type Named = { readonly kind: string; readonly raw: unknown; readonly path: ConfigPath };

type Result<T> = { readonly value: T | undefined; readonly issues: readonly ConfigIssue[] };

/** Takes `store`, `store:` and `store: {...}` apart; anything but exactly one key is a mistake. */
export function readNamed(value: unknown, yaml: YamlFile, path: ConfigPath): Result<Named> {
  if (typeof value === 'string') return { value: { kind: value, raw: {}, path }, issues: [] };
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 1) {
    const kind = keys[0]!;
    const raw = (value as Record<string, unknown>)[kind] ?? {};
    return { value: { kind, raw, path: [...path, kind] }, issues: [] };
  }
  const found = keys.map((key) => `\`${key}\``).join(', ') || 'none';
  const second = keys.length > 1 ? [...path, keys[1]!] : path;
  const message = `exactly one key names the component; found ${found}`;
  return {
    value: undefined,
    issues: [{ ...yaml.keyAt(second), severity: 'error', code: 'config-one-key', message }],
  };
}

export type ReadContext = {
  readonly yaml: YamlFile;
  readonly place: ConfigPlace;
  readonly channel: string;
  /** Keys that were taken off before the component sees its configuration, for suggestions. */
  readonly alsoKnown?: readonly string[];
};

/** Finds the component, checks its configuration by its schema, then by its own check. */
export function readComponent<C extends Component>(
  named: Named,
  known: ReadonlyMap<string, C>,
  context: ReadContext,
): Result<ComponentConfig> & { readonly files: readonly string[] } {
  const { yaml, place, channel } = context;
  const component = known.get(named.kind);
  if (component === undefined) {
    const message = `unknown name \`${named.kind}\`; ${suggestion(named.kind, [...known.keys()])}`;
    const code = 'config-unknown-component';
    const issue = { ...yaml.keyAt(named.path), severity: 'error' as const, code, message };
    return { value: undefined, issues: [issue], files: [] };
  }
  const checked = checkYaml(component.schema, yaml, named.path, named.raw, context.alsoKnown);
  if (checked.value === undefined) return { ...checked, files: [] };
  const config = checked.value;
  const checkContext: CheckContext = {
    ...place,
    channel,
    at: (path) => placeOf(yaml, [...named.path, ...path]),
  };
  return {
    value: { kind: named.kind, config },
    issues: component.check?.(config, checkContext) ?? [],
    files: component.files?.(config, place) ?? [],
  };
}

/** Where a reader looks for a path: the value on its key's line, else the key above the block. */
function placeOf(yaml: YamlFile, path: ConfigPath): Position {
  const key = yaml.keyAt(path);
  const value = yaml.valueAt(path);
  return value.line === key.line ? value : key;
}
