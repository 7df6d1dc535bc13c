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
  for (const stage of stages) {
    const own = registry.stages.get(stage.kind)?.flow;
    if (flow !== undefined && own !== undefined && own.takes !== flow) {
      const gets = `\`${stage.kind}\` takes the ${own.takes} and gets the ${flow}`;
      issues.push(issueAt(stage, yaml, `${gets}: put it ${placeOf(own.takes, registry)}`));
    }
    flow = own?.gives;
  }
  return issues;
}

/** The routes that would have nothing to deliver, such as `files` without `store`. */
export function findStarving(
  stages: readonly Named[],
  routes: readonly Named[],
  yaml: YamlFile,
  registry: Registry,
): ConfigIssue[] {
  const last = stages.at(-1);
  const flow = last ? registry.stages.get(last.kind)?.flow?.gives : 'message';
  return routes.flatMap((route) => {
    const takes = registry.routes.get(route.kind)?.takes;
    if (flow === undefined || takes === undefined || takes === flow) return [];
    const gets = `\`${route.kind}\` takes the ${takes} and gets the ${flow}`;
    const stage = placeOf(takes, registry).replace('behind ', '');
    return [issueAt(route, yaml, `${gets}: end the stages with ${stage}`)];
  });
}

/** Routes that carry answers: at most one, and only where the source's senders are owed any. */
export function findUnowed(
  source: Named | undefined,
  routes: readonly Named[],
  yaml: YamlFile,
  registry: Registry,
): ConfigIssue[] {
  const carriers = routes.filter(({ kind }) => registry.routes.get(kind)?.answers);
  const isOwed = source !== undefined && registry.sources.get(source.kind)?.answers;
  return carriers.slice(isOwed ? 1 : 0).map((route) => {
    const why = isOwed
      ? 'another route carries the answers already'
      : `no sender of \`${source?.kind ?? 'this source'}\` is owed an answer`;
    return issueAt(route, yaml, `\`${route.kind}\` has nothing to carry: ${why}`, 'no-answers');
  });
}

function issueAt(
  { path }: Named,
  yaml: YamlFile,
  message: string,
  code = 'stage-order',
): ConfigIssue {
  const at = typeof path.at(-1) === 'number' ? yaml.valueAt(path) : yaml.keyAt(path);
  return { ...at, severity: 'error', code, message };
}

function placeOf(wanted: Flow, { stages }: Registry): string {
  if (wanted === 'message') return 'first';
  const makers = [...stages.values()].filter(
    ({ flow }) => flow?.gives === wanted && flow.takes !== wanted,
  );
  return `behind ${makers.map(({ name }) => `\`${name}\``).join(' or ')}`;
}
