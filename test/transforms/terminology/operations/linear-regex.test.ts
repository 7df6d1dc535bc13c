// Goal: a filter's regular expression matches as JavaScript's does, in time that no pattern
// explodes, and what it cannot do it refuses.
// Method: a differential property over random patterns and texts; a pattern that holds a
// backtracking engine for longer than the universe has lasted; planted faults.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { linearRegex } from '../../../../transforms/terminology/operations/linear-regex.ts';

const { pattern } = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '[0-9x-]') },
    { weight: 1, arbitrary: fc.tuple(tie('pattern')).map(([one]) => `(${one})`) },
  ),
  pattern: fc
    .array(
      fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '+?')),
      { minLength: 1, maxLength: 4 },
    )
    .chain((parts) => {
      const text = parts.map(([atom, count]) => atom + count).join('');
      return fc.constantFrom(text, `${text}|b`, `(?:${text})`);
    }),
}));

describe('regular expressions of filters', () => {
  it('match whole texts as JavaScript does', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(fc.constantFrom('a', 'b', '1', 'x', '-'), { maxLength: 7 }),
        (written, chars) => {
          const text = chars.join('');
          const expected = new RegExp(`^(?:${written})$`).test(text);
          assert.equal(linearRegex(written)?.matches(text), expected, `${written} on ${text}`);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('end soon where backtracking would not', () => {
    const text = `${'a'.repeat(200)}!`;
    assert.equal(linearRegex('((a+)+)+')?.matches(text), false);
    assert.equal(linearRegex('(a|aa)*b')?.matches(text), false);
  });

  it('take anchors, and an escaped dollar as a dollar', () => {
    assert.equal(linearRegex('^ab$')?.matches('ab'), true);
    assert.equal(linearRegex('a\\$')?.matches('a$'), true);
    assert.equal(linearRegex('\\\\$')?.matches('\\'), true);
  });

  for (const wrong of ['(a', 'a)', '[a', '*a', 'a{2', '(?=a)', '(a)\\1', 'a{3,2}', '\\'])
    it(`refuse ${wrong}`, () => assert.equal(linearRegex(wrong), undefined));

  it('refuse counts that multiply without end', () =>
    assert.equal(linearRegex('((((a{99}){99}){99}){99})'), undefined));
});
