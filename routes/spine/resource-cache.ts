import type { Elements } from './fold.ts';

/** A resource's current state as the writer holds it. */
export type State = {
  readonly no: number;
  readonly type: string;
  readonly id: string;
  /** Row of the last contribution written, the head of the chain. */
  last: number;
  /** Row of the contribution whose body is the current version. */
  current: number;
  version: number;
  /** The newest message that spoke of it. */
  newest: number;
  changedMs: number;
  /** The current version; '' when the resource ceased to be. */
  body: string;
  /** Read out of `body` when first needed: most resources are never touched again. */
  elements: Elements | undefined;
};

/**
 * Characters of bodies that one thread keeps; about twice as many bytes of memory with elements.
 */
const charactersMax = 16 * 1024 * 1024;
/** A scanned document of megabytes must not push thousands of patients out. */
const bodyCharactersMax = 128 * 1024;
/** Row numbers and the map's own entry weigh about as much as this many characters. */
const entryCharacters = 300;

export type ResourceCache = {
  get(type: string, id: string): State | undefined;
  put(state: State): void;
  clear(): void;
};

/**
 * The states touched last, bounded by their size. Two generations and not a list in order of use:
 * when the young one is full it becomes the old one, and what nobody asked for since is forgotten
 * at once.
 */
export function resourceCache(): ResourceCache {
  let young = new Map<string, State>();
  let old = new Map<string, State>();
  let characters = 0;

  function keep(key: string, state: State): void {
    if (characters > charactersMax / 2) {
      old = young;
      young = new Map();
      characters = 0;
    }
    young.set(key, state);
    characters += state.body.length + entryCharacters;
  }

  return {
    get(type, id) {
      const key = `${type}/${id}`;
      const state = young.get(key) ?? old.get(key);
      if (state !== undefined && !young.has(key)) keep(key, state);
      return state;
    },
    put(state) {
      const key = `${state.type}/${state.id}`;
      if (state.body.length > bodyCharactersMax) {
        young.delete(key);
        old.delete(key);
      } else if (young.get(key) !== state) keep(key, state);
    },
    clear() {
      young = new Map();
      old = new Map();
      characters = 0;
    },
  };
}
