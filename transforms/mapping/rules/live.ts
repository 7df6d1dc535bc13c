import type { CompiledMapping, Filling, MessageEntry, MessagePlan, Step } from '../plans.ts';
import type { Scope } from '../reading/index.ts';

/**
 * The shape of a message: its type and which segments it has, wherever they stand. Most rules of a
 * mapping can do nothing in a message of one shape; which those are is found out once a shape.
 */
export type Shape = {
  readonly messageType: string;
  readonly trigger: string;
  readonly segments: ReadonlySet<string>;
  /** Slots of the resource rows that may make something. */
  readonly slots: ReadonlySet<number>;
};

/** What a mapping has to do for messages of one shape. */
export type Live = {
  readonly entries: readonly MessageEntry[];
  readonly shape: Shape;
  /** By the number of a filling, made when it is first filled. */
  readonly fillings: (LiveFilling | undefined)[];
};

/** The rules of a resource or a part that may do something. */
export type LiveFilling = {
  readonly steps: readonly Step[];
  readonly parts: Filling['parts'];
  /** The steps left at a segment with these fields (see `Segment.low`), as the last one had. */
  low: number;
  high: number;
  meant: readonly Step[];
  /** 1 for each step and part of the filling that is one of these. */
  readonly isStepLive: Uint8Array;
  readonly isPartLive: Uint8Array;
};

const livesMax = 1_000;

export function liveOf(
  mapping: CompiledMapping,
  plan: Exclude<MessagePlan, 'filter'>,
  type: { readonly messageType: string; readonly trigger: string },
  scope: Scope,
): Live {
  const near = nearest.get(plan);
  if (near?.scope === scope) return near.live;
  const live = liveAt(mapping, plan, type, scope);
  nearest.set(plan, { scope, live });
  return live;
}

/** Of each type, the shape that came last: most senders have one or two. */
const nearest = new WeakMap<MessagePlan & object, { readonly scope: Scope; readonly live: Live }>();

function liveAt(...[mapping, plan, type, scope]: Parameters<typeof liveOf>): Live {
  const key = `${type.messageType}|${scope.present}`;
  const known = mapping.lives.get(key);
  if (known) return known;
  if (mapping.lives.size >= livesMax) mapping.lives.clear();
  const segments = new Set(scope.names);
  const entries = plan.filter(({ resource, least }) => least > 0 || segments.has(resource.each));
  const slots = new Set(entries.map(({ resource }) => resource.slot));
  const shape = { ...type, segments, slots };
  const live = { entries, shape, fillings: [] };
  mapping.lives.set(key, live);
  return live;
}

export function liveFilling(live: Live, filling: Filling): LiveFilling {
  const known = live.fillings[filling.number];
  if (known !== undefined) return known;
  const { shape } = live;
  // A row whose origin is noted takes over what a row before it emptied, even if it is silent.
  const steps = filling.steps.filter((step) => step.giving !== undefined || step.isLive(shape));
  const parts = filling.parts.filter(
    ({ giving, segment }) => giving !== undefined || shape.segments.has(segment),
  );
  const made = {
    steps,
    parts,
    isStepLive: Uint8Array.from(filling.steps, (step) => (steps.includes(step) ? 1 : 0)),
    isPartLive: Uint8Array.from(filling.parts, (part) => (parts.includes(part) ? 1 : 0)),
    low: -1,
    high: -1,
    meant: [],
  };
  live.fillings[filling.number] = made;
  return made;
}
