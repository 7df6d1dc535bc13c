import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConfigIssue, reasonOf, type YamlFile } from '../../../engine/index.ts';
import { scriptFile } from '../mapping-files.ts';
import type { Layer } from '../merge.ts';
import type { ScriptSource } from './protocol.ts';
import { askSandbox, loadScripts } from './sandbox.ts';

/** The script files of a mapping and of what it extends. */
export type Scripts = {
  /** Name of the mapping. */
  readonly mapping: string;
  /** Hash of their text. */
  readonly key: string;
  readonly sources: readonly ScriptSource[];
};

export type ReadScripts = Scripts & {
  readonly files: readonly string[];
  readonly issues: readonly ConfigIssue[];
};

/** Undefined when no layer has a script. */
export function readScripts(
  mapping: string,
  layers: readonly Layer[],
  yamls: readonly YamlFile[],
): ReadScripts | undefined {
  const files: string[] = [];
  const sources: ScriptSource[] = [];
  const issues: ConfigIssue[] = [];
  for (const { file: yamlFile, value } of layers) {
    if (value.script === undefined) continue;
    const file = scriptFile(yamlFile, value.script);
    files.push(file);
    try {
      sources.push({ name: value.script, text: readFileSync(file, 'utf8') });
    } catch (cause) {
      const place = yamls.find((yaml) => yaml.file === yamlFile)!.valueAt(['script']);
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      const why = isMissing ? 'is not there' : `cannot be read: ${reasonOf(cause)}`;
      const message = `${value.script} ${why}; it is looked for beside the mapping`;
      issues.push({ ...place, severity: 'error', code: 'script-unreadable', message });
    }
  }
  if (files.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const { name, text } of sources) hash.update(name).update('\0').update(text).update('\0');
  return { mapping, key: hash.digest('hex'), sources, files, issues };
}

export type CheckedScripts = {
  /** Undefined when a mistake keeps them from being known. */
  readonly functions: readonly string[] | undefined;
  readonly issues: readonly ConfigIssue[];
};

/** Compiles the files and names the functions in them; a mistake stands where it was made. */
export function checkScripts({ key, sources, files }: ReadScripts): CheckedScripts {
  loadScripts(key, sources);
  const reply = askSandbox({ kind: 'check', key });
  if (reply.kind === 'checked') return { functions: reply.functions, issues: [] };
  const base = { file: files.at(-1)!, line: 1, column: 1, severity: 'error' as const };
  if (reply.kind !== 'invalid') {
    const code = 'script-invalid';
    const message = 'the file does not come to an end when it is read: its functions are not known';
    return { functions: undefined, issues: [{ ...base, code, message }] };
  }
  const { source, line, column, message } = reply;
  const file = files[sources.findIndex(({ name }) => name === source)] ?? base.file;
  return {
    functions: undefined,
    issues: [{ ...base, file, line, column, code: 'script-invalid', message }],
  };
}
