// Goal: each value that a message gives is attributed to one rule, also where it yields to what is
// known already. Method: all plain values of the resources of messages of several kinds are asked
// for, those that several rules could have set among them.
import assert from 'node:assert/strict';
import { kinds, messagesOf } from '../../../../bench/convert-messages.ts';
import { compileMapping } from '../../../../transforms/mapping/compile.ts';
import { convertRaw } from '../../../../transforms/mapping/convert/bytes.ts';
import { loadMapping, openAttribution } from '../../../../transforms/mapping/index.ts';

const loaded = loadMapping('config', 'base');
const compiled = compileMapping(loaded);
const attribution = openAttribution(loaded);

/** Plain values of a contribution, by whether they are set or yield. */
function plainNames(values: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.keys(values).filter((name) => typeof values[name] === 'string');
}

describe('attribution', () => {
  for (const kind of kinds)
    it(`names one rule for each plain value of ${kind}`, () => {
      const bytes = messagesOf(kind, 1)[0]!;
      const converted = convertRaw(compiled, bytes);
      assert.equal(converted.kind, 'pass');
      const { contributions } = converted.kind === 'pass' ? converted.conversion : assert.fail();
      let [set, yielding] = [0, 0];
      for (const [at, { type, set: values, initial }] of contributions.entries()) {
        for (const name of [...plainNames(values), ...plainNames(initial)])
          assert.equal(attribution.rulesAt(bytes, at, type, [name]).length, 1, `${type}.${name}`);
        set += plainNames(values).length;
        yielding += plainNames(initial).length;
      }
      assert.ok(set > 0);
      if (kind === 'ORU^R01') assert.ok(yielding > 0);
    });
});
