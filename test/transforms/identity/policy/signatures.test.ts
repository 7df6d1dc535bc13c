import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { loadPolicy, newKeyPair, signersFile } from '../../../../transforms/identity/index.ts';
import { type PersonName, people, policyFolder, policyText, signersText } from './policy-folder.ts';

// Goal: a policy governs only as two different, known persons signed it, to the byte.
// Method: random alterations of one byte anywhere in a signed file; random lists of signatures,
// good and bad, against the rule that all are good and two persons are among them; then named
// cases.

describe('signatures of an identity policy', () => {
  const folder = policyFolder();
  after(folder.remove);
  const codes = () => loadPolicy(folder.dir).issues.map(({ code }) => code);

  function writeSigned(...names: PersonName[]): Buffer {
    folder.write(policyText());
    for (const name of names) folder.sign(name);
    return folder.read();
  }

  it('hold, and give the policy the hash of its text', () => {
    writeSigned('Ana Diaz', 'Bo Lind');
    const { governance, issues } = loadPolicy(folder.dir);
    assert.deepEqual(issues, []);
    assert.deepEqual(
      governance?.signatures.map(({ signer }) => signer),
      ['Ana Diaz', 'Bo Lind'],
    );
    assert.equal(governance?.origin, 'file');
    const { hash } = governance;
    writeSigned('Bo Lind', 'Ana Diaz');
    assert.equal(loadPolicy(folder.dir).governance?.hash, hash, 'who signed does not change it');
  });

  it('refuse any one changed, added or lost byte', () => {
    const right = writeSigned('Ana Diaz', 'Bo Lind');
    const alteration = fc.record({
      at: fc.nat(right.length - 1),
      // Mostly what a person would type, also any byte.
      byte: fc.oneof(fc.constantFrom(...Buffer.from(' \r\n\t0159aZ#:-"\'&*')), fc.nat(255)),
      kind: fc.constantFrom('change', 'add', 'lose'),
    });
    fc.assert(
      fc.property(alteration, ({ at, byte, kind }) => {
        const before = right.subarray(0, at);
        const after = right.subarray(kind === 'add' ? at : at + 1);
        const middle = kind === 'lose' ? [] : [byte];
        const altered = Buffer.concat([before, Buffer.from(middle), after]);
        folder.write(altered);
        const { governance, issues } = loadPolicy(folder.dir);
        if (altered.equals(right)) return;
        assert.equal(governance, undefined, `byte ${at} ${kind} ${byte}`);
        assert.ok(issues.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  it('hold in a checkout with CRLF, and not in one with a single CR', () => {
    const text = writeSigned('Ana Diaz', 'Bo Lind').toString();
    folder.write(text.replaceAll('\n', '\r\n'));
    assert.deepEqual(codes(), []);
    folder.write(text.replace('\n', '\r\n'));
    assert.notDeepEqual(codes(), []);
  });

  it('refuse every list of signatures but two different persons’ good ones', () => {
    const stranger = newKeyPair().privatePem;
    assert.ok(stranger.includes('PRIVATE KEY'));
    const kinds = ['good', 'stale', 'renamed', 'redated', 'flipped'] as const;
    const entry = fc.record({
      name: fc.constantFrom(...people),
      kind: fc.constantFrom('good', 'good', 'good', ...kinds),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        folder.write(policyText());
        const blocks = entries.map(({ name, kind }) => blockOf(name, kind));
        const tail = blocks.length === 0 ? '' : `signatures:\n${blocks.join('')}`;
        folder.write(policyText() + tail);
        const persons = entries.map(({ name }) => name.replace(/\s+/, ' ').toLowerCase());
        const isRight =
          entries.every(({ kind }) => kind === 'good') &&
          persons.length >= 2 &&
          new Set(persons).size === persons.length;
        const { governance, issues } = loadPolicy(folder.dir);
        assert.equal(governance !== undefined, isRight, JSON.stringify(issues));
        assert.equal(issues.length === 0, isRight);
      }),
      { numRuns: 150 },
    );

    /** The lines of one signature, made over this policy or spoiled. */
    function blockOf(name: PersonName, kind: (typeof kinds)[number]): string {
      folder.write(kind === 'stale' ? policyText({ '0.995': '0.994' }) : policyText());
      folder.sign(name);
      const block = folder.read().toString().split('signatures:\n')[1]!;
      if (kind === 'renamed') return block.replace('data steward', 'medical director');
      if (kind === 'redated') return block.replace('2026-01-15', '2026-01-16');
      if (kind !== 'flipped') return block;
      return block.replace(
        /signature: "(.)/,
        (_, first) => `signature: "${first === 'A' ? 'B' : 'A'}`,
      );
    }
  });

  it('tell by a code what is wrong with them', () => {
    folder.write(policyText());
    assert.deepEqual(codes(), ['policy-unsigned']);
    writeSigned('Ana Diaz');
    assert.deepEqual(codes(), ['policy-signed-once']);
    writeSigned('Ana Diaz');
    const once = folder.read().toString();
    folder.write(once + once.split('signatures:\n')[1]!);
    assert.deepEqual(codes(), ['policy-signed-twice']);
    const signed = writeSigned('Ana Diaz', 'Bo Lind').toString();
    folder.write(signed.replace('0.995', '0.895').replace('high: 0.895', 'high: 0.905'));
    assert.deepEqual(codes(), ['policy-altered', 'policy-altered']);
    folder.write(`${signed}# a remark\n`);
    assert.deepEqual(codes(), ['policy-altered']);
    folder.write(signed.replace('signer: "Bo Lind"', 'signer: "Bo Lund"'));
    assert.deepEqual(codes(), ['policy-signer-unknown']);
  });

  it('count for nothing once their signer is off the list or has another key', () => {
    writeSigned('Ana Diaz', 'Bo Lind');
    const list = (text: string) => writeFileSync(signersFile(folder.dir), text);
    try {
      list(signersText.replace('- name: Bo Lind', '- name: Bo Lund'));
      assert.deepEqual(codes(), ['policy-signer-unknown']);
      list(signersText.replace(/(Bo Lind[\s\S]*?public_key: )\S+/, `$1${newKeyPair().publicKey}`));
      assert.deepEqual(codes(), ['policy-signer-unknown']);
      list(signersText.replace(/(Bo Lind[\s\S]*?)\n {2}-/, '$1\n    until: 2026-01-14\n  -'));
      assert.deepEqual(codes(), ['policy-signer-expired']);
      const keys = [...signersText.matchAll(/public_key: (\S+)/g)].map((hit) => hit[1]!);
      list(signersText.replace(keys[1]!, keys[0]!));
      assert.deepEqual(codes(), ['policy-key-shared']);
      list(signersText.replace(keys[0]!, 'AAAA'));
      assert.deepEqual(codes(), ['config-value']);
    } finally {
      list(signersText);
    }
  });

  it('of an earlier text go when somebody signs the new one', () => {
    const signed = writeSigned('Ana Diaz', 'Bo Lind').toString();
    folder.write(signed.replace('version: 3', 'version: 4'));
    assert.deepEqual(folder.sign('Ana Diaz').removed, ['Bo Lind']);
    assert.deepEqual(codes(), ['policy-signed-once']);
    folder.sign('Bo Lind');
    assert.deepEqual(codes(), []);
  });
});
