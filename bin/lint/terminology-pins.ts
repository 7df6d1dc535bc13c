import { existsSync } from 'node:fs';
import {
  type CheckContext,
  ConfigError,
  type ConfigIssue,
  createRegistry,
  inOrder,
  type LoadedNetwork,
  loadNetwork,
  type Network,
} from '../../engine/index.ts';
import {
  isRelease,
  releasesOfPin,
  type TerminologyStore,
  type TranslateConfig,
  withShipped,
} from '../../transforms/terminology/index.ts';
import { registry } from '../registry.ts';
import { readTerminologyStore } from '../terminology/store.ts';

type From = {
  readonly configDir: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly baseDir?: string;
};

/**
 * What channels pin by `URL|VERSION` and nobody published here, each with its place: a code that
 * comes would wait for ever. Only the data folder knows, so without one it is told as unchecked.
 */
export function pinIssues(
  { configDir, baseDir, ...from }: From,
  isStart = false,
): readonly ConfigIssue[] {
  using opened = openWhenAsked(from, isStart);
  const { sources, stages, routes } = registry;
  const all = [...sources.values(), ...stages.values(), ...routes.values()];
  const pinned = createRegistry(
    all.map((component) => ({
      ...component,
      check: (config: unknown, context: CheckContext) =>
        component.role === 'stage' && component.name === 'translate'
          ? checkPins(config as TranslateConfig, context, opened)
          : [],
    })) as typeof all,
  );
  const place = { dataDir: from.dataDir, ...(baseDir === undefined ? {} : { baseDir }) };
  const { issues } = loadNetwork(configDir, pinned, place);
  return issues.filter(({ code }) => codes.has(code));
}

const codes: ReadonlySet<string> = new Set([
  ...['release-missing', 'release-draft', 'release-unchecked'],
]);

/** A loaded configuration with what is wrong with its pins; without a network when it is. */
export function withPinsChecked(loaded: LoadedNetwork, from: From): LoadedNetwork {
  const { network } = loaded;
  const isAsked = network?.channels.some(({ stages }) =>
    stages.some(({ kind, config }) => kind === 'translate' && storedPins(config).length > 0),
  );
  if (network === undefined || isAsked !== true) return loaded;
  const found = pinIssues(from, true).filter(({ severity }) => severity === 'error');
  if (found.length === 0) return loaded;
  return { network: undefined, issues: inOrder([...loaded.issues, ...found]) };
}

/** The same for a start: throws ConfigError. */
export function requirePins(network: Network, from: From): void {
  const { issues } = withPinsChecked({ network, issues: [] }, from);
  if (issues.length > 0) throw new ConfigError(issues);
}

type Pin = readonly [
  path: readonly [string, string],
  kind: 'ConceptMap' | 'ValueSet',
  text: string,
];

function storedPins(config: unknown): readonly Pin[] {
  const { maps = {}, valueSets = {} } = config as Partial<TranslateConfig>;
  const ofMaps = Object.entries(maps)
    .filter(([, text]) => !isRelease(text))
    .map(([use, text]): Pin => [['maps', use], 'ConceptMap', text]);
  const ofSets = Object.entries(valueSets).map(
    ([name, text]): Pin => [['value_sets', name], 'ValueSet', text],
  );
  return [...ofMaps, ...ofSets].filter(([, , text]) => releasesOfPin(text) !== undefined);
}

type Opened = ReturnType<typeof openWhenAsked>;

function openWhenAsked({ dataDir, env }: Omit<From, 'configDir'>, isStart: boolean) {
  let store: TerminologyStore | undefined;
  let isOpened = false;
  return {
    hasData: isStart || existsSync(dataDir),
    store() {
      if (!isOpened) store = readTerminologyStore({ dataDir, env });
      isOpened = true;
      return store;
    },
    [Symbol.dispose]: () => store?.close(),
  };
}

function checkPins(
  config: TranslateConfig,
  context: CheckContext,
  opened: Opened,
): readonly ConfigIssue[] {
  return storedPins(config).flatMap(([path, kind, text]): readonly ConfigIssue[] => {
    const place = context.at(path);
    const state = stateOf(opened.store(), kind, text);
    if (state === 'published') return [];
    if (state === 'draft') {
      const message = `\`${text}\` is a draft, which may yet change: import it with status active`;
      return [{ ...place, severity: 'error', code: 'release-draft', message }];
    }
    if (!opened.hasData) {
      const message = `\`${text}\` is unchecked: there is no data folder here to look into`;
      return [{ ...place, severity: 'warning', code: 'release-unchecked', message }];
    }
    const message = `\`${text}\` was not imported here: ./plexus terminology import FILE`;
    return [{ ...place, severity: 'error', code: 'release-missing', message }];
  });
}

function stateOf(
  store: TerminologyStore | undefined,
  kind: 'ConceptMap' | 'ValueSet',
  text: string,
): 'published' | 'draft' | 'missing' {
  const known = withShipped(store?.knowledge);
  for (const { url, version } of releasesOfPin(text) ?? []) {
    const found = store?.find(kind, url, version);
    if (found?.state === 'draft') return 'draft';
    const reader = kind === 'ConceptMap' ? known.conceptMap : known.valueSet;
    if (found !== undefined || reader(url, version) !== undefined) return 'published';
  }
  return 'missing';
}
