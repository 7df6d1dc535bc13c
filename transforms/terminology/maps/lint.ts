import type { ConfigIssue } from '../../../engine/index.ts';
import { translateCode } from '../code-map.ts';
import { codeMapFile, codeMapReleases, loadCodeMap } from '../code-map-file.ts';
import type { Knowledge } from '../knowledge.ts';
import { isRetired } from '../store/index.ts';
import { checkReview } from './review.ts';

/** A code that a channel sent for a use that a map is pinned to. */
export type SentCode = { readonly system: string; readonly code: string; readonly count: number };

export type MapLintSources = {
  /** The code systems at hand. */
  readonly knowledge: Knowledge;
  /** What was sent to a map since it is pinned; empty where there is no data. */
  sentTo(release: string): readonly SentCode[];
};

/**
 * What reading the CSV files alone cannot know: whether targets are in their code systems and in
 * use, whether a source has two equal targets, what of the codes seen is covered, and who answers.
 * A code system that is not at hand is a warning of its own, and no pass.
 */
export function lintCodeMaps(configDir: string, sources: MapLintSources): readonly ConfigIssue[] {
  return codeMapReleases(configDir).flatMap((release) => [
    ...lintRows(configDir, release, sources.knowledge),
    ...lintCoverage(configDir, release, sources.sentTo(release)),
    ...checkReview(configDir, release).issues,
  ]);
}

function lintRows(configDir: string, release: string, knowledge: Knowledge): ConfigIssue[] {
  const { map, lines } = loadCodeMap(configDir, release);
  if (map === undefined) return [];
  const file = codeMapFile(configDir, release);
  const issues: ConfigIssue[] = [];
  const unchecked = new Map<string, number>();
  const tell = (line: number, severity: 'error' | 'warning', code: string, message: string) =>
    issues.push({ file, line, column: 1, severity, code, message });
  for (const [source, targets] of map.targets) {
    const line = lines.get(source) ?? 1;
    const equal = targets.filter(({ relationship }) => relationship === 'equivalent');
    if (equal.length > 1)
      tell(line, 'error', 'code-map-equal-targets', `${equal.length} targets are \`equivalent\``);
    for (const { system, code } of targets) {
      const [version] = knowledge.versions('CodeSystem', system);
      const found = version === undefined ? undefined : knowledge.codeSystem(system, version);
      const of = `${system}|${version}`;
      if (found === undefined || found.resource.content === 'not-present')
        unchecked.set(system, (unchecked.get(system) ?? 0) + 1);
      else {
        const concept = found.concept(code);
        const isWhole = (found.resource.content ?? 'complete') === 'complete';
        if (concept === undefined && isWhole)
          tell(line, 'error', 'code-map-target-unknown', `${of} has no code \`${code}\``);
        else if (concept === undefined) unchecked.set(system, (unchecked.get(system) ?? 0) + 1);
        else if (isRetired(concept.properties))
          tell(line, 'error', 'code-map-target-retired', `${of} has retired \`${code}\``);
      }
    }
  }
  for (const [system, count] of unchecked) {
    const message = `${count} targets in ${system} are unchecked: it is not imported here`;
    tell(1, 'warning', 'code-map-unchecked', message);
  }
  return issues;
}

function lintCoverage(
  configDir: string,
  release: string,
  sent: readonly SentCode[],
): readonly ConfigIssue[] {
  const { map } = loadCodeMap(configDir, release);
  if (map === undefined || sent.length === 0) return [];
  const own = sent.filter(({ system }) => !map.targetSystems.has(system));
  const missed = own.filter(
    ({ system, code }) => translateCode(map, system, code).outcome === 'unmapped',
  );
  if (missed.length === 0) return [];
  const sum = (rows: readonly SentCode[]) => rows.reduce((total, { count }) => total + count, 0);
  const share = ((100 * (sum(own) - sum(missed))) / sum(own)).toFixed(1);
  const message =
    `of the codes that were sent lately ${missed.length} of ${own.length} have no row; ` +
    `${share} % of ${sum(own)} results are covered`;
  const place = { file: codeMapFile(configDir, release), line: 1, column: 1 };
  return [{ ...place, severity: 'warning', code: 'code-map-coverage', message }];
}
