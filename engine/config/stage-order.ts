import type { Flow, Registry } from '../component.ts';
import type { ConfigIssue } from '../issue.ts';
import type { Named } from './components.ts';
import type { YamlFile } from './yaml.ts';

/** The stages that do not get what they take, such as `identify` before `convert`. */
export function findMisplaced(
  stages: readonly Named[],
  yaml: YamlFile,
  registry: Registry,
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  let flow: Flow | undefined = 'message';
  for (const { kind, path } of stages) {
    const own = registry.stages.get(kind)?.flow;
    if (flow !== undefined && own !== undefined && own.takes !== flow) {
      const place = placeOf(own.takes, registry);
      const message = `\`${kind}\` takes the ${own.takes} and gets the ${flow}: put it ${place}`;
      const isWord = typeof path.at(-1) === 'number';
      const at = isWord ? yaml.valueAt(path) : yaml.keyAt(path);
      issues.push({ ...at, severity: 'error', code: 'stage-order', message });
    }
    flow = own?.gives;
  }
  return issues;
}

function placeOf(wanted: Flow, { stages }: Registry): string {
  if (wanted === 'message') return 'first';
  const makers = [...stages.values()].filter(
    ({ flow }) => flow?.gives === wanted && flow.takes !== wanted,
  );
  return `behind ${makers.map(({ name }) => `\`${name}\``).join(' or ')}`;
}
