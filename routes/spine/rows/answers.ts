import type { Granted, Issue, Written } from '../../../engine/index.ts';

/** What a message's requests came to, and which resources of the spine they were about. */
export type Answer = {
  readonly granted: readonly (Granted & {
    /** Id in the spine of the resource that was meant. */
    readonly target: string;
  })[];
  readonly refused: Written['refused'];
};

type Kept = readonly [
  granted: readonly (readonly [
    entry: number,
    did: Granted['did'],
    type: string,
    id: string,
    version: number,
    changedMs: number,
    target: string,
  ])[],
  refused: readonly (readonly [entry: number, issue: Issue])[],
];

export function writeAnswer({ granted, refused }: Answer): string {
  const kept: Kept = [
    granted.map(({ entry, did, type, id, version, changedMs, target }) => [
      entry,
      did,
      type,
      id,
      version,
      changedMs,
      target,
    ]),
    refused.map(({ entry, issue }) => [entry, issue]),
  ];
  return JSON.stringify(kept);
}

export function readAnswer(text: string): Answer {
  const [granted, refused] = JSON.parse(text) as Kept;
  return {
    granted: granted.map(([entry, did, type, id, version, changedMs, target]) => ({
      entry,
      did,
      type,
      id,
      version,
      changedMs,
      target,
    })),
    refused: refused.map(([entry, issue]) => ({ entry, issue })),
  };
}
