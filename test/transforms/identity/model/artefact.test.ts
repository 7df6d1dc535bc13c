// Goal: a model is what was signed, or it is refused. Method: any one value of the artefact changed
// is found by its hash; text that is no model has a stable code.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PlexusError } from '../../../../engine/index.ts';
import { baseModel, parseModel, sealModel } from '../../../../transforms/identity/index.ts';

const text = JSON.stringify(baseModel());
const refused = (changed: string, code: string): void =>
  assert.throws(
    () => parseModel(changed),
    (error) => error instanceof PlexusError && error.code === code && error.exit === 78,
  );

describe('the artefact of a model', () => {
  it('is read back as it is, however it was indented', () => {
    assert.deepEqual(parseModel(JSON.stringify(baseModel(), null, 2)), baseModel());
  });

  it('is refused when a digit of it was changed', () => {
    const digits = [...text.matchAll(/\d/g)].map(({ index }) => index);
    fc.assert(
      fc.property(fc.constantFrom(...digits), fc.integer({ min: 1, max: 9 }), (at, step) => {
        const digit = (Number(text[at]) + step) % 10;
        const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
        // 0.5 and 0.50 are one number: only another content is an altered model.
        fc.pre(JSON.stringify(JSON.parse(safe(changed))) !== text);
        refused(changed, 'identity-model-corrupt');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when it was cut short, or is something else', () => {
    for (const wrong of ['', '{}', 'null', text.slice(0, -9), '{"format":1}'])
      refused(wrong, 'identity-model-corrupt');
  });

  it('is refused when it was fitted for other levels', () => {
    const old = sealModel({ ...baseModel(), comparison: 0 });
    refused(JSON.stringify(old), 'identity-model-outdated');
  });
});

const safe = (json: string): string => {
  try {
    JSON.parse(json);
    return json;
  } catch {
    return 'null';
  }
};
