// Goal: the documents do not rot: their YAML lints, their links lead somewhere, the commands,
// scripts and tests that they name exist. Method: every Markdown file that git tracks is read; a
// YAML block with `channel:` takes the place of the example network's channels and must pass the
// same lint as an analyst's file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { commands } from '../bin/commands/index.ts';
import { registry } from '../bin/registry.ts';
import { loadNetwork, renderIssue } from '../engine/index.ts';
import { run } from './bin/capture.ts';

const root = join(import.meta.dirname, '..');
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

/** Fenced blocks of one language. */
const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] as string,
  );

/** What lint says of a channel file in the example network, in place of the example's channels. */
function lintChannel(text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-docs-'));
  try {
    cpSync(join(root, 'config'), join(folder, 'config'), { recursive: true });
    const name = /^channel: *(\S+)/m.exec(text)?.[1] as string;
    rmSync(join(folder, 'config/channels'), { recursive: true });
    mkdirSync(join(folder, 'config/channels'));
    writeFileSync(join(folder, 'config/channels', `${name}.yaml`), text);
    const { issues } = loadNetwork(join(folder, 'config'), registry);
    return issues.map(renderIssue);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A mapping as a page shows it, with the functions that stand beside it there. */
type Shown = { readonly text: string; readonly functions: readonly string[] };

/** Writes it into a copy of the example network; gives the configuration and the mapping's file. */
function install({ text, functions }: Shown, folder: string) {
  const config = join(folder, 'config');
  cpSync(join(root, 'config'), config, { recursive: true });
  const name = /^mapping: *(\S+)/m.exec(text)?.[1] as string;
  const file = join(config, 'mappings', `${name}.yaml`);
  writeFileSync(file, text);
  const script = /^script: *(\S+)/m.exec(text)?.[1];
  if (script !== undefined) {
    mkdirSync(join(config, 'mappings', dirname(script)), { recursive: true });
    writeFileSync(join(config, 'mappings', script), functions.join('\n'));
  }
  return { config, name, file };
}

/** What becomes of a message, given a segment a line, under the page's mapping, else the base. */
function convert(message: string, shown: Shown | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-docs-'));
  try {
    const file = join(folder, 'message.hl7');
    writeFileSync(file, message.replaceAll('\n', '\r'));
    const own = shown === undefined ? undefined : install(shown, folder);
    const { config, name } = own ?? { config: join(root, 'config'), name: 'base' };
    const args = ['convert', file, '--config', config, '--mapping', name, '--json'];
    return JSON.parse(execFileSync(join(root, 'plexus'), args, { cwd: root }).toString()).outcome;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What lint and the tests of a mapping file say of it, in the example network. */
async function testMapping(shown: Shown): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-docs-'));
  try {
    const { config, file } = install(shown, folder);
    const lint = await run(['lint', '--config', config, file]);
    const test = await run(['test', '--config', config, file, '--json']);
    assert.ok(test.lines.length > 0, 'a mapping without a test');
    return [...lint.lines, ...test.lines.filter((line) => !JSON.parse(line).passed)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const mappingsOf = (page: string): Shown[] =>
  blocksOf(page, 'yaml')
    .filter((block) => /^mapping:/m.test(block))
    .map((text) => ({
      text,
      functions: text.includes('\nscript:') ? blocksOf(page, 'ts') : [],
    }));

/** Of MSH-9, such as `ADT^A01`. */
const typeOf = (message: string): string => message.split('\n')[0]!.split('|')[8] ?? '';

describe('the documents', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
  const known = new Set(commands.map((command) => command.name.split(' ')[0]));

  for (const page of pages) {
    describe(page, () => {
      const text = readFileSync(join(root, page), 'utf8');

      it('links to files that exist', () => {
        for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)) {
          assert.ok(existsSync(resolve(root, dirname(page), target)), `no ${target}`);
        }
      });

      it('names commands, scripts and tests that exist', () => {
        for (const [, name = ''] of text.matchAll(/\.\/plexus ([a-z][a-z-]*)/g)) {
          assert.ok(known.has(name), `no command ${name}`);
        }
        for (const [, name = ''] of text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)) {
          assert.ok(scripts.includes(name), `no script ${name}`);
        }
        for (const [, path = ''] of text.matchAll(/`((?:test|docs|deploy)\/[\w./-]*)`/g)) {
          assert.ok(existsSync(join(root, path)), `no ${path}`);
        }
      });

      it('shows HL7 messages that the base mapping converts', () => {
        const outside = text.replaceAll(/^```yaml\nmapping:[\s\S]*?^```/gm, '');
        for (const [message] of outside.matchAll(/^ *MSH\|.*\n(?: *[A-Z][A-Z0-9]{2}\|.*\n)+/gm)) {
          const [shown] = mappingsOf(text).filter((one) => one.functions.length > 0);
          const outcome = convert(message.replaceAll(/^ +/gm, ''), shown);
          const isFiltered = shown?.text.includes(`${typeOf(message)}: filter`) === true;
          assert.equal(outcome, isFiltered ? 'filtered' : 'converted', message);
        }
      });

      it('shows mappings whose tests pass', async () => {
        for (const shown of mappingsOf(text)) assert.deepEqual(await testMapping(shown), []);
      });

      it('shows YAML that lints', () => {
        for (const block of blocksOf(text, 'yaml')) {
          assert.deepEqual(parseDocument(block).errors, []);
          if (/^channel:/m.test(block)) assert.deepEqual(lintChannel(block), []);
        }
      });
    });
  }
});
