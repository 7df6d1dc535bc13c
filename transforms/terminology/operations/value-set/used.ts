import type { Json } from '../../knowledge.ts';
import { standardsStatusUrl } from '../concept-view.ts';
import { canonical, extensionOf, textOf, valueIn } from '../json.ts';
import type { Part, Prepared } from './prepared.ts';

/** What an answer rests on; each release once. */
export type Used = {
  readonly codeSystems: ReadonlyMap<string, Json>;
  readonly valueSets: ReadonlyMap<string, Json>;
  readonly supplements: ReadonlyMap<string, Json>;
};

const releaseText = ({ url, version }: Json) => canonical(textOf(url) ?? '', textOf(version));

/** Everything that a value set draws on; the value set itself is no import of its own. */
export function usedBy(prepared: Prepared): Used {
  const codeSystems = new Map<string, Json>();
  const valueSets = new Map<string, Json>();
  const supplements = new Map<string, Json>();
  const walk = (part: Part): void => {
    const resource = part.view?.system.resource;
    if (resource !== undefined) codeSystems.set(releaseText(resource), resource);
    for (const one of part.view?.supplements ?? [])
      supplements.set(releaseText(one.resource), one.resource);
    for (const one of part.imports) {
      if (one.resource.url !== undefined && !one.isContained)
        valueSets.set(releaseText(one.resource), one.resource);
      for (const each of [...one.includes, ...one.excludes]) walk(each);
    }
  };
  for (const part of [...prepared.includes, ...prepared.excludes]) walk(part);
  return { codeSystems, valueSets, supplements };
}

/** What a release says of itself that who uses it should hear. */
export type Caution = 'deprecated' | 'withdrawn' | 'retired' | 'experimental' | 'draft';

/** The caution of a resource, as seen from the value set that is asked about. */
export function cautionOf(resource: Json, asker: Json): Caution | undefined {
  const standards = textOf(valueIn(extensionOf(resource, standardsStatusUrl)));
  if (standards === 'deprecated' || standards === 'withdrawn') return standards;
  if (resource.status === 'retired') return 'retired';
  // Who is a draft or an experiment expects no better of what it uses.
  if (resource.experimental === true)
    return asker.experimental === true ? undefined : 'experimental';
  if (resource.status === 'draft') return asker.status === 'draft' ? undefined : 'draft';
  return undefined;
}

export type Cautioned = {
  readonly caution: Caution;
  readonly type: 'CodeSystem' | 'ValueSet';
  readonly release: string;
};

/** All cautions of what is used, and of the value set itself. */
export function cautionsOf(prepared: Prepared, used: Used): readonly Cautioned[] {
  const asker = prepared.resource;
  const of = (type: Cautioned['type'], resource: Json): readonly Cautioned[] => {
    const caution = cautionOf(resource, asker);
    return caution === undefined ? [] : [{ caution, type, release: releaseText(resource) }];
  };
  return [
    ...of('ValueSet', { ...asker, experimental: false, status: settled(asker.status) }),
    ...[...used.valueSets.values()].flatMap((one) => of('ValueSet', one)),
    ...[...used.codeSystems.values()].flatMap((one) => of('CodeSystem', one)),
  ];
}

/** Who asks for a draft by its name knows that it is one. */
const settled = (status: unknown) => (status === 'draft' ? 'active' : status);
