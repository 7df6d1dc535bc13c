import type { MessageId } from '../../engine/index.ts';
import type { SpineReader } from '../../routes/spine/index.ts';
import type { Downstream, DownstreamItem } from '../../transforms/identity/index.ts';

/** What the spine wrote of messages whose patient was wrongly somebody else. */
export function spineDownstream(spine: Pick<SpineReader, 'resourcesOf'>): Downstream {
  return {
    *writtenWhile({ runs }): Generator<DownstreamItem> {
      const told = new Set<string>();
      for (const { message, generation } of runs)
        for (const { type, id } of spine.resourcesOf(message as MessageId, generation)) {
          const what = `${type}/${id}`;
          // One resource of many messages is named with the first of them.
          if (!told.has(what)) yield { kind: 'resource', what, message };
          told.add(what);
        }
    },
  };
}
