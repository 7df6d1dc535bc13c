/** A resource's current state as the writer holds it. */
export type State = {
  readonly no: number;
  readonly type: string;
  readonly id: string;
  /** The last contribution written, the head of the chain; 0 before the first. */
  last: number;
  /** The contribution that made the current version. */
  current: number;
  version: number;
  /** The newest message that spoke of it. */
  newest: number;
  changedMs: number;
  /** The current version's elements as one text; '' when the resource ceased to be. */
  text: string;
};

/**
 * Characters of text that one thread keeps, most of which take a byte: what 10,000 patients with
 * open stays are made of. Reading a resource back costs ten times what adding to it does.
 */
const charactersMax = 64 * 1024 * 1024;
/** A scanned document of megabytes must not push thousands of patients out. */
const textCharactersMax = 128 * 1024;
/** Row numbers and the map's own entry weigh about as much as this many characters. */
const entryCharacters = 300;

export type ResourceCache = {
  get(type: string, id: string): State | undefined;
  put(state: State): void;
  /** At the end of a message: until then nothing that was put is forgotten. */
  settle(): void;
  clear(): void;
};

/** By type and then by id: a key of both would be a new string to hash at every question. */
type Generation = Map<string, Map<string, State>>;

/**
 * The states touched last, bounded by their size. Two generations and not a list in order of use:
 * when the young one is full it becomes the old one, and what nobody asked for since is forgotten
 * at once.
 */
export function resourceCache(): ResourceCache {
  let young: Generation = new Map();
  let old: Generation = new Map();
  let large: State[] = [];
  let characters = 0;

  function keep(state: State): void {
    let ofType = young.get(state.type);
    if (ofType === undefined) {
      ofType = new Map();
      young.set(state.type, ofType);
    }
    if (ofType.get(state.id) === state) return;
    ofType.set(state.id, state);
    characters += state.text.length + entryCharacters;
  }

  return {
    get(type, id) {
      const state = young.get(type)?.get(id);
      if (state !== undefined) return state;
      const elder = old.get(type)?.get(id);
      if (elder !== undefined) keep(elder);
      return elder;
    },
    put(state) {
      keep(state);
      if (state.text.length > textCharactersMax) large.push(state);
    },
    settle() {
      for (const { type, id } of large) {
        young.get(type)?.delete(id);
        old.get(type)?.delete(id);
      }
      if (large.length > 0) large = [];
      if (characters <= charactersMax / 2) return;
      old = young;
      young = new Map();
      characters = 0;
    },
    clear() {
      young = new Map();
      old = new Map();
      large = [];
      characters = 0;
    },
  };
}
