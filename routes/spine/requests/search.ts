import { type Condition, carries, resourceId, type Sent } from '../../../transforms/fhir/index.ts';
import { splitElements } from '../fold/index.ts';
import type { State } from '../resource-cache.ts';
import { unpackId } from '../rows/index.ts';
import { load, type Spine } from '../spine.ts';

/** More that carry one identifier than anybody needs to see that it is not one. */
const matchesMax = 2;

/**
 * The resources of a source that a condition finds now: none, one, or two for "several". What the
 * source sent as FHIR counts, whatever channel it came by.
 */
export function search(
  spine: Spine,
  { source }: Pick<Sent, 'source'>,
  type: string,
  condition: Condition,
): readonly State[] {
  const found: State[] = [];
  for (const state of candidates(spine, source, type, condition)) {
    if (state.text === '' || !carries(askedOf(state, condition), condition, source)) continue;
    found.push(state);
    if (found.length === matchesMax) break;
  }
  return found;
}

function* candidates(
  spine: Spine,
  source: string,
  type: string,
  { id, identifiers }: Condition,
): Generator<State> {
  if (id !== undefined) {
    const state = load(spine, type, resourceId(source, type, id));
    if (state !== undefined) yield state;
    return;
  }
  const { words, writing, reading } = spine;
  const [token = ''] = identifiers;
  for (const { resource } of writing.byToken.all(words.no(source), words.no(type), token)) {
    const row = reading.resourceByNo.get(resource)!;
    yield load(spine, type, unpackId(row.id))!;
  }
}

/** The elements that the condition asks about. */
function askedOf({ text }: State, { terms = [] }: Condition): Record<string, unknown> {
  const elements = splitElements(text);
  const names = ['identifier', ...terms.flatMap((term) => term.elements.map(rootOf))];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = elements.get(name);
      return value === undefined ? [] : [[name, JSON.parse(value) as unknown]];
    }),
  );
}

const rootOf = (path: string): string => path.split('.')[0]!;
