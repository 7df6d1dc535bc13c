import type { LinkWorkers } from './link.ts';
import { type LinkageOptions, openLinkage } from './linkage.ts';
import type { People } from './people.ts';

/** Does all comparing in this thread. */
export function linkInProcess(
  people: People,
  options: LinkageOptions,
  onProgress: (done: number) => void = () => {},
): LinkWorkers {
  const linkage = openLinkage(people, options);
  return {
    ids: people.ids,
    secondFrom: people.secondFrom,
    fit: async () => linkage.fit(),
    score: async (model) => linkage.score(model, { no: 0, of: 1 }, onProgress),
    assess: async (model, pairs) => linkage.assess(model, pairs),
  };
}
