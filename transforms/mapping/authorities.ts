import { existsSync } from 'node:fs';
import { z } from 'zod';
import { type ConfigIssue, checkYaml, readYaml, type YamlFile } from '../../engine/index.ts';
import { authoritiesFile } from './mapping-files.ts';
import type { Layer } from './merge.ts';

const authority = z.strictObject({
  system: z
    .string()
    .regex(/^(?:https?:\/\/|urn:)\S+$/, 'expected a uri such as `urn:oid:2.999.10.2`')
    .describe('Identifier system that all its names stand for, here and in the identity policy.'),
  description: z.string().optional().describe('Who that is, and what it numbers.'),
  names: z
    .array(z.string())
    .default([])
    .describe(
      'As senders write it (HD): namespaces, OIDs, DNS names, uris. The OID of a `urn:oid:` ' +
        'system is one already. A namespace that two senders use for two authorities belongs ' +
        'into their mappings, not here.',
    ),
});

/** `authorities.yaml`: who gives numbers in this network, and by which names they are known. */
export const authoritiesSchema = z.strictObject({ authorities: z.array(authority) });

export type Authorities = {
  /** Undefined where the configuration has no such file. */
  readonly yaml: YamlFile | undefined;
  readonly issues: readonly ConfigIssue[];
  /** Each name to the system; lower-case beside the spelling. */
  readonly systems: ReadonlyMap<string, string>;
};

/** Reads `authorities.yaml`; never throws for what it holds. */
export function readAuthorities(configDir: string): Authorities {
  const file = authoritiesFile(configDir);
  const systems = new Map<string, string>();
  if (!existsSync(file)) return { yaml: undefined, issues: [], systems };
  const yaml = readYaml(file);
  if (yaml.issues.length > 0) return { yaml, issues: yaml.issues, systems };
  const checked = checkYaml<z.output<typeof authoritiesSchema>>(authoritiesSchema, yaml);
  const issues = [...checked.issues];
  const place = (path: (string | number)[], message: string) =>
    issues.push({
      ...yaml.valueAt(['authorities', ...path]),
      severity: 'error',
      code: 'authority-conflict',
      message,
    });
  for (const [index, { system, names }] of (checked.value?.authorities ?? []).entries()) {
    if (systems.has(system)) place([index, 'system'], `\`${system}\` stands here twice`);
    for (const name of [system, ...implied(system)]) systems.set(name, system);
    for (const [at, name] of names.entries()) {
      const known = systems.get(name) ?? systems.get(name.toLowerCase());
      if (known !== undefined && known !== system)
        place([index, 'names', at], `\`${name}\` is a name of \`${known}\` already`);
      for (const spelling of [name, name.toLowerCase(), ...implied(name)])
        if (!systems.has(spelling)) systems.set(spelling, system);
    }
  }
  return { yaml, issues, systems };
}

/** `urn:oid:2.999.1` and `2.999.1` are one. */
function implied(name: string): string[] {
  const [, bare] = /^urn:(?:oid|uuid):(.+)$/i.exec(name) ?? [];
  return bare === undefined ? [] : [bare, bare.toLowerCase()];
}

/** The registry as a layer under the facility`s own: what a dialect says of its sender stands. */
export function withAuthorities(
  layers: readonly Layer[],
  { yaml, systems }: Authorities,
): readonly Layer[] {
  if (yaml === undefined || layers.length === 0) return layers;
  const dialect = { authorities: Object.fromEntries(systems) };
  const layer = {
    mapping: 'authorities',
    file: yaml.file,
    value: { mapping: 'authorities', dialect },
  };
  const at = layers.findIndex(({ value }) => value.mapping === 'base');
  return [...layers.slice(0, Math.max(at, 0)), layer, ...layers.slice(Math.max(at, 0))];
}

/** A name that the registry knows means in every mapping what it means there. */
export function checkDialects(
  layers: readonly Layer[],
  files: ReadonlyMap<string, YamlFile>,
  { systems }: Authorities,
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  for (const { file, value } of layers)
    for (const [name, system] of Object.entries(value.dialect?.authorities ?? {})) {
      const known = systems.get(name) ?? systems.get(name.toLowerCase());
      if (known === undefined || known === system) continue;
      const place = files.get(file)!.valueAt(['dialect', 'authorities', name]);
      const message = `\`${name}\` is \`${known}\` in authorities.yaml`;
      issues.push({ ...place, severity: 'error', code: 'authority-conflict', message });
    }
  return issues;
}
