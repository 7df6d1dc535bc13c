// Goal: a start waits for what it needs and for nothing else: what no channel names, what no
// request asks for and what another command does is not loaded.
// Method: the real modules in a process of their own that notes each file that Node loads; then the
// door is opened, and what stood behind it must be there, so that no wrong name passes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The files of ours that each step of a script loads, step by step. */
function loadedBy(...steps: readonly string[]): readonly string[] {
  const script = `
    import { registerHooks } from 'node:module';
    let files = [];
    registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
    const told = [];
    const load = (file) => import(process.cwd() + '/' + file);
    ${steps.map((step) => `{ ${step} } told.push(files.join(' ')); files = [];`).join('\n')}
    console.log(JSON.stringify(told));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[];
}

describe('what a start loads', () => {
  it('is no component before a channel names it', () => {
    const [serve = '', mllp = '', identify = '', running = ''] = loadedBy(
      `await load('bin/serve.ts');`,
      `const { registry } = await load('bin/registry.ts'); registry.sources.get('mllp');`,
      `const { registry } = await load('bin/registry.ts'); registry.stages.get('identify');`,
      `const { registry } = await load('bin/registry.ts');
       try { registry.stages.get('identify').create({}, { configDir: 'none', dataDir: '' }); }
       catch {}`,
    );
    assert.match(serve, /bin\/registry\.ts/);
    assert.doesNotMatch(serve, /\/channels\/|transforms\/(mapping|identity|validation)\//);
    assert.doesNotMatch(serve, /node_modules\/(prom-client|pino|ws|rxjs|piscina)\//);
    assert.match(mllp, /channels\/mllp\//);
    assert.doesNotMatch(mllp, /channels\/(cdc|fhir|files|bulk)\//);
    assert.match(identify, /transforms\/identity\/policy\//);
    assert.doesNotMatch(identify, /transforms\/identity\/(registry|desk|link|api)\//);
    assert.match(running, /transforms\/identity\/registry\//);
    assert.doesNotMatch(running, /transforms\/identity\/(desk|link|api)\//);
  });

  it('is no other command than the one that was given', () => {
    const [list = '', lint = ''] = loadedBy(
      `await load('bin/commands/index.ts');`,
      `const { commands } = await load('bin/commands/index.ts');
       await commands.find(({ name }) => name === 'lint').load();`,
    );
    assert.doesNotMatch(list, /engine\//);
    assert.match(lint, /commands\/lint\.ts/);
    assert.doesNotMatch(lint, /commands\/(run|profile)\.ts|engine\/(journal|http)\/|rxjs/);
  });
});
