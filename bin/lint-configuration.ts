import { type ConfigIssue, loadNetwork } from '../engine/index.ts';
import { loadMapping, mappingNames } from '../transforms/mapping/index.ts';
import { codeMapReleases, loadCodeMap } from '../transforms/terminology/index.ts';
import { registry } from './registry.ts';

/**
 * Every mistake of a configuration folder, each once, sorted by place: the network with all that
 * its channels refer to, and the mappings and code maps that no channel refers to (yet).
 */
export function lintConfiguration(configDir: string): readonly ConfigIssue[] {
  const issues = [
    ...loadNetwork(configDir, registry).issues,
    ...mappingNames(configDir).flatMap((name) => loadMapping(configDir, name).issues),
    ...codeMapReleases(configDir).flatMap((release) => loadCodeMap(configDir, release).issues),
  ];
  const distinct = new Map(issues.map((issue) => [JSON.stringify(issue), issue]));
  return [...distinct.values()].sort(
    (left, right) =>
      compare(left.file, right.file) || left.line - right.line || left.column - right.column,
  );
}

const compare = (left: string, right: string) => (left === right ? 0 : left < right ? -1 : 1);
