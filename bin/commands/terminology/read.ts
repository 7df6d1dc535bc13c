import { ConfigError, exitCodes } from '../../../engine/index.ts';
import {
  codeMapReleases,
  type ExpandedCode,
  expandedCodes,
  loadCodeMap,
  Refused,
  type Release,
  releaseOfCodeMap,
  type TranslatedCode,
  translateByMap,
  withShipped,
} from '../../../transforms/terminology/index.ts';
import { UsageError } from '../../command.ts';
import { readTerminologyStore, releaseMissing, releaseOf } from '../../terminology/store.ts';
import type { TerminologyCall } from './options.ts';

function none(rest: readonly string[], verb: string): void {
  if (rest.length > 0) throw new UsageError(`\`${verb}\` takes no \`${rest[0]}\``);
}

/** `terminology translate`: one line, the outcome with its targets and the release that said so. */
export async function terminologyTranslate(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  none(rest, 'translate');
  const { options, json, out } = call;
  const { url, version } = releaseOf(options.map, "translate by which --map 'URL|VERSION'?");
  const { system = '', code } = options;
  if (code === undefined) throw new UsageError('translate which --code?');
  // A Coding names its system without a version; so does a map's row.
  const [named = ''] = system.split('|');
  const own = `${url}@${version}`;
  const isInGit = codeMapReleases(call.configDir).includes(own);
  const { outcome, targets } = isInGit
    ? translateInGit(call.configDir, own, named, code)
    : translateInStore(call, { url, version }, named, code);
  const release = isInGit ? own : `${url}|${version}`;
  if (json) out.json({ outcome, targets, release });
  else {
    const shown = targets.map((one) => `${one.system}|${one.code} (${one.relationship})`);
    out.line([outcome, ...shown].join(' '));
  }
  return exitCodes.ok;
}

function translateInStore(
  call: TerminologyCall,
  { url, version }: Release,
  system: string,
  code: string,
): TranslatedCode {
  using store = readTerminologyStore(call);
  const map = withShipped(store?.knowledge).conceptMap(url, version);
  if (map === undefined) throw releaseMissing(`concept map ${url}|${version}`);
  return translateByMap(map, system, code);
}

/** By a map of the configuration. Throws ConfigError when it has mistakes. */
function translateInGit(configDir: string, release: string, system: string, code: string) {
  const { map, issues } = loadCodeMap(configDir, release);
  if (map === undefined) throw new ConfigError(issues);
  return releaseOfCodeMap(map).translate(system, code);
}

/** `terminology lookup`: a concept as its code system describes it. */
export async function terminologyLookup(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  none(rest, 'lookup');
  const { options, json, out } = call;
  const { system: text, code } = options;
  if (text === undefined) throw new UsageError('lookup in which --system URL?');
  if (code === undefined) throw new UsageError('lookup which --code?');
  using store = readTerminologyStore(call);
  const [url = '', asked] = text.split('|');
  const knowledge = withShipped(store?.knowledge);
  const version = asked ?? knowledge.versions('CodeSystem', url)[0];
  const found = version === undefined ? undefined : knowledge.codeSystem(url, version);
  if (found === undefined) throw releaseMissing(`code system ${text}`);
  const concept = found.concept(code);
  const release = `${found.url}|${found.version}`;
  if (concept === undefined) {
    out.say(`${release} has no such code`);
    return exitCodes.findings;
  }
  const parents = [...found.parents(concept.code)];
  const children = [...found.children(concept.code)];
  if (json) out.json({ ...concept, parents, children, release });
  else {
    out.line(`${concept.code} ${concept.display ?? ''}`.trimEnd());
    if (concept.definition !== undefined) out.line(concept.definition);
    if (parents.length > 0) out.line(`below ${parents.join(', ')}`);
  }
  return exitCodes.ok;
}

type Shown = Pick<ExpandedCode, 'system' | 'code'> & { readonly display?: string | undefined };

/**
 * `terminology expand URL|VERSION`: the codes of a value set, a line each: those that were stored
 * when it was published, else what its definition comes to today.
 */
export async function terminologyExpand(
  call: TerminologyCall,
  rest: readonly string[],
): Promise<number> {
  const [word, ...more] = rest;
  none(more, 'expand');
  const { url, version } = releaseOf(word, 'expand which URL|VERSION?');
  using store = readTerminologyStore(call);
  const knowledge = withShipped(store?.knowledge);
  const stored = store?.members(url, version) ?? [];
  const definition = knowledge.valueSet(url, version)?.resource;
  if (definition === undefined) throw releaseMissing(`value set ${url}|${version}`);
  const tell = ({ system, code, display }: Shown) => {
    const shown = display === undefined ? {} : { display };
    if (call.json) call.out.json({ system, code, ...shown });
    else call.out.line(`${system}|${code} ${display ?? ''}`.trimEnd());
  };
  try {
    for (const one of stored.length > 0 ? stored : expandedCodes(knowledge, definition)) tell(one);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    call.out.say(`${url}|${version} cannot be expanded: ${cause.message}`);
    return exitCodes.findings;
  }
  return exitCodes.ok;
}
