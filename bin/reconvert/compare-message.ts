import type { Chain, ChainResult, RawMessage } from '../../engine/index.ts';
import { type Told, toldBy, toldOfList, toldOfMove } from '../../routes/spine/index.ts';
import type { Conversion } from '../../transforms/fhir/index.ts';
import type { Attribution } from '../../transforms/mapping/index.ts';
import { type Change, changesBetween } from './changes.ts';
import { addMessage, addSame, type Diff, type Difference } from './diff.ts';

/** What the stages without a store make of one message. */
export type Side = {
  readonly outcome: 'converted' | 'quarantined' | 'filtered';
  /** Of the first issue that holds it, or why it was filtered. */
  readonly code: string;
  readonly told: readonly Told[];
};

/** Which channel and revision a try is for: stages are told, though they keep nothing. */
export type TryOf = { readonly channel: string; readonly revision: string };

/** Runs a chain of stages without stores on messages, in order. */
export async function convertAll(
  chain: Chain,
  messages: readonly Pick<RawMessage, 'id' | 'raw' | 'sha256' | 'receivedUs'>[],
  tryOf: TryOf,
): Promise<readonly Side[]> {
  const works = messages.map(({ id, raw, sha256, receivedUs }) => ({
    ...{ id, generation: 0, ...tryOf, raw, sha256, receivedUs, body: undefined },
  }));
  return (await chain.run(works)).map(sideOf);
}

function sideOf({ verdict, bodies }: ChainResult): Side {
  switch (verdict.kind) {
    case 'settled': {
      const told = bodies.flatMap((body) => toldBy(body as Conversion));
      return { outcome: 'converted', code: '', told };
    }
    case 'filtered':
      return { outcome: 'filtered', code: verdict.reason, told: [] };
    case 'held': {
      const { issues } = verdict;
      const blocking = issues.find(({ severity }) => severity === 'error') ?? issues[0];
      return { outcome: 'quarantined', code: blocking?.code ?? '', told: [] };
    }
    case 'retry':
      throw new Error('a stage without a store asked to be tried again');
    default:
      return verdict satisfies never;
  }
}

/** Of the mapping today and, where there is one to ask, before; undefined for FHIR input. */
export type Attributions = {
  readonly now: Attribution | undefined;
  readonly before: Attribution | undefined;
};

/** What differs between two sides of a message, value by value, with the rules that say so. */
export function differencesOf(
  raw: Buffer,
  before: readonly Told[],
  now: readonly Told[],
  attributions: Attributions,
): readonly Difference[] {
  return changesBetween(before, now).map((change) => ({
    rule: ruleOf(raw, change, attributions),
    path: [change.type, ...change.path.filter((step) => typeof step === 'string')].join('.'),
    old: change.old,
    new: change.new,
  }));
}

/** What no row of a mapping is for: keys and `each` make resources and their ids. */
const ofResource = '(resource)';
const ofNoRule = '(no rule)';
/** What a list ends follows from `each` and `update:` of its row. */
const ofList = '(list)';

function ruleOf(raw: Buffer, change: Change, { now, before }: Attributions): string {
  const { type, path } = change;
  const [first] = path;
  if (type === toldOfList) return ofList;
  if (type === toldOfMove) return toldOfMove;
  if (first === undefined || first === 'id' || String(first).startsWith('(')) return ofResource;
  const plain = [String(first).replace(' (initial)', ''), ...path.slice(1)];
  const today = change.now < 0 ? [] : (now?.rulesAt(raw, change.now, type, plain) ?? []);
  if (today.length > 0) return today.join(' or ');
  const earlier = change.before < 0 ? [] : (before?.rulesAt(raw, change.before, type, plain) ?? []);
  return earlier.length > 0 ? earlier.join(' or ') : ofNoRule;
}

/** One message more, as two configurations convert it. */
export function addSides(
  diff: Diff,
  example: string,
  raw: Buffer,
  old: Side,
  side: Side,
  attributions: Attributions,
): void {
  const outcome = outcomeText(old, side);
  const differences =
    outcome === undefined ? differencesOf(raw, old.told, side.told, attributions) : [];
  if (differences.length === 0 && outcome === undefined) addSame(diff);
  else addMessage(diff, example, outcome, differences);
}

/** How the outcome differs; undefined when it does not. */
export function outcomeText(old: Pick<Side, 'outcome' | 'code'>, side: Side): string | undefined {
  return old.outcome === side.outcome ? undefined : `${wordOf(old)} -> ${wordOf(side)}`;
}

const wordOf = ({ outcome, code }: Pick<Side, 'outcome' | 'code'>): string =>
  code === '' ? outcome : `${outcome} (${code})`;
