import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { z } from 'zod';
import { checkYaml, editDistance, nearestWord, parseYaml } from '../../../engine/index.ts';

// Goal: what a schema refuses is told at its own line and column, with what was expected and the
// nearest right word, all mistakes at once. Method: a schema with every shape that configuration
// uses, a table of mistakes with exact places, and random misspellings of every key of a right
// document.

const schema = z.strictObject({
  channel: z.string().describe('The name of the channel.'),
  enabled: z.boolean().optional(),
  ack: z.enum(['landed', 'settled']).optional(),
  lanes: z.number().int().min(1).max(64).optional(),
  source: z.strictObject({
    host: z.string().optional(),
    port: z.number().int().min(0).max(65_535),
  }),
  stages: z
    .array(
      z.union([z.string(), z.strictObject({ convert: z.strictObject({ mapping: z.string() }) })]),
    )
    .optional(),
  maps: z.record(z.string(), z.string()).optional(),
});

const right = {
  channel: 'west',
  enabled: true,
  ack: 'landed',
  lanes: 4,
  source: { host: '127.0.0.1', port: 6661 },
  stages: [{ convert: { mapping: 'west' } }, 'store'],
  maps: { lab: 'x@1' },
};

const told = (text: string) =>
  checkYaml(schema, parseYaml(text, 'c.yaml')).issues.map(
    ({ line, column, code, message }) => `${line}:${column} ${code} ${message}`,
  );

describe('schema mistakes', () => {
  it('are none in a right document', () => {
    assert.deepEqual(checkYaml(schema, parseYaml(stringify(right), 'c.yaml')), {
      value: right,
      issues: [],
    });
  });

  it('come all at once, each at its place', () => {
    const text = [
      'enabled: yes',
      'ack: landet',
      'lanes: 0',
      'source:',
      '  prot: 6661',
      '  host: 5',
      'stages:',
      '  - convert: { maping: west }',
      '  - 7',
      'maps: [a]',
    ].join('\n');
    assert.deepEqual(told(text), [
      '1:1 config-missing `channel` is missing: The name of the channel.',
      '1:10 config-type expected `true` or `false`, found "yes"; write `true`',
      '2:6 config-value "landet" is not allowed here; did you mean `landed`?',
      '3:8 config-value 0 is wrong here: expected at least 1',
      '6:9 config-type expected text, found 5; write it in quotes: "5"',
      '5:3 config-unknown-key unknown key `prot`; did you mean `port`?',
      '8:16 config-unknown-key unknown key `maping`; did you mean `mapping`?',
      '9:5 config-value expected text or a map of keys, found 7',
      '10:7 config-type expected a map of keys, found a list',
    ]);
  });

  it('of an empty file and of a list in place of a map are told', () => {
    assert.deepEqual(told(''), ['1:1 config-type expected a map of keys, found nothing']);
    assert.deepEqual(told('- a\n'), ['1:1 config-type expected a map of keys, found a list']);
  });

  it('never show what may be a secret', () => {
    const secret = z.strictObject({ token: z.number() });
    const { issues } = checkYaml(secret, parseYaml('token: hunter2\n', 'c.yaml'));
    assert.equal(issues[0]?.message, 'expected a number, found this value');
  });

  it('show a bound, and a key that only sounds like a secret, in plain words', () => {
    const bounds = z.strictObject({
      port: z.int().max(65_535),
      share: z.number().gt(0),
      name: z.string().min(1),
      roles: z.array(z.string()).min(1),
      null_tokens: z.array(z.string()),
    });
    const text = 'port: 67000\nshare: 0\nname: ""\nroles: []\nnull_tokens: NA\n';
    const { issues } = checkYaml(bounds, parseYaml(text, 'c.yaml'));
    assert.deepEqual(
      issues.map(({ message }) => message),
      [
        '67000 is wrong here: expected at most 65535',
        '0 is wrong here: expected more than 0',
        '"" is wrong here: it may not be empty',
        'a list is wrong here: expected at least 1 item',
        'expected a list, found "NA"',
      ],
    );
  });

  it('misspelt keys are told once, with the right word', () => {
    const keys = [['channel'], ['enabled'], ['lanes'], ['source'], ['source', 'port'], ['maps']];
    const spots = fc.record({ path: fc.constantFrom(...keys), at: fc.nat(), letter: fc.nat(25) });
    fc.assert(
      fc.property(spots, ({ path, at, letter }) => {
        const key = path.at(-1)!;
        const place = 1 + (at % key.length);
        const typo = key.slice(0, place) + String.fromCharCode(97 + letter) + key.slice(place);
        const text = stringify(right).replace(new RegExp(`^( *)${key}:`, 'm'), `$1${typo}:`);
        const { issues } = checkYaml(schema, parseYaml(text, 'c.yaml'));
        assert.equal(issues.length, 1);
        const line = text.split('\n')[issues[0]!.line - 1]!;
        assert.ok(line.slice(issues[0]!.column - 1).startsWith(`${typo}:`));
        assert.equal(issues[0]!.message, `unknown key \`${typo}\`; did you mean \`${key}\`?`);
      }),
    );
  });
});

describe('edit distance', () => {
  const text = fc.string({ maxLength: 12 });
  it('is a distance: symmetric, zero only for equals, at most the longer length', () => {
    fc.assert(
      fc.property(text, text, (left, right_) => {
        const distance = editDistance(left, right_);
        assert.equal(distance, editDistance(right_, left));
        assert.equal(distance === 0, left === right_);
        assert.ok(distance <= Math.max(left.length, right_.length));
      }),
    );
  });

  it('finds the nearest word and keeps silent when none is near', () => {
    assert.equal(nearestWord('dedup_hours', ['dedupe_hours', 'lanes']), 'dedupe_hours');
    assert.equal(nearestWord('orderBy', ['order_by', 'owner']), 'order_by');
    assert.equal(nearestWord('banana', ['order_by', 'owner']), undefined);
  });
});
