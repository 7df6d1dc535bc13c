import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigIssue, readYaml } from '../../engine/index.ts';
import { readAuthorities } from '../../transforms/mapping/index.ts';

/**
 * Mistakes of `authorities.yaml`, and of an identity policy that calls an authority by another name
 * than its identifier system: the policy would govern numbers that nobody has.
 */
export function authorityIssues(configDir: string): readonly ConfigIssue[] {
  const { issues, systems } = readAuthorities(configDir);
  const file = join(configDir, 'identity', 'policy.yaml');
  if (!existsSync(file)) return issues;
  const yaml = readYaml(file);
  const wrong: ConfigIssue[] = [];
  const lists = [['trust'], ['identifiers', 'weak_systems']] as const;
  for (const path of lists) {
    const list = path.reduce<unknown>((at, key) => (at as Keyed | undefined)?.[key], yaml.value);
    for (const [index, name] of (Array.isArray(list) ? list : []).entries()) {
      const system = systems.get(String(name));
      if (system === undefined || system === name) continue;
      const message = `\`${name}\` is a name of \`${system}\`, the system that records have`;
      const place = yaml.valueAt([...path, index]);
      wrong.push({ ...place, severity: 'error', code: 'authority-name', message });
    }
  }
  return [...issues, ...wrong];
}

type Keyed = Readonly<Record<string, unknown>>;
