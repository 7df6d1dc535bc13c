import { compareVersions, type Knowledge } from '../../knowledge.ts';
import { isRetired, type TerminologyStore } from '../../store/index.ts';
import type { Staged } from '../context.ts';
import type { TargetState } from './check-map.ts';

/**
 * Whether the target of a map is in use: by the version that the map names, else by the newest
 * that is known, of what is imported now, what is published, and what is shipped.
 */
export function targetStates(
  store: TerminologyStore,
  ended: readonly Staged[],
  beside: Knowledge | undefined,
): TargetState {
  const inImport = store.db.prepare(
    `SELECT retired FROM concept INDEXED BY concept_code
     WHERE release = ? AND code = ? COLLATE NOCASE AND code = ?`,
  );
  const lookups = new Map<string, (code: string) => boolean | undefined>();
  const lookup = (system: string, version: string | undefined) => {
    const key = `${system}|${version ?? ''}`;
    const known = lookups.get(key);
    if (known !== undefined) return known;
    const made = find(system, version);
    lookups.set(key, made);
    return made;
  };
  /** Gives a look-up, or one that knows nothing: true is out of use, undefined is no code of it. */
  function find(system: string, version: string | undefined) {
    const staged = ended
      .filter(({ staging, heading }) => staging.kind === 'CodeSystem' && heading.url === system)
      .filter(({ heading }) => version === undefined || heading.version === version)
      .sort((a, b) => compareVersions(b.heading.version, a.heading.version))[0];
    const layers = [store.knowledge, ...(beside === undefined ? [] : [beside])];
    const published = layers.flatMap((layer) =>
      layer.versions('CodeSystem', system).map((each) => ({ layer, each })),
    );
    const [best] = published
      .filter(({ each }) => version === undefined || each === version)
      .sort((a, b) => compareVersions(b.each, a.each));
    const isNewer =
      best !== undefined &&
      staged !== undefined &&
      compareVersions(best.each, staged.heading.version) > 0;
    if (staged !== undefined && !isNewer) {
      isWhole.set(`${system}|${version ?? ''}`, staged.heading.resource.content === 'complete');
      return (code: string) => {
        const row = inImport.get(staged.staging.id, code, code) as { retired: number } | undefined;
        return row && row.retired === 1;
      };
    }
    const reader = best?.layer.codeSystem(system, best.each);
    isWhole.set(`${system}|${version ?? ''}`, reader?.resource.content === 'complete');
    return (code: string) => {
      const concept = reader?.concept(code);
      return concept && isRetired(concept.properties);
    };
  }
  const isWhole = new Map<string, boolean>();
  return (system, version, code) => {
    const found = lookup(system, version)(code);
    if (found !== undefined) return found ? 'retired' : 'in-use';
    return isWhole.get(`${system}|${version ?? ''}`) === true ? 'unknown-code' : undefined;
  };
}
