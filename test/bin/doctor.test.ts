// Goal: `doctor` says beforehand what the start would stumble over: a key that is gone, wrong or
// open to others. Method: a data folder with one real store, and its key put right, away, or wrong.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, dataKeyFile, openDatabase } from '../../engine/index.ts';
import { run } from './capture.ts';

describe('doctor', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-doctor-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const data = () => join(dir, 'data');
  const key = Buffer.alloc(32, 7);
  const keyFile = (text: string, mode = 0o600) => {
    writeFileSync(dataKeyFile(data()), `${text}\n`);
    chmodSync(dataKeyFile(data()), mode);
  };

  async function verdict(): Promise<string> {
    const argv = ['doctor', '--config', join(dir, 'none'), '--data', data(), '--json'];
    const { lines } = await run(argv);
    const findings = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const found = findings.find(({ check }) => check === 'data key');
    return `${found?.verdict}: ${found?.text}`;
  }

  it('promises a key only where there is no data yet', async () => {
    assert.match(await verdict(), /^ok: not there yet; the first start makes /);
    mkdirSync(data());
    openDatabase(dataFolder.control(data()), { key }).close();
    assert.match(await verdict(), /^failed: .* holds data but neither /);
  });

  it('says whether the key opens the data, and who can read it', async () => {
    mkdirSync(data());
    const db = openDatabase(dataFolder.control(data()), { key });
    db.exec('CREATE TABLE t (x)');
    db.close();
    keyFile(key.toString('hex'));
    assert.match(await verdict(), /^ok: /);
    keyFile(key.toString('hex'), 0o644);
    assert.match(await verdict(), /^warning: .* can be read by others/);
    keyFile('0'.repeat(64));
    assert.match(await verdict(), /^failed: .* does not open with this key/);
    keyFile('no key');
    assert.match(await verdict(), /^failed: .* 64 hexadecimal digits/);
  });
});
