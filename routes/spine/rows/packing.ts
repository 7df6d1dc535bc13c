/** One contribution as it is kept; its number is that of its place. */
export type Head = {
  readonly resource: number;
  /** The contribution to the same resource before it; 0 for the first. */
  readonly previous: number;
  /** The version in force after it, and its `meta.lastUpdated` in milliseconds. */
  readonly version: number;
  readonly changedMs: number;
  /** The contribution that made this version; itself when it changed something. */
  readonly current: number;
  /**
   * What it set: undefined for all that the version in force holds, else element names between
   * commas that point into it, after a `*` when it was whole, a `!` when it is a correction; `-`
   * alone says nothing: a retraction, or what a list ended; `#` alone is a deletion.
   */
  readonly elements: string | undefined;
  /** Names of the elements it removed, between commas. */
  readonly removed: string | undefined;
  /**
   * What it set where the version does not show it, as a JSON object. Before that, each on a line
   * that its mark begins: `@` the number of its list, `+` names that join, `-` what it takes out,
   * `?` its initial values, `=` values that joined others, where the version shows all the rest.
   */
  readonly own: string | undefined;
};

/** A head and, where it made a version, that version's elements ('' when the resource is gone). */
export type ContributionRow = Head & {
  readonly row: number;
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
  readonly text: string | undefined;
};

/** Contributions of one message, as a row of the table `contribution`. */
export type PackRow = {
  readonly first: number;
  readonly message: number;
  readonly generation: number;
  readonly ordinal: number;
  /** A JSON array with one array a contribution, see `packHead`. */
  readonly heads: string;
  /** The texts of the versions they made, end to end. */
  readonly texts: string;
};

type Packed = readonly [
  resource: number,
  previous: number,
  version: number,
  changedMs: number,
  /** Characters of its text; below 0 no version: less the number of the version's contribution. */
  length: number,
  elements?: string | null,
  removed?: string | null,
  own?: string | null,
];

/** The head as a JSON array; `length` is undefined where it made no version. */
export function packHead(head: Head, length: number | undefined): string {
  const { resource, previous, version, changedMs, current, elements, removed, own } = head;
  const short = `[${resource},${previous},${version},${changedMs},${length ?? -current}`;
  if (elements === undefined && removed === undefined && own === undefined) return `${short}]`;
  const rest = JSON.stringify([elements ?? null, removed ?? null, own ?? null]);
  return `${short},${rest.slice(1)}`;
}

export function unpack(pack: PackRow): ContributionRow[] {
  const { first, message, generation, texts } = pack;
  let end = 0;
  return (JSON.parse(pack.heads) as Packed[]).map((packed, index) => {
    const [resource, previous, version, changedMs, length, elements, removed, own] = packed;
    const start = end;
    if (length > 0) end += length;
    return {
      row: first + index,
      resource,
      previous,
      version,
      changedMs,
      current: length < 0 ? -length : first + index,
      elements: elements ?? undefined,
      removed: removed ?? undefined,
      own: own ?? undefined,
      message,
      generation,
      ordinal: pack.ordinal + index,
      text: length < 0 ? undefined : texts.slice(start, end),
    };
  });
}
