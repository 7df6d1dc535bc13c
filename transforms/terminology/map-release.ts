import { existsSync } from 'node:fs';
import { type CodeMap, translateCode } from './code-map.ts';
import { isRelease, loadCodeMap } from './code-map-file.ts';
import { releasesOfPin } from './pins.ts';
import { withShipped } from './shipped/index.ts';
import {
  openTerminology,
  partsOf,
  remembered,
  type TerminologyStore,
  type TranslatedCode,
  terminologyFile,
  translateByMap,
} from './store/index.ts';

/**
 * One release of a map, wherever it lies: a CSV file in git or a ConceptMap of the store. It never
 * changes, so what it answered once is kept.
 */
export type MapRelease = {
  /** As pinned: `facility/name@version` or `URL|VERSION`. */
  readonly release: string;
  /** The systems that it translates to. */
  readonly targetSystems: ReadonlySet<string>;
  translate(system: string, code: string): TranslatedCode;
};

export function releaseOfCodeMap(map: CodeMap): MapRelease {
  const { release, targetSystems } = map;
  return {
    ...{ release, targetSystems },
    translate: remembered((system, code) => {
      const found = translateCode(map, system, code);
      switch (found.outcome) {
        case 'mapped':
        case 'mapped-with-loss':
          return { outcome: found.outcome, targets: [found.target] };
        case 'ambiguous':
          return found;
        default:
          return { outcome: found.outcome, targets: [] };
      }
    }),
  };
}

export function releaseOfConceptMap(
  { knowledge }: Pick<TerminologyStore, 'knowledge'>,
  text: string,
): MapRelease | undefined {
  for (const { url, version } of releasesOfPin(text) ?? []) {
    const map = knowledge.conceptMap(url, version);
    if (map === undefined) continue;
    const targets = partsOf(map.resource).map(({ target }) => target.system);
    return {
      release: text,
      targetSystems: new Set(targets.filter((target) => target !== '')),
      translate: remembered((system, code) => translateByMap(map, system, code)),
    };
  }
  return undefined;
}

/** What may still change is no release that a resource could name. */
const isDraft = (store: TerminologyStore | undefined, text: string): boolean =>
  releasesOfPin(text)?.some(
    ({ url, version }) => store?.find('ConceptMap', url, version)?.state === 'draft',
  ) ?? false;

export type MapSource = {
  readonly configDir: string;
  readonly dataDir: string;
  readonly key: Buffer;
};

/** Opens releases by their pins; the store is opened when one of its maps is asked for. */
export function openMapReleases({ configDir, dataDir, key }: MapSource) {
  let store: TerminologyStore | undefined;
  return {
    /** Undefined: there is no such release. Its file's mistakes are the caller's to look for. */
    open(text: string): MapRelease | undefined {
      if (isRelease(text)) {
        const { map } = loadCodeMap(configDir, text);
        return map && releaseOfCodeMap(map);
      }
      const file = terminologyFile(dataDir);
      if (store === undefined && existsSync(file))
        store = openTerminology({ file, key, readonly: true, isTranslator: true });
      if (isDraft(store, text)) return undefined;
      return releaseOfConceptMap({ knowledge: withShipped(store?.knowledge) }, text);
    },
    close(): void {
      store?.close();
      store = undefined;
    },
  };
}
