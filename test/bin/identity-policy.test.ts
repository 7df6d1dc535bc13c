import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry } from '../../bin/registry.ts';
import { type Serving, serve } from '../../bin/serve.ts';
import { dataKey, type MessageId, openDatabase, requireNetwork } from '../../engine/index.ts';
import type { StoredEvent } from '../../transforms/identity/events.ts';
import { openRegistry } from '../../transforms/identity/registry/index.ts';
import { run } from './capture.ts';

// Goal: the example network ships a signed policy and a pinned model of which no byte can be
// changed; two people can make and sign one with the commands alone; an engine that runs keeps its
// policy when the next one is refused, and each message names the revision it was decided under.
// Method: the command line on a copy of config/; the real engine in this process, reloaded.

const example = join(import.meta.dirname, '../../config');

/** The log of the identity store. */
function eventsOf(dataDir: string): StoredEvent[] {
  const key = dataKey(dataDir, {}).value;
  const db = openDatabase(join(dataDir, 'identity.db'), { key, readonly: true });
  const registry = openRegistry(db, { clusterMax: 30 });
  const events: StoredEvent[] = [];
  for (;;) {
    const event = registry.event(events.length + 1);
    if (event !== undefined) events.push(event);
    else {
      db.close();
      return events;
    }
  }
}

describe('identity policy', function () {
  this.timeout(180_000);
  let dir: string;
  const config = () => join(dir, 'config');
  const policy = () => join(config(), 'identity/policy.yaml');
  const signers = () => join(config(), 'identity/signers.yaml');
  const command = (...words: string[]) =>
    run(['identity', 'policy', ...words, '--config', config()]);
  const codes = ({ lines }: { lines: readonly string[] }) =>
    lines.map((line) => JSON.parse(line).code);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plexus-governed-'));
    cpSync(example, config(), { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const hashNow = async (): Promise<string> =>
    JSON.parse((await command('show', '--json')).lines[0]!).hash;

  /** The policy with one text replaced by another, signed by two people with keys of their own. */
  async function signAnew(version: number, from = '', to = ''): Promise<string> {
    const names = ['Ana Diaz', 'Bo Lind'];
    const keyFiles = names.map((_, at) => join(dir, `${version}-${at}.pem`));
    const made = await Promise.all(keyFiles.map((file) => command('keygen', '--out', file)));
    const rows = names.map(
      (name, at) => `  - name: ${name}\n    role: r\n    ${made[at]!.lines[0]}`,
    );
    writeFileSync(signers(), `signers:\n${rows.join('\n')}\n`);
    const text = readFileSync(policy(), 'utf8').replace(/version: \d+/, `version: ${version}`);
    writeFileSync(policy(), text.replace(from, to));
    for (const [at, name] of names.entries()) {
      const { code, said } = await command('sign', '--key', keyFiles[at]!, '--as', name);
      assert.equal(code, 0, said.join('\n'));
    }
    return hashNow();
  }

  it('of the example network is signed, pins its model, and suffers no change', async () => {
    const { code, lines } = await command('show', '--json');
    const { origin, model, signatures } = JSON.parse(lines[0]!);
    assert.deepEqual([code, origin, signatures.length], [0, 'file', 2]);
    const modelFile = join(config(), `identity/models/${model.name}.json`);
    assert.equal(JSON.parse(readFileSync(modelFile, 'utf8')).hash, model.sha256);
    const right = readFileSync(policy());
    for (let at = 0; at < right.length; at += 37) {
      const altered = Buffer.from(right);
      altered[at] = altered[at]! ^ 1;
      writeFileSync(policy(), altered);
      assert.equal((await command('verify')).code, 1, `byte ${at}`);
    }
    writeFileSync(policy(), right);
    assert.equal((await command('verify')).code, 0);
    writeFileSync(modelFile, readFileSync(modelFile, 'utf8').replace('"seed"', '"sead"'));
    assert.deepEqual(codes(await command('verify', '--json')), ['identity-model-corrupt']);
  });

  it('stops a start with 78 and shows in lint', async () => {
    writeFileSync(policy(), readFileSync(policy(), 'utf8').replace('high: 0.99', 'high: 0.95'));
    const lint = await run(['lint', '--config', config(), '--json']);
    assert.deepEqual([lint.code, codes(lint)], [1, ['policy-altered', 'policy-altered']]);
    const started = await run(['run', '--config', config(), '--data', join(dir, 'data')]);
    assert.equal(started.code, 78);
    assert.match(started.said[0]!, /identity\/policy\.yaml:\d+:\d+ error policy-altered /);
  });

  it('is made and signed by two people with the commands alone', async () => {
    await signAnew(2);
    assert.equal((await command('verify')).code, 0);
    assert.equal(statSync(join(dir, '2-0.pem')).mode & 0o777, 0o600);
    const again = await command('keygen', '--out', join(dir, '2-0.pem'));
    assert.equal(again.code, 74, 'a key is never written over');
    const asOther = await command('sign', '--key', join(dir, '2-0.pem'), '--as', 'Bo Lind');
    assert.equal(asOther.code, 78);
    const asNobody = await command('sign', '--key', join(dir, '2-0.pem'), '--as', 'Cy');
    assert.match(asNobody.said[0]!, /policy-signer-unknown/);
    const noKey = await command('sign', '--key', policy(), '--as', 'Bo Lind');
    assert.match(noKey.said[0]!, /policy-key-invalid/);
    assert.equal((await command('verify')).code, 0, 'what failed has changed nothing');
    assert.equal((await command('sighn')).code, 64);
    writeFileSync(policy(), readFileSync(policy(), 'utf8').replace('high: 0.99', 'high: 99'));
    const wrong = await command('sign', '--key', join(dir, '2-0.pem'), '--as', 'Ana Diaz');
    assert.deepEqual([wrong.code, /config-value/.test(wrong.said[0]!)], [78, true]);
  });

  it('without a file is the built-in one', async () => {
    rmSync(join(config(), 'identity'), { recursive: true });
    const { lines } = await command('show', '--json');
    assert.equal(JSON.parse(lines[0]!).origin, 'built-in');
    assert.match((await command('verify')).lines[0]!, /built-in/);
  });

  describe('in a running engine', () => {
    let serving: Serving;
    let sent = 0;
    beforeEach(async () => {
      const network = requireNetwork(config(), registry);
      serving = await serve({ network, dataDir: join(dir, 'data'), env: {}, anyPort: true });
    });
    afterEach(() => serving.stop());

    /** Sends one admission and waits for the revision that processed it. */
    async function admit(channel: string, given = `Jane${sent}`): Promise<string> {
      const { operations } = serving.engine;
      const { host, port } = operations.listening().find((one) => one.channel === channel)!;
      sent += 1;
      const controlId = `P${sent}`;
      const segments = [
        `MSH|^~\\&|HIS|H|P|H|20260101||ADT^A01^ADT_A01|${controlId}|P|2.5.1`,
        [`PID|1||${sent}^^^H^MR||Zachary^${given}||19800117|F|||7 Mill Road^^Mill^NY^12345`]
          .concat('^PRN^PH^^1^212^5551234')
          .join('||'),
        `PV1|1|I|W^1^1^H||||||||||||||||V${sent}^^^H^VN`,
      ];
      const file = join(dir, 'message.hl7');
      writeFileSync(file, `${segments.join('\r')}\r`);
      await run(['send', file, '--to', `${host}:${port}`]);
      for (;;) {
        const [found] = operations.messages({ controlId });
        const isDone = found !== undefined && found.outcome !== 'pending';
        if (isDone) return operations.trace(found.id)!.steps[0]!.revision;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }

    it('stays when the next is refused at a reload, and gives way to a signed one', async () => {
      const { operations } = serving.engine;
      const revision = () =>
        operations.channels().find(({ channel }) => channel === 'north-general')!.revision;
      const first = revision();
      assert.equal(await admit('north-general'), first);
      const right = readFileSync(policy());
      writeFileSync(policy(), right.toString().replace('high: 0.99', 'high: 0.95'));
      await assert.rejects(operations.reload(), { code: 'config-invalid', exit: 78 });
      assert.equal(await admit('north-general'), first);
      await signAnew(2);
      assert.equal((await operations.reload()).length, 4, 'every channel that identifies');
      assert.notEqual(revision(), first);
      assert.equal(await admit('north-general'), revision());
      assert.equal(await operations.rollback('north-general'), first);
      assert.equal(await admit('north-general'), first);
    });

    it('decides by the policy of its own channel, whatever another one is under', async () => {
      const first = await hashNow();
      const second = await signAnew(2, 'evidence_groups: 2', 'evidence_groups: 5');
      const { operations } = serving.engine;
      await admit('mercy-west', 'Quentina');
      await operations.deploy('north-general');
      await admit('north-general', 'Quentina');
      await admit('mercy-west', 'Wilhelmina');
      await admit('st-anne', 'Wilhelmina');
      await admit('north-general', 'Theodora');
      const events = eventsOf(join(dir, 'data'));
      const changes = events.flatMap((one) => (one.type === 'policy-changed' ? [one.policy] : []));
      assert.deepEqual(changes, [first, second]);
      const channels = new Map(
        [...operations.messages({})].map(({ id, channel }) => [id, channel]),
      );
      const channelOf = ({ cause }: StoredEvent) =>
        cause.kind === 'message' ? channels.get(cause.message as MessageId) : undefined;
      let decided = 0;
      for (const event of events) {
        if (event.type !== 'queued' && event.type !== 'scored') continue;
        decided += 1;
        assert.equal(event.policy, channelOf(event) === 'north-general' ? second : first);
      }
      const linked = events.filter(({ type }) => type === 'linked').map(channelOf);
      assert.ok(decided > 2);
      assert.deepEqual(new Set(linked), new Set(['st-anne']), 'who needs five groups links nobody');
    });

    it('asks a shadow beside it, which links nobody and is counted and kept', async () => {
      const candidate = join(config(), 'identity/candidate.yaml');
      const [text] = readFileSync(policy(), 'utf8').split(/^signatures:/m);
      writeFileSync(candidate, text!.replace('evidence_groups: 2', 'evidence_groups: 5'));
      writeFileSync(join(config(), 'identity/shadow.yaml'), 'policy: candidate.yaml\n');
      const { operations } = serving.engine;
      assert.equal((await operations.reload()).length, 4, 'a shadow makes a revision');
      await admit('north-general', 'Quentina');
      await admit('mercy-west', 'Quentina');
      const [, second] = [...operations.messages({})];
      const issues = operations.trace(second!.id)!.steps.flatMap((step) => step.issues);
      const codes = issues.map(({ code }) => code);
      assert.ok(codes.includes('identity-shadow-disagrees'), codes.join());
      const types = eventsOf(join(dir, 'data')).map(({ type }) => type);
      assert.ok(types.includes('linked') && !types.includes('queued'), types.join());
      const words = ['--policy', candidate, '--data', join(dir, 'data'), '--json'];
      const { lines } = await command('preview', ...words);
      const { summary } = JSON.parse(lines.at(-1)!);
      assert.deepEqual([summary.changes, summary.shadow_noted], [{ 'auto->review': 1 }, 1]);
    });

    it('shows what a candidate would change of what it has done, and changes nothing', async () => {
      await admit('north-general', 'Quentina');
      await admit('mercy-west', 'Quentina');
      const candidate = join(dir, 'candidate.yaml');
      const text = readFileSync(policy(), 'utf8').split(/^signatures:/m)[0]!;
      writeFileSync(candidate, text.replace('evidence_groups: 2', 'evidence_groups: 5'));
      const words = ['preview', '--policy', candidate, '--data', join(dir, 'data')];
      const { code, lines } = await command(...words, '--json');
      assert.equal(code, 0);
      const [change, { summary }] = lines.map((line) => JSON.parse(line));
      const { from, to, reasons, vetoes_after: vetoes } = change;
      assert.deepEqual([from, to, reasons, vetoes], ['auto', 'review', ['evidence-groups'], []]);
      assert.deepEqual([summary.questions, summary.persons], [2, 1]);
      assert.deepEqual(summary.changes, { 'auto->review': 1 });
      assert.deepEqual((await command(...words, '--json')).lines, lines, 'asked twice, told twice');
      assert.match(
        (await command(...words)).lines.join('\n'),
        /would change, in 1 persons: 1 auto/,
      );
      writeFileSync(candidate, text);
      assert.match((await command(...words)).lines.join('\n'), /nothing would change/);
      assert.equal((await command('preview', '--policy', candidate, '--days', 'x')).code, 64);
      const nowhere = await command(...words.slice(0, 3), '--data', join(dir, 'nothing'));
      assert.equal(nowhere.code, 74);
    });
  });
});
