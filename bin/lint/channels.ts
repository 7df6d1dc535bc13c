import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChannelConfig,
  type ComponentConfig,
  type ConfigIssue,
  type Network,
  nearestWord,
  readYaml,
  suggestion,
} from '../../engine/index.ts';
import type { LoadedMapping } from '../../transforms/mapping/index.ts';

/** What a channel says of one component that another one makes pointless: all of it warnings. */
export function channelIssues(
  network: Network | undefined,
  mappingOf: (name: string) => LoadedMapping,
): readonly ConfigIssue[] {
  return (network?.channels ?? []).flatMap((channel) => [
    ...strangeMarks(channel, mappingOf),
    ...wrongReaders(channel),
  ]);
}

const configOf = ({ config }: ComponentConfig) => config as Readonly<Record<string, unknown>>;

/** Uses that `translate` pins and no row marks: their codes would never be looked up. */
function strangeMarks(
  channel: ChannelConfig,
  mappingOf: (name: string) => LoadedMapping,
): readonly ConfigIssue[] {
  const convert = channel.stages.find(({ kind }) => kind === 'convert');
  if (convert === undefined) return [];
  const name = String(configOf(convert).mapping);
  const rules = mappingOf(name).merged?.rules;
  if (rules === undefined) return [];
  const marks = [...new Set(rules.flatMap(({ row }) => row.mark ?? []))];
  return channel.stages.flatMap((stage, index) => {
    if (stage.kind !== 'translate') return [];
    const uses = Object.keys(configOf(stage).maps as object);
    return uses
      .filter((use) => !marks.includes(use))
      .map((use) => {
        const hint = suggestion(use, marks);
        const message = `no row of mapping \`${name}\` marks a code for \`${use}\`; ${hint}`;
        return warningAt(
          channel,
          ['stages', index, 'translate', 'maps', use],
          'mark-unknown',
          message,
        );
      });
  });
}

/** What sources bring, and the stage that reads it. */
const readers: Readonly<Record<string, { readonly brings: string; readonly by: string }>> = {
  mllp: { brings: 'HL7 v2', by: 'convert' },
  cdc: { brings: 'rows', by: 'convert' },
  fhir: { brings: 'FHIR', by: 'read-fhir' },
  'fhir-poll': { brings: 'FHIR', by: 'read-fhir' },
  bulk: { brings: 'FHIR', by: 'read-fhir' },
};

/** A stage that would hold every message, as it reads another kind. */
function wrongReaders(channel: ChannelConfig): readonly ConfigIssue[] {
  const { source } = channel;
  const isLines = source.kind === 'files' && configOf(source).format === 'ndjson';
  const kind = source.kind === 'files' ? (isLines ? 'fhir' : 'mllp') : source.kind;
  const reader = readers[kind];
  if (reader === undefined) return [];
  return channel.stages.flatMap(({ kind: stage }, index) => {
    if ((stage !== 'convert' && stage !== 'read-fhir') || stage === reader.by) return [];
    const message =
      `\`${source.kind}\` brings ${reader.brings}, which \`${stage}\` does not read: all of it ` +
      `would be held; use \`${reader.by}\``;
    return [warningAt(channel, ['stages', index, stage], 'stage-unfit', message)];
  });
}

function warningAt(
  { file }: ChannelConfig,
  path: readonly (string | number)[],
  code: string,
  message: string,
): ConfigIssue {
  return { ...readYaml(file).keyAt(path), severity: 'warning', code, message };
}

const folders = ['channels', 'mappings', 'terminology', 'extensions', 'identity', 'profiles'];

/** Folders that nothing reads, and whose name is nearly that of one that is read. */
export function folderIssues(configDir: string): readonly ConfigIssue[] {
  let entries: readonly { readonly name: string; isDirectory(): boolean }[];
  try {
    entries = readdirSync(configDir, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const near = nearestWord(entry.name, folders);
    if (!entry.isDirectory() || folders.includes(entry.name) || near === undefined) return [];
    const message = `nothing reads this folder; did you mean \`${near}\`?`;
    const place = { file: join(configDir, entry.name), line: 1, column: 1 };
    return [{ ...place, severity: 'warning', code: 'folder-unknown', message }];
  });
}
