import { readFileSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { reasonOf } from '../errors.ts';
import type { ConfigIssue } from '../issue.ts';
import { limits } from '../limits.ts';
import { keepValue, recalledValue } from './yaml-cache.ts';

export type ConfigPath = readonly (string | number)[];

/** A place in a file, 1-based as editors count. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** One YAML file, its value, and the way back from a path in the value to a place in the file. */
export type YamlFile = {
  readonly file: string;
  readonly text: string;
  /** Plain data; undefined when the file has a syntax error. */
  readonly value: unknown;
  /** What is wrong with the file as YAML: syntax, duplicate keys, unknown tags, unreadable. */
  readonly issues: readonly ConfigIssue[];
  /**
   * The key at `path`; the value where a list item has no key; the nearest parent where nothing
   * is.
   */
  keyAt(path: ConfigPath): Position;
  /** The value at `path`: where a scalar stands, or the first entry of a map or list. */
  valueAt(path: ConfigPath): Position;
};

const parsed = new Map<string, YamlFile>();

/**
 * Reads a YAML 1.2 file (merge keys and anchors allowed). Never throws for what the file holds. A
 * file whose text is as it was is not parsed again: all channels share the base mapping.
 */
export function readYaml(file: string): YamlFile {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    const known = parsed.get(file);
    if (known?.text === text) return known;
    if (parsed.size >= limits.parsedFilesMax) parsed.clear();
    const yaml = recalled(text, file) ?? parsedAndKept(text, file);
    parsed.set(file, yaml);
    return yaml;
  } catch (cause) {
    return withIssue(parseYaml('', file), ...unreadable(cause));
  }
}

function parsedAndKept(text: string, file: string): YamlFile {
  const yaml = parseYaml(text, file);
  if (yaml.issues.length === 0) keepValue(text, yaml.value);
  return yaml;
}

/** A text that an earlier start parsed; it is parsed again only for who asks where things stand. */
function recalled(text: string, file: string): YamlFile | undefined {
  const value = recalledValue(text);
  if (value === undefined) return undefined;
  let whole: YamlFile | undefined;
  const places = () => {
    whole ??= parseYaml(text, file);
    return whole;
  };
  return {
    file,
    text,
    value,
    issues: [],
    keyAt: (path) => places().keyAt(path),
    valueAt: (path) => places().valueAt(path),
  };
}

/** The same for text that is at hand; `file` only names it. */
export function parseYaml(text: string, file: string): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  // The parser turns its own stack overflow into hundreds of errors of one text.
  if (document.errors.some((error) => error.message.includes('call stack')))
    return withIssue(parseYaml('', file), 'yaml-too-deep', 'this file is nested too deeply');
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const issues: ConfigIssue[] = [...document.errors, ...document.warnings].map((problem) => ({
    ...at(problem.pos[0]),
    severity: 'error',
    code: problem.code === 'DUPLICATE_KEY' ? 'yaml-duplicate-key' : 'yaml-syntax',
    message: sentence(problem.message, text, problem.pos[0]),
  }));
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const message = `there is no anchor \`&${alias.source}\` above this alias`;
      issues.push({ ...at(startOf(alias)), severity: 'error', code: 'yaml-alias', message });
    },
  });
  let value: unknown;
  if (issues.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 1000 });
    } catch (cause) {
      issues.push({
        ...at(0),
        severity: 'error',
        code: 'yaml-alias',
        message: sentence(reasonOf(cause)),
      });
    }
  }
  return {
    file,
    text,
    value,
    issues,
    keyAt: (path) => at(offsetOf(document, path, 'key')),
    valueAt: (path) => at(offsetOf(document, path, 'value')),
  };
}

function withIssue(empty: YamlFile, code: string, message: string): YamlFile {
  const issue: ConfigIssue = {
    file: empty.file,
    line: 1,
    column: 1,
    severity: 'error',
    code,
    message,
  };
  return { ...empty, value: undefined, issues: [issue] };
}

function unreadable(cause: unknown): [code: string, message: string] {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return ['file-missing', 'this file does not exist'];
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return ['file-encoding', 'this file is not valid UTF-8'];
  if (code === undefined) throw cause;
  return ['file-unreadable', `this file cannot be read (${code})`];
}

function sentence(message: string, text = '', offset = 0): string {
  if (message.startsWith('Map keys must be unique')) {
    const key = /^[^\s:]*/.exec(text.slice(offset))?.[0] ?? '';
    return `the key \`${key}\` stands here a second time`;
  }
  return message.replaceAll(/\s+/g, ' ').trim();
}

/** Follows `path` through maps, lists, aliases and merge keys as far as it goes. */
function offsetOf(document: Document.Parsed, path: ConfigPath, half: 'key' | 'value'): number {
  let node = resolveAlias(document, document.contents);
  let key: Node | undefined;
  for (const step of path) {
    const next = isMap(node)
      ? pairOf(document, node, step)
      : isSeq(node)
        ? node.items[Number(step)]
        : undefined;
    if (next === undefined || next === null) return startOf(key ?? node);
    if (isPair(next)) {
      key = next.key as Node;
      node = resolveAlias(document, next.value as Node | null);
    } else {
      key = undefined;
      node = resolveAlias(document, next as Node);
    }
  }
  return startOf(half === 'key' ? (key ?? node) : (node ?? key));
}

function pairOf(document: Document.Parsed, map: YAMLMap, key: string | number): Pair | undefined {
  // A merge key's value is a symbol; its source is what the author wrote.
  const named = ({ key: name }: Pair) =>
    isScalar(name) ? (typeof name.value === 'symbol' ? '<<' : String(name.value)) : String(name);
  const own = map.items.find((pair) => named(pair) === String(key));
  if (own !== undefined) return own;
  for (const pair of map.items) {
    if (named(pair) !== '<<') continue;
    const merged = resolveAlias(document, pair.value as Node | null);
    for (const part of isSeq(merged) ? merged.items : [merged]) {
      const target = resolveAlias(document, part as Node | null);
      const found = isMap(target) ? pairOf(document, target, key) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function resolveAlias(document: Document.Parsed, node: Node | null): Node | undefined {
  if (isAlias(node)) return node.resolve(document) ?? node;
  return node ?? undefined;
}

const startOf = (node: Node | undefined) => node?.range?.[0] ?? 0;
