import type { Json } from '../../knowledge.ts';
import { inOrder, type Staging } from '../../store/index.ts';
import { listOf, textOf } from './shape.ts';

type Member = Parameters<Staging['addMember']>[0];

/**
 * The expansion that a value set came with, or its codes where it lists every one of them, each
 * once. What needs a code system is expanded when the value set is published.
 */
export function membersOf({ expansion, compose }: Json): readonly Member[] {
  const given = (expansion ?? {}) as Json;
  if (given.contains !== undefined && isWhole(given))
    return distinct(listOf(given.contains).flatMap(flatten));
  const { include, exclude } = (compose ?? {}) as Json;
  if (![...listOf(include), ...listOf(exclude)].every(isListed)) return [];
  const without = new Set(listOf(exclude).flatMap(codesOf).map(nameOf));
  return distinct(listOf(include).flatMap(codesOf)).filter((one) => !without.has(nameOf(one)));
}

/** A page of an expansion, or one that was cut short, is not what the value set holds. */
function isWhole({ total, offset, extension, contains }: Json): boolean {
  const isCut = listOf(extension).some(({ url }) => String(url).endsWith('/valueset-toocostly'));
  if (isCut || (typeof offset === 'number' && offset > 0)) return false;
  return typeof total !== 'number' || total <= countOf(contains);
}

const countOf = (contains: unknown): number =>
  listOf(contains).reduce((sum, one) => sum + 1 + countOf(one.contains), 0);

const isListed = ({ concept, filter, valueSet }: Json): boolean =>
  concept !== undefined && filter === undefined && valueSet === undefined;

const codesOf = ({ system, version, concept }: Json): readonly Member[] =>
  listOf(concept).map(({ code, display }) => ({
    ...{ system: textOf(system) ?? '', version: textOf(version) },
    ...{ code: textOf(code) ?? '', display: textOf(display) },
  }));

const nameOf = ({ system, code }: Member) => `${system}\u001f${code}`;

/** Two versions of a code system may each give a code. */
const distinct = (members: readonly Member[]): readonly Member[] => {
  const seen = new Set<string>();
  return members.filter((one) => {
    const name = `${nameOf(one)}\u001f${one.version ?? ''}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
};

function flatten(json: Json): readonly Member[] {
  const { system, version, code, display, contains, ...detail } = json;
  const below = listOf(contains).flatMap(flatten);
  if (code === undefined || json.abstract === true) return below;
  const member = {
    ...{ system: textOf(system) ?? '', version: textOf(version) },
    ...{ code: textOf(code) ?? '', display: textOf(display), detail: inOrder(detail) },
  };
  return [member, ...below];
}
