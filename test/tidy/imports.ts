import { posix } from 'node:path';

/** One import of a file by another; both paths are relative to the repository's root, with `/`. */
export type Import = { readonly from: string; readonly to: string };

/** A broken rule, as one line a person can act on. */
export type Finding = string;

const services = ['transforms', 'routes', 'monitoring', 'channels'];

/**
 * The import table of ARCHITECTURE.md: what the files of a top folder may import from another one.
 */
const table: Readonly<Record<string, (to: string) => boolean>> = {
  engine: () => false,
  channels: (to) => inside(to, 'engine') || inside(to, 'transforms/hl7v2'),
  transforms: (to) => inside(to, 'engine'),
  routes: (to) => inside(to, 'engine') || inside(to, 'transforms'),
  monitoring: (to) => ['engine', 'transforms', 'routes'].some((folder) => inside(to, folder)),
  bin: (to) => !inside(to, 'test') && !inside(to, 'bench'),
  // The soak is the kill test for long; it shares that test's harness.
  bench: (to) => !inside(to, 'test') || inside(to, 'test/faults'),
  test: () => true,
};

/** Services that know nothing of each other, so that each can be understood and replaced alone. */
const strangers = ['transforms/identity', 'transforms/terminology', 'transforms/consent'];

const inside = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
const topOf = (file: string): string => file.split('/')[0] ?? '';
const isRelative = (specifier: string): boolean => /^\.\.?\//.test(specifier);

/**
 * Import specifiers of a source text as biome formats it: static, re-exported, dynamic, by URL, and
 * of a door that is opened late (`require`).
 */
export function specifiersOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statement = /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*'([^']+)'/gm;
  const dynamic = /\b(?:import|require)\(\s*'([^']+)'/g;
  const byUrl = /\bnew URL\(\s*'([^']+\.ts)'/g;
  const byFolder = /\bimport\.meta\.dirname, '([^']+\.ts)'/g;
  const beside = [...code.matchAll(byFolder)].map((match) => `./${match[1]}`);
  return [statement, dynamic, byUrl]
    .flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] as string))
    .concat(beside);
}

/** The relative imports of a file, resolved against the repository's root. */
export function importsOf(file: string, text: string): Import[] {
  return specifiersOf(text)
    .filter(isRelative)
    .map((specifier) => ({ from: file, to: posix.join(posix.dirname(file), specifier) }));
}

/** Says what is wrong with one import under the table, or undefined. */
export function judgeImport({ from, to }: Import): Finding | undefined {
  const [here, there] = [topOf(from), topOf(to)];
  if (here === 'test') return undefined;
  if (here !== there && !table[here]?.(to)) return `${from} may not import ${to}`;
  if (isStranger(from, to)) return `${from} may not know ${to}`;
  if (!passesDoor(from, to)) return `${from} enters ${to} past the folder's index.ts`;
  return undefined;
}

function isStranger(from: string, to: string): boolean {
  const own = strangers.find((folder) => inside(from, folder));
  return own !== undefined && strangers.some((folder) => folder !== own && inside(to, folder));
}

/**
 * A folder's index.ts is its only door, and a folder inside it has its own: who needs one of them
 * alone enters there (docs/decisions/0016-doors-open-late.md). Files above one's own folder are at
 * home.
 */
function passesDoor(from: string, to: string): boolean {
  const folder = posix.dirname(to);
  const isAbove = folder === posix.dirname(from) || inside(from, folder);
  const isDoor = posix.basename(to) === 'index.ts';
  if (services.includes(topOf(from)) && topOf(from) === folder) return isDoor;
  return isAbove || isDoor || isData(to) || ['bin', 'test'].includes(topOf(to));
}

const isData = (file: string): boolean => !file.endsWith('.ts') || file.endsWith('.d.ts');

/** Cycles among these imports, as `a -> b -> a`. */
export function findCycles(imports: readonly Import[]): Finding[] {
  const targets = Map.groupBy(imports, (one) => one.from);
  const done = new Set<string>();
  const found: Finding[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}

/** Files of `all` that no chain of imports reaches from `entries`. */
export function findDead(
  all: readonly string[],
  imports: readonly Import[],
  entries: readonly string[],
): string[] {
  const targets = Map.groupBy(imports, (one) => one.from);
  const reached = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { to } of targets.get(file) ?? []) queue.push(to);
  }
  return all.filter((file) => !reached.has(file));
}
