import type { Finding } from './imports.ts';

export const fileLinesMax = 300;
export const lineColumnsMax = 100;

const forbiddenFolders = /(^|\/)(utils?|helpers?|common|types|src|lib|misc|shared)\//;
const kebabCase = /^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
// Assembled, so that this file does not find itself.
const unfinished = new RegExp(
  `\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b`,
);
const skipped = /\b(?:describe|it)\.(?:skip|only)\(|\bthis\.skip\(/;
const machinePath = /(?:^|[\s"'`(=])\/(?:home|work|root|Users)\//;

/** Top-level names of the repository; a new one is a decision, made here. */
export const topLevelNames: ReadonlySet<string> = new Set([
  ...['engine', 'channels', 'transforms', 'routes', 'monitoring', 'config', 'bin', 'test'],
  ...['bench', 'docs', 'deploy', 'plexus', '.ci', 'README.md', 'ARCHITECTURE.md'],
  ...['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'LICENSE', 'package.json'],
  ...['package-lock.json', 'tsconfig.json', 'biome.json', '.gitignore', '.npmrc'],
  ...['.mocharc.json', '.mocharc.corpora.json', '.mocharc.scale.json', '.mocharc.interop.json'],
  ...['.gitattributes', '.editorconfig', '.dockerignore', 'Dockerfile'],
]);

/** Whether a file is git's already, or lies in a folder of the house and may become so. */
export function isOfTheHouse(file: string, added: ReadonlySet<string>): boolean {
  return added.has(file) || (file.includes('/') && topLevelNames.has(file.split('/')[0] ?? ''));
}

/** Rules on a path alone. */
export function judgePath(file: string): Finding[] {
  const found: Finding[] = [];
  const top = file.split('/')[0] ?? '';
  if (!topLevelNames.has(top)) found.push(`${top} is no top-level name of this repository`);
  if (forbiddenFolders.test(file)) found.push(`${file}: the folder's name says nothing`);
  const name = file.split('/').at(-1) ?? '';
  if (file.endsWith('.ts') && !kebabCase.test(name)) found.push(`${file}: not in kebab-case`);
  if (top === 'config' && file.endsWith('.ts')) found.push(`${file}: config/ holds no TypeScript`);
  return found;
}

/** Rules on the text of any file that people wrote. */
export function judgeText(file: string, text: string): Finding[] {
  const found: Finding[] = [];
  text.split('\n').forEach((line, index) => {
    const at = `${file}:${index + 1}`;
    if (unfinished.test(line)) found.push(`${at}: unfinished work is an issue, not a comment`);
    if (machinePath.test(line)) found.push(`${at}: a path of somebody's machine`);
    if (!file.endsWith('.ts')) return;
    if (line.length > lineColumnsMax) found.push(`${at}: over ${lineColumnsMax} columns`);
    if (skipped.test(line)) found.push(`${at}: a test that does not run`);
  });
  const lines = text.split('\n').length;
  if (file.endsWith('.ts') && lines > fileLinesMax && !file.startsWith('test/')) {
    found.push(`${file}: ${lines} lines, at most ${fileLinesMax}`);
  }
  if (file.endsWith('.test.ts') && !hasGoalAndMethod(text)) {
    found.push(`${file}: opens with no comment on its goal and its method`);
  }
  return found;
}

/** A file that a text names in backticks is there: what was moved or deleted is not pointed to. */
export function judgeMentions(file: string, text: string, all: readonly string[]): Finding[] {
  const named = [...text.matchAll(/`((?:[a-z0-9.-]+\/)*[a-z0-9.-]+\.ts)`/g)].map(
    (match) => match[1]!,
  );
  return named
    .filter((name) => !all.some((one) => one === name || one.endsWith(`/${name}`)))
    .map((name) => `${file} names ${name}, which is not there`);
}

/** The first comment of a test says what it is for and how it goes about it. */
function hasGoalAndMethod(text: string): boolean {
  const comment = /(?:^\/\/.*\n)+|^\/\*[\s\S]*?\*\//m.exec(text)?.[0] ?? '';
  return /goal/i.test(comment) && /method/i.test(comment);
}
