// Goal: whoever sends a batch is told of each entry where it stands in their Bundle, also what the
// gate says of a resource by its type.
// Method: settlements of entries as the engine gives them, out of order, and the answer.
import assert from 'node:assert/strict';
import { batchResponse } from '../../../channels/fhir/batch.ts';
import { type MessageId, messageId, type Settlement } from '../../../engine/index.ts';

const held = (...paths: string[]): Settlement => ({
  outcome: 'quarantined',
  issues: paths.map((path) => ({ severity: 'error', code: 'x', diagnostics: 'x', path })),
});

describe('the answer to a batch', () => {
  it('names the entry and the element', async () => {
    const parts = [
      held('Patient.name[0].family', 'Patient'),
      held('resource.id', '', 'request.url', 'Bundle.entry[7]'),
    ];
    const settlement: Settlement = { outcome: 'delivered', issues: [], parts };
    const id: MessageId = messageId(1, 1);
    const response = batchResponse({ id }, settlement, { order: [1, 0] });
    const { entry } = (await response.json()) as {
      entry: ({ response: { outcome: { issue: { expression: string[] }[] } } } | null)[];
    };
    const told = (at: number) => entry[at]?.response.outcome.issue.flatMap((one) => one.expression);
    assert.deepEqual(told(1), [
      'Bundle.entry[1].resource.name[0].family',
      'Bundle.entry[1].resource',
    ]);
    const place = 'Bundle.entry[0]';
    assert.deepEqual(told(0), [
      ...[`${place}.resource.id`, place, `${place}.request.url`, 'Bundle.entry[7]'],
    ]);
  });
});
