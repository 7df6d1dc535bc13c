import type { Work } from '../../../engine/index.ts';
import type { Contribution, Conversion } from '../../../transforms/fhir/index.ts';
import {
  apply,
  joinElements,
  type Placed,
  render,
  type SaidText,
  saidBy,
  splitElements,
  splitSaid,
} from '../fold/index.ts';
import type { State } from '../resource-cache.ts';
import { isInOrder, load, type Origin, type Spine } from '../spine.ts';
import { foldedText } from '../writing/index.ts';

/** A resource as a message would leave it, whole, beside what it is now. */
export type Prospect = {
  readonly type: string;
  readonly id: string;
  /** As JSON; undefined while nobody has spoken of it, or when it is gone. */
  readonly before: string | undefined;
  readonly after: string;
  /** FHIRPath of the resource in the payload; undefined for a message that holds none. */
  readonly sentAs: string | undefined;
  /** Top-level elements that the message itself speaks of; undefined for a resource sent whole. */
  readonly spoken: ReadonlySet<string> | undefined;
};

type Draft = {
  readonly contribution: Contribution;
  readonly state: State | undefined;
  readonly spoken: Set<string>;
  isWhole: boolean;
  text: string;
  placed: Placed[];
};

/**
 * What the resources of a message would be with it, for who must see them whole before they are
 * written; nothing is. A resource that the message does not change is not among them, nor is one
 * that only a list of it ends, and there are none for a generation that is written.
 */
export function prospects(spine: Spine, work: Work<Conversion>): readonly Prospect[] {
  const { id, generation, receivedUs, body } = work;
  const earlier =
    id > spine.newest ? [] : spine.writing.generations.all(id).map((row) => row.generation);
  if ((earlier[0] ?? -1) >= generation) return [];
  const origin: Origin = { id, generation, receivedUs, earlier, before: new Map() };
  const drafts = new Map<string, Draft>();
  for (const [ordinal, contribution] of body.contributions.entries())
    draft(spine, origin, ordinal, contribution, drafts);
  return [...drafts.values()].flatMap(prospectOf);
}

function draft(
  spine: Spine,
  origin: Origin,
  ordinal: number,
  contribution: Contribution,
  drafts: Map<string, Draft>,
): void {
  const { type, id, set, remove, initial } = contribution;
  const key = `${type}/${id}`;
  const state = drafts.get(key)?.state ?? load(spine, type, id);
  const known: Draft = drafts.get(key) ?? {
    ...{ contribution, state, spoken: new Set(), isWhole: false },
    ...{ text: state?.text ?? '', placed: [] },
  };
  drafts.set(key, known);
  for (const name of [...Object.keys(set), ...Object.keys(initial ?? {}), ...remove])
    known.spoken.add(name.split(/[.:]/, 1)[0]!);
  if (contribution.whole) known.isWhole = true;
  const said = saidBy(contribution);
  if (state === undefined || isInOrder(origin, state)) known.text = applied(known.text, said);
  else {
    const { id: message, generation } = origin;
    known.placed.push({ ...splitSaid(said), message, generation, ordinal, retraction: false });
    known.text = foldedText(spine, state, known.placed) ?? state.text;
  }
}

function applied(text: string, said: SaidText): string {
  if (said.deleted) return '';
  const elements = text === '' ? new Map() : splitElements(text);
  apply(elements, splitSaid(said));
  return joinElements(elements);
}

function prospectOf(draft: Draft): readonly Prospect[] {
  const { contribution, state, text, spoken, isWhole } = draft;
  const { type, id } = contribution;
  if (text === '' || text === state?.text) return [];
  const head = { type, id, version: 1, changedMs: 0 };
  const before = state === undefined || state.text === '' ? undefined : render(head, state.text);
  const sentAs = contribution.sent?.path;
  const after = render(head, text);
  return [{ type, id, before, after, sentAs, spoken: isWhole ? undefined : spoken }];
}
