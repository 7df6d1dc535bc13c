import { z } from 'zod';
import {
  ConfigError,
  type ConfigIssue,
  type Issue,
  pass,
  type Stage,
  type StageComponent,
  suggestion,
} from '../../engine/index.ts';
import type { CodeableConcept, Coding, Contribution, Conversion, Mark } from '../fhir/index.ts';
import { type CodeMap, type Translation, translateCode } from './code-map.ts';
import { codeMapFile, codeMapReleases, isRelease, loadCodeMap } from './code-map-file.ts';

const schema = z
  .strictObject({
    maps: z
      .record(
        z.string().describe('What the mapping marks a code for, e.g. `lab-code`.'),
        z.string().describe('The release that translates it: `facility/name@version`; or `none`.'),
      )
      .describe(
        'The map release that is pinned to each use; `none` leaves its codes as sent. A use that ' +
          'is not named does so too, and says it of each message with codes of no shared system.',
      ),
  })
  .describe('Translates the codes that the mapping marks, by pinned releases of code maps.');

type Config = z.output<typeof schema>;

/** Appends the network's code to a facility's own, which always stays first. */
export const translateStage: StageComponent<Config> = {
  role: 'stage',
  name: 'translate',
  summary: 'Translates the codes that the mapping marks, by pinned code maps.',
  guarantees:
    'The original coding stays first and untouched; a map release is named by version, never ' +
    '"latest"; a code that no map knows is flagged and never blocks its message.',
  example: 'translate:\n  maps: { lab-code: mercy-west/lab-codes@1 }',
  schema,
  files: ({ maps }, { configDir }) =>
    Object.values(maps)
      .filter(isRelease)
      .map((release) => codeMapFile(configDir, release)),
  check({ maps }, context) {
    return Object.entries(maps).flatMap(([use, release]): readonly ConfigIssue[] => {
      if (release === none) return [];
      const place = context.at(['maps', use]);
      const refuse = (code: string, message: string): readonly ConfigIssue[] => [
        { ...place, severity: 'error', code, message },
      ];
      const known = codeMapReleases(context.configDir);
      if (!isRelease(release)) return refuse(...misnamed(release, known));
      if (known.includes(release)) return loadCodeMap(context.configDir, release).issues;
      const hint = suggestion(release, known);
      return refuse('code-map-missing', `there is no map release \`${release}\`; ${hint}`);
    });
  },
  create({ maps }, { configDir }) {
    const pinned = new Map<string, CodeMap>();
    const silent = new Set<string>();
    for (const [use, release] of Object.entries(maps)) {
      if (release === none) {
        silent.add(use);
        continue;
      }
      const { map, issues } = loadCodeMap(configDir, release);
      if (map === undefined) throw new ConfigError(issues);
      pinned.set(use, map);
    }
    const stage: Stage<Conversion, Conversion> = {
      name: 'translate',
      run: ({ body }) => {
        if (body.marks.length === 0) return pass(body);
        const { conversion, issues } = translate(body, pinned, silent);
        return pass(conversion, issues);
      },
    };
    return stage as Stage;
  },
};

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

type Flag = {
  readonly outcome: 'unmapped' | 'ambiguous';
  readonly map: string;
  readonly system: string;
};

function translate(
  conversion: Conversion,
  pinned: ReadonlyMap<string, CodeMap>,
  silent: ReadonlySet<string>,
) {
  const contributions = [...conversion.contributions];
  const used = new Set(conversion.provenance.maps);
  const unpinned = new Set<string>();
  const flags = new Map<string, { flag: Flag; path: string; count: number }>();
  for (const mark of conversion.marks) {
    const map = pinned.get(mark.use);
    const contribution = contributions[mark.contribution];
    if (contribution === undefined || silent.has(mark.use)) continue;
    const concept = conceptAt(contribution, mark);
    if (concept === undefined) continue;
    if (map === undefined) {
      if (isOwn(concept)) unpinned.add(mark.use);
      continue;
    }
    const { translation, system } = translateConcept(map, concept);
    switch (translation.outcome) {
      case 'mapped':
      case 'mapped-with-loss':
        contributions[mark.contribution] = append(contribution, mark, concept, translation.target);
        used.add(map.release);
        break;
      case 'unmapped':
      case 'ambiguous': {
        const flag: Flag = { outcome: translation.outcome, map: map.release, system };
        const key = `${flag.outcome} ${flag.map} ${system}`;
        const steps = mark.path.filter((step) => typeof step === 'string');
        const path = [contribution.type, ...steps].join('.');
        const entry = flags.get(key) ?? { flag, path, count: 0 };
        flags.set(key, { ...entry, count: entry.count + 1 });
        break;
      }
      case 'unmatched':
      case 'none':
        break;
      default:
        throw new Error(`no such outcome: ${translation satisfies never}`);
    }
  }
  const provenance = { ...conversion.provenance, maps: [...used] };
  return {
    conversion: { ...conversion, contributions, provenance },
    issues: [...[...flags.values()].map(toIssue), ...[...unpinned].map(unpinnedIssue)],
  };
}

/** Stands in place of a release: these codes are to stay as sent. */
const none = 'none';

/** Systems that everybody shares: a code of theirs needs no translation. */
const sharedHosts = [
  'loinc.org',
  'snomed.info',
  'hl7.org',
  'terminology.hl7.org',
  'www.nlm.nih.gov',
  'www.ama-assn.org',
];
const sharedPrefixes = [
  ...sharedHosts.map((host) => `http://${host}`),
  ...['urn:oid:', 'urn:iso:', 'urn:ietf:'],
];

const isShared = (system: string): boolean =>
  sharedPrefixes.some((prefix) => system.startsWith(prefix));

function isOwn({ coding = [] }: CodeableConcept): boolean {
  return coding.length > 0 && !coding.some(({ system = '' }) => isShared(system));
}

const unpinnedIssue = (use: string): Issue => ({
  severity: 'information',
  code: 'code-map-unpinned',
  diagnostics: `the channel pins no map for the use ${use}: the sender's own codes stay as sent`,
});

/** `none`: there is nothing to translate, or the sender has done it already. */
type ConceptTranslation = {
  readonly translation: Translation | { readonly outcome: 'none' };
  readonly system: string;
};

/** The first coding that the map says anything of decides. */
function translateConcept(map: CodeMap, concept: CodeableConcept): ConceptTranslation {
  const codings = (concept.coding ?? []).filter(({ code }) => code !== undefined);
  let silent: string | undefined;
  for (const { system = '', code } of codings) {
    const translation = translateCode(map, system, code!);
    if (translation.outcome === 'unmapped') silent ??= system;
    else return { translation, system };
  }
  const isStandard = codings.some(({ system }) => map.targetSystems.has(system ?? ''));
  if (silent === undefined || isStandard) return { translation: { outcome: 'none' }, system: '' };
  return { translation: { outcome: 'unmapped' }, system: silent };
}

function conceptAt({ set }: Contribution, { path }: Mark): CodeableConcept | undefined {
  let value: unknown = set;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  return typeof value === 'object' && value !== null ? (value as CodeableConcept) : undefined;
}

/** Copies what lies on the way to the concept; what a mapping emitted is nobody's to change. */
function append(
  contribution: Contribution,
  { path }: Mark,
  concept: CodeableConcept,
  target: { readonly system: string; readonly code: string; readonly display: string },
): Contribution {
  const coding = concept.coding ?? [];
  const { system, code, display } = target;
  if (coding.some((one) => one.system === system && one.code === code)) return contribution;
  const added: Coding = { system, code, ...(display === '' ? {} : { display }) };
  const replacement: CodeableConcept = { ...concept, coding: [...coding, added] };
  const set = replaceAt(contribution.set, path, 0, replacement) as Contribution['set'];
  return { ...contribution, set };
}

function replaceAt(
  value: unknown,
  path: readonly (string | number)[],
  depth: number,
  replacement: unknown,
): unknown {
  const step = path[depth];
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    const inner = replaceAt(value[Number(step)], path, depth + 1, replacement);
    return value.with(Number(step), inner);
  }
  const holder = value as Record<string, unknown>;
  return { ...holder, [step]: replaceAt(holder[step], path, depth + 1, replacement) };
}

function toIssue({ flag, path, count }: { flag: Flag; path: string; count: number }): Issue {
  const { outcome, map, system } = flag;
  const codes = count === 1 ? 'a code' : `${count} codes`;
  const of = system === '' ? 'of no system' : `of the system ${system}`;
  const what = outcome === 'unmapped' ? 'no row' : 'several rows';
  return {
    severity: 'warning',
    code: `code-${outcome}`,
    diagnostics: `the map ${map} has ${what} for ${codes} ${of}`,
    path,
  };
}
