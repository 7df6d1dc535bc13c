import { ConfigError, exitCodes } from '../../../engine/index.ts';
import {
  type Change,
  type Compared,
  codeMapReleases,
  type DriftSources,
  diffCodeMaps,
  hitsOf,
  loadCodeMap,
  type Release,
  releasesOfPin,
  sentenceOf,
  systemOf,
  type TerminologyStore,
  useOf,
  type WorkList,
} from '../../../transforms/terminology/index.ts';
import { UsageError } from '../../command.ts';
import { diffBeside, kindsBeside } from '../../terminology/beside.ts';
import { pinsOfChannels } from '../../terminology/pins.ts';
import { readTerminologyStore, releaseMissing, releaseOf } from '../../terminology/store.ts';
import { workListOf } from '../../terminology/work.ts';
import type { TerminologyCall } from './options.ts';

const named = ({ url, version }: Release): string => `${url}|${version}`;

/**
 * `terminology diff A B`: every change with its use, then the pins that lose something; exit 1 when
 * there is one.
 */
export async function terminologyDiff(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  const [a, b, ...more] = rest;
  if (more.length > 0) throw new UsageError('diff takes two releases: URL|VERSION URL|VERSION');
  const question = 'diff which two releases? URL|VERSION URL|VERSION';
  const earlier = releaseOf(a, question);
  const later = releaseOf(b, question);
  using store = readTerminologyStore(call);
  using list = workListOf(call, { readonly: true });
  const found =
    changesInGit(call.configDir, earlier, later) ?? (await changesOf(store, earlier, later));
  const compared: Compared = { kind: found.kind, earlier, later };
  const sources = sourcesOf(call.configDir, store, list);
  const relied: Change[] = [];
  let count = 0;
  for (const change of found.changes) {
    count += 1;
    if (change.code !== null) relied.push(change);
    tellChange(call, change, compared, sources);
  }
  const hits = hitsOf(compared, relied, sources);
  for (const hit of hits) {
    const sentence = sentenceOf(compared, hit);
    if (call.json) call.out.json({ hit: sentence, ...hit });
    else call.out.line(sentence);
  }
  call.out.say(`${count} changes from ${named(earlier)} to ${named(later)}`);
  return hits.length > 0 ? exitCodes.findings : exitCodes.ok;
}

type Found = { readonly kind: Compared['kind']; readonly changes: Iterable<Change> };

/** Both are maps of the configuration. Throws ConfigError when one of them cannot be read. */
function changesInGit(configDir: string, earlier: Release, later: Release): Found | undefined {
  const known = codeMapReleases(configDir);
  const names = [earlier, later].map(({ url, version }) => `${url}@${version}`);
  if (!names.every((name) => known.includes(name))) return undefined;
  const [was, now] = names.map((name) => loadCodeMap(configDir, name));
  if (was?.map === undefined || now?.map === undefined)
    throw new ConfigError([...(was?.issues ?? []), ...(now?.issues ?? [])]);
  return { kind: 'ConceptMap', changes: diffCodeMaps(was.map, now.map) };
}

/** Both are in the store, or come with Plexus. */
async function changesOf(
  store: TerminologyStore | undefined,
  earlier: Release,
  later: Release,
): Promise<Found> {
  const there = kindsIn(store, later);
  const kind = kindsIn(store, earlier).find((each) => there.includes(each));
  if (kind === undefined)
    throw new UsageError(`${named(earlier)} and ${named(later)} are not of one kind`);
  const isStored = ({ url, version }: Release) => store?.find(kind, url, version) !== undefined;
  const changes =
    isStored(earlier) && isStored(later)
      ? store!.diff(kind, earlier, later)
      : await diffBeside(store, kind, earlier, later);
  return { kind, changes };
}

function kindsIn(store: TerminologyStore | undefined, release: Release) {
  const kinds = kindsBeside(store, release);
  if (kinds.length === 0) throw releaseMissing(`release ${named(release)}`);
  return kinds;
}

function sourcesOf(
  configDir: string,
  store: TerminologyStore | undefined,
  list: WorkList | undefined,
): DriftSources {
  const known = new Map<string, ReadonlySet<string>>();
  return {
    pins: pinsOfChannels(configDir).map(({ pins }) => pins),
    observed: (system, code) => list?.observed(system, code) ?? [],
    counts: (system) => list?.counts(system) ?? false,
    newestMonth: list?.newestMonth() ?? 0,
    namedCodes(kind, pin, system) {
      const key = `${kind} ${pin} ${system}`;
      const codes = known.get(key) ?? codesNamed(configDir, store, { kind, pin, system });
      known.set(key, codes);
      return codes;
    },
  };
}

function codesNamed(
  configDir: string,
  store: TerminologyStore | undefined,
  { kind, pin, system }: { kind: 'map' | 'value-set'; pin: string; system: string },
): ReadonlySet<string> {
  const codes = new Set<string>();
  if (kind === 'map' && codeMapReleases(configDir).includes(pin)) {
    for (const targets of loadCodeMap(configDir, pin).map?.targets.values() ?? [])
      for (const target of targets) if (target.system === system) codes.add(target.code);
    return codes;
  }
  for (const { url, version } of releasesOfPin(pin) ?? []) {
    if (kind === 'value-set')
      for (const member of store?.members(url, version) ?? [])
        if (member.system === system) codes.add(member.code);
    if (kind === 'map')
      for (const row of store?.knowledge.conceptMap(url, version)?.rows() ?? [])
        if (row.target.system === system && row.targetCode !== undefined) codes.add(row.targetCode);
  }
  return codes;
}

function tellChange(
  { json, out }: TerminologyCall,
  change: Change,
  compared: Compared,
  sources: DriftSources,
): void {
  const { change: word, system = '', code, element, was, now } = change;
  const asked = code === null ? [] : [{ system: systemOf(compared, change), code }];
  const use = useOf(asked, sources);
  if (json) {
    out.json(use.length === 0 ? change : { ...change, use });
    return;
  }
  const what = [system, code ?? ''].filter((part) => part !== '').join('|');
  const seen = use.map(({ channel, monthly }) => `[${monthly} a month at ${channel}]`);
  const parts = [word, what, element, shown(was), '->', shown(now), ...seen];
  out.line(parts.filter((part) => part !== undefined && part !== '').join(' '));
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
