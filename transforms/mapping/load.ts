import { createHash } from 'node:crypto';
import {
  type ConfigIssue,
  checkYaml,
  errorAt,
  readYaml,
  suggestion,
  type YamlFile,
} from '../../engine/index.ts';
import { checkDialects, readAuthorities, withAuthorities } from './authorities.ts';
import { checkMapping } from './check/index.ts';
import { type MappingFile, mappingSchema } from './language.ts';
import { mappingFile, mappingNames, partFile } from './mapping-files.ts';
import { type Layer, type Merged, merge } from './merge.ts';
import { type RowTables, resolveRows } from './rows/index.ts';
import { checkScripts, readScripts, type Scripts } from './script/index.ts';

export type LoadedMapping = {
  readonly name: string;
  /** Undefined when a mistake stops it. */
  readonly merged: Merged | undefined;
  readonly issues: readonly ConfigIssue[];
  /** All files it is made of. */
  readonly files: readonly string[];
  /** Twelve hex digits of SHA-256 over their text. */
  readonly hash: string;
  readonly scripts: Scripts | undefined;
  /** Of a mapping that reads rows of a database, its tables. */
  readonly rows: RowTables | undefined;
};

const cache = new Map<string, { hash: string; loaded: LoadedMapping }>();

/**
 * Reads a mapping with everything it extends and checks it. `base` is the shared base alone. Never
 * throws for what the files hold. `isSound`: its check found nothing before (`Soundness`).
 */
export function loadMapping(configDir: string, name: string, isSound = false): LoadedMapping {
  const files: YamlFile[] = [];
  const issues: ConfigIssue[] = [];
  const authorities = readAuthorities(configDir);
  if (authorities.yaml !== undefined) files.push(authorities.yaml);
  issues.push(...authorities.issues);
  const written = readLayers(configDir, name, files, issues, []);
  const byFile = new Map(files.map((yaml) => [yaml.file, yaml]));
  const {
    layers,
    rows,
    issues: rowIssues,
  } = resolveRows(withAuthorities(written, authorities), byFile);
  issues.push(...rowIssues);
  const hash = createHash('sha256');
  for (const yaml of files) hash.update(yaml.text).update('\0');
  const scripts = readScripts(name, layers, files);
  if (scripts) hash.update(scripts.key);
  issues.push(...(scripts?.issues ?? []));
  const digest = hash.digest('hex').slice(0, 12);
  const key = `${configDir}\0${name}\0${isSound}`;
  const known = cache.get(key);
  if (known?.hash === digest && issues.length === 0) return known.loaded;

  const merged = layers.length > 0 ? merge(layers) : undefined;
  if (merged && issues.length === 0) {
    const script = scripts && checkScripts(scripts);
    issues.push(...(script?.issues ?? []));
    if (!isSound) {
      issues.push(...checkMapping(merged, layers, byFile, script));
      issues.push(...checkDialects(written, byFile, authorities));
    }
  }
  const loaded: LoadedMapping = {
    name,
    merged: issues.some((issue) => issue.severity === 'error') ? undefined : merged,
    issues,
    files: [...(scripts?.files ?? []), ...files.map((yaml) => yaml.file)],
    hash: digest,
    scripts,
    rows,
  };
  cache.set(key, { hash: digest, loaded });
  return loaded;
}

function readLayers(
  configDir: string,
  name: string,
  files: YamlFile[],
  issues: ConfigIssue[],
  seen: readonly string[],
): Layer[] {
  const isBase = name === 'base';
  const file = mappingFile(configDir, name);
  const layer = readLayer(name, file, files, issues);
  if (!layer) return [];
  const yaml = files.at(-1)!;
  const layers: Layer[] = [];
  const parent = layer.value.extends;
  if (!isBase && layer.value.mapping !== name) {
    const message = `the file is called ${name}.yaml, so this must be \`${name}\``;
    issues.push(errorAt(yaml, ['mapping'], 'mapping-name', message));
  }
  if (parent !== undefined) {
    if ([...seen, name].includes(parent)) {
      const message = `\`${parent}\` extends this mapping in turn`;
      issues.push(errorAt(yaml, ['extends'], 'mapping-cycle', message));
    } else if (parent !== 'base' && !mappingNames(configDir).includes(parent)) {
      const hint = suggestion(parent, ['base', ...mappingNames(configDir)]);
      issues.push(
        errorAt(
          yaml,
          ['extends'],
          'mapping-unknown',
          `no mapping is called \`${parent}\`; ${hint}`,
        ),
      );
    } else {
      layers.push(...readLayers(configDir, parent, files, issues, [...seen, name]));
    }
  }
  for (const include of layer.value.include ?? []) {
    const part = readLayer(name, partFile(file, include), files, issues);
    if (part) layers.push(part);
  }
  return [...layers, layer];
}

/** Of files without a mistake, what they hold: the parts of the base are in every mapping. */
const soundFiles = new WeakMap<YamlFile, MappingFile>();

function readLayer(
  name: string,
  file: string,
  files: YamlFile[],
  issues: ConfigIssue[],
): Layer | undefined {
  const yaml = readYaml(file);
  files.push(yaml);
  issues.push(...yaml.issues);
  if (yaml.issues.length > 0) return undefined;
  const sound = soundFiles.get(yaml);
  if (sound !== undefined) return { mapping: name, file, value: sound };
  const checked = checkYaml<MappingFile>(mappingSchema, yaml);
  issues.push(...checked.issues);
  if (checked.value === undefined) return undefined;
  if (checked.issues.length === 0) soundFiles.set(yaml, checked.value);
  return { mapping: name, file, value: checked.value };
}
