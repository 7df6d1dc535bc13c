import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadCommands } from '../../bin/commands/index.ts';
import { main } from '../../bin/main.ts';
import { PlexusError } from '../../engine/index.ts';
import { run } from './capture.ts';

// Goal: the command line answers as people script against it: exit codes, data on stdout and
// words on stderr, global options on either side of the command, help for every command.
// Method: a table of command lines run in this process, one through the real launcher, random
// words.

const root = join(import.meta.dirname, '../..');

describe('the command line', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-cli-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const config = (text: string) => {
    mkdirSync(join(dir, 'config/channels'), { recursive: true });
    writeFileSync(join(dir, 'config/plexus.yaml'), 'network: example\n');
    writeFileSync(join(dir, 'config/channels/a.yaml'), text);
    return join(dir, 'config');
  };
  const good = 'channel: a\nowner: x\nsource: { mllp: { port: 6661 } }\n';

  it('exits as the table of the design says', async () => {
    const bad = config('channel: a\nowner: x\nsource: { mlpp: { port: 6661 } }\n');
    const data = join(dir, 'none');
    const cases: readonly [argv: string[], code: number][] = [
      [[], 64],
      [['help'], 0],
      [['--help'], 0],
      [['lint', '--help'], 0],
      [['--config', bad, 'help', 'lint'], 0],
      [['help', '--data', data, 'lint'], 0],
      [['lnt'], 64],
      [['lint', '--stritc'], 64],
      [['lint', '--config', bad], 1],
      [['--config', bad, 'lint'], 1],
      [['lint', '--config', join(dir, 'missing')], 1],
      [['lint', '--config', bad, join(dir, 'missing')], 64],
      [['lint', '--config', bad, dir], 64],
      [['graph', '--config', bad], 78],
      [['list'], 0],
      [['schema', 'channel'], 0],
      [['schema', 'chanel'], 64],
      [['channel', 'strat', 'a', '--data', data], 64],
      [['channel', 'start', 'a', '--data', data], 69],
      [['tap', 'a', '--data', data], 69],
      [['send', join(dir, 'none.hl7'), '--to', '127.0.0.1:1'], 74],
      [['send', bad, '--to', 'nowhere'], 64],
      [['send'], 64],
      [['keys', 'tokne', '--data', data], 64],
    ];
    for (const [argv, code] of cases) assert.equal((await run(argv)).code, code, argv.join(' '));
  });

  it('says in words what a file or an option has, and which help to read', async () => {
    const missing = join(dir, 'none.hl7');
    const first = async (...argv: string[]) => (await run(argv)).said;
    assert.deepEqual(await first('convert', missing, '--mapping', 'base'), [
      `plexus: ${missing} does not exist (ENOENT)`,
    ]);
    assert.deepEqual(await first('convert', dir, '--mapping', 'base'), [
      'plexus: a folder was named where a file is wanted (EISDIR)',
    ]);
    assert.deepEqual(await first('lint', '--stritc'), [
      "plexus: Unknown option '--stritc'",
      'Try `./plexus help lint`.',
    ]);
    assert.match((await first('channel'))[0]!, /do what\? start, stop/);
  });

  // A recursive mkdir never returns there: the child is ended after its time, and fails the test.
  it('gives up on a data folder that the system will not make', () => {
    if (!existsSync('/proc/self')) return;
    const child = spawnSync(
      join(root, 'plexus'),
      ['run', '--config', config(good), '--data', '/proc/plexus/data', '--ports', 'any'],
      { timeout: 100_000, killSignal: 'SIGKILL', encoding: 'utf8' },
    );
    assert.equal(child.status, 74, child.stderr);
    assert.match(child.stderr, /data-unwritable/);
  }).timeout(180_000);

  it('tells a bug from a failure: 70 with the stack, else the error`s own code', async () => {
    const failing = (error: Error) => {
      const run = () => Promise.reject(error);
      const command = { name: 'fail', summary: '', usage: '', options: {}, run };
      return { name: 'fail', load: async () => command };
    };
    const said: string[] = [];
    const out = { line: () => {}, json: () => {}, say: (text: string) => void said.push(text) };
    const world = { out: { ...out, isTerminal: false }, env: {}, signal: AbortSignal.any([]) };
    assert.equal(await main(['fail'], [failing(new Error('oops'))], world), 70);
    assert.match(said[0]!, /a bug in Plexus: Error: oops\n {4}at/);
    const full = new PlexusError('disk-full', 'no room', { exit: 74 });
    for (const code of ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY']) {
      const fault = Object.assign(new Error('the path of a patient'), {
        name: 'SqliteError',
        code,
      });
      assert.equal(await main(['fail'], [failing(fault)], world), 74, code);
      assert.match(said.at(-1)!, new RegExp(`^plexus: the .* \\(${code}\\); nothing half done`));
    }
    const misspelt = Object.assign(new Error('no such table'), { code: 'SQLITE_ERROR' });
    assert.equal(await main(['fail'], [failing(misspelt)], world), 70);
    said.length = 1;
    assert.equal(await main(['fail'], [failing(full)], world), 74);
    assert.equal(said[1], 'plexus: no room (disk-full)');
  });

  it('keeps data and words apart, as lines and as NDJSON', async () => {
    const folder = config('channel: a\nowner: x\nsource: { mlpp: { port: 6661 } }\nlane: 3\n');
    const plain = await run(['lint', '--config', folder]);
    const file = join(folder, 'channels/a.yaml');
    assert.deepEqual(plain.lines, [
      `${file}:3:11 error config-unknown-component unknown name \`mlpp\`; did you mean \`mllp\`?`,
      `${file}:4:1 error config-unknown-key unknown key \`lane\`; did you mean \`lanes\`?`,
    ]);
    assert.deepEqual(plain.said, ['2 errors, 0 warnings']);
    const json = await run(['lint', '--config', folder, '--json']);
    assert.deepEqual(
      json.lines
        .map((line) => JSON.parse(line))
        .map(({ line, column, code }) => [line, column, code]),
      [
        [3, 11, 'config-unknown-component'],
        [4, 1, 'config-unknown-key'],
      ],
    );
  });

  it('lints only the paths that are named', async () => {
    const folder = config('channel: a\n');
    writeFileSync(join(folder, 'channels/b.yaml'), good.replace('channel: a', 'channel: b'));
    const { code, lines } = await run([
      'lint',
      '--config',
      folder,
      join(folder, 'channels/b.yaml'),
    ]);
    assert.deepEqual([code, lines], [0, []]);
    assert.equal((await run(['lint', '--config', folder, join(folder, 'channels')])).code, 1);
  });

  it('draws the network', async () => {
    const { lines } = await run(['graph', '--config', config(good)]);
    assert.deepEqual(lines, [
      '---',
      'title: example',
      '---',
      'flowchart LR',
      '  subgraph a["a"]',
      '    a.in(["mllp"])',
      '  end',
    ]);
  });

  it('explains every command and every option', async () => {
    const overview = (await run(['help'])).lines.join('\n');
    for (const { name, options } of await loadCommands()) {
      assert.match(overview, new RegExp(`^  ${name} `, 'm'));
      const help = (await run(['help', name])).lines.join('\n');
      for (const option of Object.keys(options)) assert.ok(help.includes(`--${option}`));
    }
  });

  it('says where the keys are and prints no key', async () => {
    const data = join(dir, 'data');
    const { code, lines } = await run(['keys', '--data', data, '--json']);
    assert.equal(code, 0);
    const rows = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ from }) => from),
      [`${data}.key`, `${data}.token`],
    );
    assert.ok(existsSync(`${data}.key`) && !existsSync(data));
    const again = await run(['keys', '--data', data, '--json']);
    assert.deepEqual(again.lines, lines);
    const other = await run(['keys', '--data', data, '--json'], { PLEXUS_KEY: 'ab'.repeat(32) });
    assert.notEqual(JSON.parse(other.lines[0]!).fingerprint, rows[0].fingerprint);
  });

  it('never throws, whatever the words', async () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom('lint', 'schema', 'list', '--json', '--config', dir, '--', 'help', '-h'),
        fc.string({ maxLength: 6 }),
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(words, async (argv) => {
        const { code } = await run(argv);
        assert.ok([0, 1, 64, 69, 74, 78].includes(code), `${code}: ${argv.join(' ')}`);
      }),
      { numRuns: 50 },
    );
  });

  it('runs through the launcher, from any folder, and ends quietly when the pipe closes', () => {
    const ran = spawnSync(join(root, 'plexus'), ['lint', '--config', config(good)], { cwd: dir });
    assert.deepEqual([ran.status, String(ran.stdout)], [0, '']);
    const shell = `'${join(root, 'plexus')}' schema | head -1`;
    const piped = spawnSync('bash', ['-o', 'pipefail', '-c', shell], { cwd: dir });
    assert.deepEqual([piped.status, String(piped.stdout), String(piped.stderr)], [0, '{\n', '']);
  });

  it('says its version', async () => {
    const { code, lines } = await run(['--version']);
    assert.equal(code, 0);
    assert.match(lines[0]!, /^\d+\.\d+\.\d+/);
  });

  it('refuses numbers of the demo that are none, before anything is started', async () => {
    for (const words of [
      ['--count', 'many'],
      ['--rate', '0'],
      ['--seed', 'x'],
    ]) {
      const { code, said } = await run(['demo', ...words, '--data', join(dir, 'data')]);
      assert.equal(code, 64, words.join(' '));
      assert.match(said.join('\n'), /wants a number above 0/);
    }
    assert.ok(!existsSync(join(dir, 'data')));
  });

  it('shows the demo in any folder, with the network that lies beside the program', () => {
    const words = ['demo', '--ports', 'any', '--count', '3', '--rate', '100', '--stop'];
    const { status, stdout, stderr } = spawnSync(join(root, 'plexus'), words, {
      cwd: dir,
      encoding: 'utf8',
      env: { ...process.env, PLEXUS_KEY: '0'.repeat(64), PLEXUS_TOKEN: 't'.repeat(32) },
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /north-general/);
    for (const made of ['data/control.db', 'out']) assert.ok(existsSync(join(dir, made)));
  }).timeout(180_000);
});
