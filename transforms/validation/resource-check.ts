import { isR4Type } from '../fhir/index.ts';
import { type Compiler, typeUrl } from './compile/index.ts';
import {
  checkObject,
  fail,
  isQuiet,
  type Json,
  leaveUnchecked,
  type ObjectPlan,
  treeOf,
  type Walk,
} from './plan/index.ts';
import {
  checkBundle,
  checkContained,
  impliedProfile,
  indexBundle,
  isAboutCode,
  vitalSigns,
} from './resources/index.ts';
import { isObject } from './values/index.ts';

/** By which plans resources of one type with one set of profiles are checked. */
type Plans = {
  readonly plans: readonly ObjectPlan[];
  /** What is to be said of the profiles themselves. */
  readonly said: readonly ((walk: Walk) => void)[];
};

/** A profile, and where it was named; undefined where somebody else than the resource asks. */
type Wanted = {
  readonly url: string;
  readonly at: string | undefined;
  /** The code of a vital sign that implies the profile. */
  readonly impliedBy?: string;
};

/** Plans by type and then by profile after profile: no key is put together for a resource. */
type Known = { readonly next: Map<string, Known>; plans: Plans | undefined };

const createKnown = (): Known => ({ next: new Map(), plans: undefined });

function step(from: Known, word: string): Known {
  const found = from.next.get(word);
  if (found !== undefined) return found;
  const made = createKnown();
  from.next.set(word, made);
  return made;
}

/** Resources name profiles themselves: no more combinations than this are remembered. */
const rememberedMax = 2_000;

export type ResourceCheck = {
  resource(resource: Json, walk: Walk, profiles: readonly string[]): void;
  readonly nested: Compiler['resource'];
  readonly fitsProfile: Compiler['fitsProfile'];
};

/** Checks whole resources: type, profiles, contained resources, and the Bundle's rules. */
export function createResourceCheck(
  compiler: Compiler,
  assigned: readonly string[],
  checkAnswers: (response: Json, walk: Walk) => void,
): ResourceCheck {
  let known = createKnown();
  let count = 0;

  const plansOf = (type: string, wanted: readonly Wanted[]): Plans => {
    let at = step(known, type);
    for (const one of wanted) {
      if (one.at === undefined || one.at === 'assigned') at = step(at, one.at ?? 'asked');
      at = step(at, one.url);
    }
    if (at.plans !== undefined) return at.plans;
    count += 1;
    if (count > rememberedMax) {
      known = createKnown();
      count = 0;
    }
    at.plans = makePlans(type, wanted, compiler);
    return at.plans;
  };

  const check = (resource: Json, walk: Walk, profiles: readonly string[]): void => {
    const { resourceType: type } = resource;
    if (typeof type !== 'string') {
      fail(walk, 'fhir-type-missing', 'this resource has no `resourceType`');
      return;
    }
    if (!isR4Type(type)) {
      fail(walk, 'fhir-type-unknown', 'FHIR R4 has no resource of this type');
      return;
    }
    const { plans, said } = plansOf(type, wantedOf(resource, profiles, assigned));
    for (const say of said) say(walk);
    const outer = { bundle: walk.bundle };
    if (type === 'Bundle') walk.bundle = indexBundle(resource);
    if (plans.length > 1) walk.isRepeated = true;
    for (const plan of plans) checkObject(plan, resource, walk, type);
    if (type === 'QuestionnaireResponse') checkAnswers(resource, walk);
    if (resource.contained !== undefined) checkContained(resource, walk);
    if (type === 'Bundle') {
      checkBundle(resource, walk);
      walk.bundle = outer.bundle;
    }
  };

  const nested: Compiler['resource'] = (type, profiles) => (value, walk) => {
    if (!isObject(value)) {
      fail(walk, 'fhir-element-invalid', 'expected a resource, as { "resourceType": ... }');
      return;
    }
    within(value, walk, () => check(value, walk, profiles.length === 1 ? profiles : []));
    if (profiles.length > 1 && !profiles.some((url) => fitsProfile(url, value, walk)))
      fail(walk, 'fhir-profile', 'this fits none of the profiles that are allowed here');
    if (isAbstract(type) || value.resourceType === type) return;
    fail(walk, 'fhir-type-mismatch', `a ${type} must stand here`);
  };

  const fitsProfile: Compiler['fitsProfile'] = (url, value, walk) => {
    const plan = compiler.planOf(url);
    if (plan === undefined || !isObject(value)) return false;
    const type = compiler.find(url)?.type ?? '';
    if (plan.isResource && value.resourceType !== type) return false;
    return isQuiet(walk, (apart) =>
      within(plan.isResource ? value : apart.resource, apart, () =>
        checkObject(plan, value, apart, type),
      ),
    );
  };

  return { resource: check, nested, fitsProfile };
}

const isAbstract = (type: string): boolean => type === 'Resource' || type === 'DomainResource';

/** Runs a check with another resource as the one around the elements. */
function within(resource: Json, walk: Walk, run: () => void): void {
  const { resource: outer, container, fullUrl, start, ids } = walk;
  const name = walk.names[walk.depth - 1];
  walk.resource = resource;
  walk.start = walk.depth;
  walk.ids = undefined;
  // What a reference led to may be contained here as well.
  const { contained } = container;
  if (name !== 'contained' && !(Array.isArray(contained) && contained.includes(resource))) {
    walk.container = resource;
    if (outer.resourceType === 'Bundle') walk.fullUrl = entryUrl(outer, walk);
  }
  run();
  walk.resource = outer;
  walk.start = start;
  walk.ids = ids;
  walk.container = container;
  walk.fullUrl = fullUrl;
}

/** The URL of the entry that the walk stands in. */
function entryUrl({ entry }: Json, walk: Walk): string {
  const one: unknown = Array.isArray(entry) ? entry[walk.places[walk.depth - 2] ?? -1] : undefined;
  return isObject(one) && typeof one.fullUrl === 'string' ? one.fullUrl : '';
}

function wantedOf(
  resource: Json,
  profiles: readonly string[],
  assigned: readonly string[],
): readonly Wanted[] {
  const wanted: Wanted[] = [];
  const { meta } = resource;
  const own = isObject(meta) && Array.isArray(meta.profile) ? meta.profile : [];
  own.forEach((url: unknown, at) => {
    if (typeof url === 'string') wanted.push({ url, at: `meta.profile[${at}]` });
  });
  const implied = impliedProfile(resource);
  if (implied !== undefined)
    wanted.push({ url: implied.url, at: undefined, impliedBy: implied.code });
  for (const url of profiles) wanted.push({ url, at: undefined });
  // Of those that hold for a whole source, only the ones for this type of resource are asked.
  for (const url of assigned) wanted.push({ url, at: 'assigned' });
  return wanted;
}

function makePlans(type: string, wanted: readonly Wanted[], compiler: Compiler): Plans {
  const said: ((walk: Walk) => void)[] = [];
  const urls = new Set<string>();
  for (const { url, at } of wanted) {
    const structure = compiler.find(url);
    const member = at === 'assigned' ? undefined : at;
    if (structure === undefined || compiler.planOf(url) === undefined)
      said.push((walk) => leaveUnchecked(walk, `the profile ${url} is not at hand`, member));
    else if (structure.type === type) urls.add(url);
    else if (at !== 'assigned')
      said.push((walk) =>
        fail(walk, 'fhir-profile', `the profile is one of ${structure.type}`, member),
      );
  }
  const own = typeUrl(type);
  const all = [...(urls.size === 0 ? [own] : urls)];
  const bases = new Set(all.flatMap((url) => basesOf(url, compiler)));
  for (const { url, impliedBy } of wanted)
    if (impliedBy !== undefined && all.some((one) => standsIn(one, url, impliedBy, compiler)))
      bases.add(url);
  const plans = all.filter((url) => !bases.has(url)).flatMap((url) => compiler.planOf(url) ?? []);
  return { plans, said };
}

/** Is this another profile of the same vital sign? */
function standsIn(url: string, implied: string, code: string, compiler: Compiler): boolean {
  if (url === implied || !basesOf(url, compiler).includes(vitalSigns)) return false;
  const structure = compiler.find(url);
  const tree = structure === undefined ? undefined : treeOf(structure);
  return tree !== undefined && isAboutCode(tree, code);
}

/** What a profile is derived from: its snapshot says all that these say. */
function basesOf(url: string, compiler: Compiler): string[] {
  const bases: string[] = [];
  let at = compiler.find(url)?.baseDefinition;
  while (at !== undefined && !bases.includes(at)) {
    bases.push(at);
    at = compiler.find(at)?.baseDefinition;
  }
  return bases;
}
