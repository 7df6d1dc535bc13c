import iconv from 'iconv-lite';
import { createStory, type Happening } from './happening.ts';
import { renderMercyWest } from './mercy-west.ts';
import { renderNorthGeneral } from './north-general.ts';
import { renderNorthGeneralFhir } from './north-general-fhir.ts';
import type { Person } from './people.ts';
import { type Random, seededRandom } from './random.ts';
import { renderStAnne } from './st-anne.ts';
import { pickWrong, spoil, type WrongKind } from './wrong.ts';

/** The example network's channels, which the simulator feeds. */
export const feeds = ['north-general', 'north-general-fhir', 'mercy-west', 'st-anne'] as const;
export type Feed = (typeof feeds)[number];

export type SimulatedMessage = {
  readonly feed: Feed;
  /** HL7 as it stands between VT and FS, or the body of a POST. */
  readonly payload: Buffer;
  /** Where a FHIR payload is posted; absent for HL7. */
  readonly path?: string;
  readonly controlId: string;
  readonly trigger: Happening['trigger'];
  /** What was made wrong on purpose, or that the sender sends it a second time. */
  readonly wrong?: WrongKind | 'sent-twice' | 'unknown-resource-type';
};

export type FeedOptions = {
  readonly seed: number;
  readonly feeds?: readonly Feed[];
  /** Share of messages with something wrong, 0 to 1. */
  readonly wrongShare?: number;
  /**
   * Wall clock of the first message, milliseconds; fixed, so that the same seed gives the same
   * bytes.
   */
  readonly startMs?: number;
};

/**
 * Of the demo and of `simulate`: its first 500 messages have something wrong of every kind, and a
 * code that no map knows where the channel has one, so that a newcomer sees each list filled.
 */
export const defaultSeed = 7;

/** A Monday morning in January, far from any change of the clocks. */
const defaultStartMs = Date.UTC(2026, 0, 12, 7, 0, 0);

/** How much each feed sends, relative to the others. */
const weights: Readonly<Record<Feed, number>> = {
  'north-general': 4,
  'north-general-fhir': 2,
  'mercy-west': 3,
  'st-anne': 2,
};

const mrnBases: Readonly<Record<Feed, number>> = {
  'north-general': 100_000,
  'north-general-fhir': 500_000,
  'mercy-west': 2_000_000,
  'st-anne': 30_000_000,
};

/** An endless stream of messages in the order in which they are sent; pure in its options. */
export function* generateFeed(options: FeedOptions): Generator<SimulatedMessage, never> {
  const random = seededRandom(options.seed);
  const wanted = options.feeds ?? feeds;
  const lots = wanted.flatMap((feed) => Array.from({ length: weights[feed] }, () => feed));
  const startMs = options.startMs ?? defaultStartMs;
  const roster: Person[] = [];
  const stories = new Map(
    wanted.map((feed) => {
      const isFrench = feed === 'st-anne';
      const mrnBase = mrnBases[feed];
      return [feed, createStory({ random, isFrench, startMs, mrnBase, roster })] as const;
    }),
  );
  const wrongShare = options.wrongShare ?? 0.03;
  let last: SimulatedMessage | undefined;
  for (;;) {
    const feed = random.pick(lots);
    const happening = stories.get(feed)?.next();
    if (happening === undefined) throw new Error(`no story for ${feed}`);
    const isWrong = random.chance(wrongShare);
    const message =
      feed === 'north-general-fhir'
        ? fhirMessage(happening, random, isWrong)
        : hl7Message(feed, happening, random, isWrong);
    yield message;
    if (isWrong && last?.feed === feed) yield { ...message, wrong: 'sent-twice' };
    last = message;
  }
}

const renderers = {
  'north-general': { render: renderNorthGeneral, charset: 'utf8' },
  'mercy-west': { render: renderMercyWest, charset: 'utf8' },
  'st-anne': { render: renderStAnne, charset: 'win1252' },
} as const;

function hl7Message(
  feed: keyof typeof renderers,
  happening: Happening,
  random: Random,
  isWrong: boolean,
): SimulatedMessage {
  const { render, charset } = renderers[feed];
  const segments = render(happening);
  const kind = isWrong ? pickWrong(random) : undefined;
  const spoiled = kind === undefined ? undefined : spoil(segments, kind);
  const text = `${(spoiled ?? segments).join('\r')}\r`;
  return {
    feed,
    payload: iconv.encode(text, charset),
    controlId: segments[0]?.split('|')[9] ?? '',
    trigger: happening.trigger,
    ...(spoiled === undefined || kind === undefined ? {} : { wrong: kind }),
  };
}

function fhirMessage(happening: Happening, random: Random, isWrong: boolean): SimulatedMessage {
  const { path, resource } = renderNorthGeneralFhir(happening, random);
  const isSpoiled = isWrong && path !== '/fhir';
  const body = isSpoiled ? { ...resource, resourceType: 'Pulse' } : resource;
  return {
    feed: 'north-general-fhir',
    payload: Buffer.from(JSON.stringify(body)),
    path: isSpoiled ? '/fhir/Pulse' : path,
    controlId: `NGF${happening.sequence}`,
    trigger: happening.trigger,
    ...(isSpoiled ? { wrong: 'unknown-resource-type' as const } : {}),
  };
}
