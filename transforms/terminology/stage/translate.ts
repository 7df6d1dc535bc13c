import { createRequire } from 'node:module';
import {
  type CheckContext,
  type ConfigIssue,
  type StageComponent,
  suggestion,
} from '../../../engine/index.ts';
import { codeMapFile, codeMapReleases, isRelease, loadCodeMap } from '../code-map-file.ts';
import { none, releasesOfPin } from '../pins.ts';
import { type TranslateConfig, translateSchema } from './translate-config.ts';

/** Loaded where the stage runs; lint and the main thread check its configuration only. */
const require = createRequire(import.meta.url);
const running = (): typeof import('./translate-run.ts') => require('./translate-run.ts');

/** Appends the network's code to a facility's own, which always stays first. */
export const translateStage: StageComponent<TranslateConfig> = {
  role: 'stage',
  name: 'translate',
  flow: { takes: 'resources', gives: 'resources' },
  summary: 'Translates the codes that the mapping marks, by pinned code maps.',
  guarantees:
    'The original coding stays first and untouched; a map release is named by version, never ' +
    '"latest"; of several targets none is picked; a code that no map knows is flagged, stands on ' +
    'the work list by the time its message is settled, counted once a message, and blocks it ' +
    'only where a policy says so.',
  example: 'translate:\n  maps: { lab-code: mercy-west/lab-codes@1 }',
  schema: translateSchema,
  files: ({ maps }, { configDir }) =>
    Object.values(maps)
      .filter(isRelease)
      .map((release) => codeMapFile(configDir, release)),
  check: (config, context) => [...checkMaps(config, context), ...checkNames(config, context)],
  create: (config, context) => running().translating(config, context),
};

function checkMaps({ maps }: TranslateConfig, context: CheckContext): readonly ConfigIssue[] {
  return Object.entries(maps).flatMap(([use, release]): readonly ConfigIssue[] => {
    if (release === none) return [];
    const place = context.at(['maps', use]);
    const refuse = (code: string, message: string): readonly ConfigIssue[] => [
      { ...place, severity: 'error', code, message },
    ];
    // Whether it was imported only the data folder knows, when the channel starts.
    if (release.includes('|') && releasesOfPin(release) !== undefined) return [];
    const known = codeMapReleases(context.configDir);
    if (!isRelease(release)) return refuse(...misnamed(release, known));
    if (known.includes(release)) return loadCodeMap(context.configDir, release).issues;
    const hint = suggestion(release, known);
    return refuse('code-map-missing', `there is no map release \`${release}\`; ${hint}`);
  });
}

function checkNames(
  { maps, policy = {}, valueSets = {} }: TranslateConfig,
  context: CheckContext,
): readonly ConfigIssue[] {
  const mistake = (path: readonly string[], code: string, message: string): ConfigIssue => ({
    ...context.at(path),
    ...{ severity: 'error', code, message },
  });
  const strangers = Object.keys(policy).filter((use) => !Object.hasOwn(maps, use));
  const floating = Object.entries(valueSets).filter(
    ([, text]) => releasesOfPin(text) === undefined,
  );
  return [
    ...strangers.map((use) => {
      const hint = suggestion(use, Object.keys(maps));
      const message = `\`maps\` pins nothing for the use \`${use}\`; ${hint}`;
      return mistake(['policy', use], 'policy-use-unknown', message);
    }),
    ...floating.map(([name, text]) => {
      const message = `\`${text}\` names no version, and there is no "latest": OID@VERSION`;
      return mistake(['value_sets', name], 'value-set-version-missing', message);
    }),
  ];
}

/** Why a text names no release: mostly because the version is missing. */
function misnamed(release: string, known: readonly string[]): [code: string, message: string] {
  const versions = known.filter((name) => name.startsWith(`${release}@`));
  if (!release.includes('@') && isRelease(`${release}@1`)) {
    const choice = versions.map((name) => `\`${name}\``).join(', ') || 'there is none yet';
    return [
      'code-map-version-missing',
      `\`${release}\` names no version, and there is no "latest"; its releases: ${choice}`,
    ];
  }
  return [
    'code-map-name-invalid',
    `\`${release}\` is no map release; expected \`facility/name@version\`, for example ` +
      `\`${known[0] ?? 'mercy-west/lab-codes@1'}\``,
  ];
}
