import type { Json, ValueSet } from '../knowledge.ts';
import { canonicalOf, listOf, objectOf, textOf, textsOf } from './json.ts';
import type { VersionRules } from './versions.ts';

/**
 * The definition of a value set with the versions that it meant when it was published, where it
 * names none: a later release of a code system does not change its codes. A question that says
 * which version it wants is heard.
 */
export function asItWasMeant({ resource, asPublished }: ValueSet, rules: VersionRules): Json {
  const compose = objectOf(resource.compose);
  if (asPublished === undefined || compose === undefined) return resource;
  const isAsked = (url: string) => rules.preferred.has(url) || rules.required.has(url);
  const part = (one: Json): Json => {
    const system = textOf(one.system);
    const version =
      system === undefined || textOf(one.version) !== undefined || isAsked(system)
        ? undefined
        : asPublished('CodeSystem', system);
    const valueSet = textsOf(one.valueSet).map((text) => {
      const { url, version: named } = canonicalOf(text);
      if (named !== undefined || url.startsWith('#') || rules.valueSets.has(url)) return text;
      const meant = asPublished('ValueSet', url);
      return meant === undefined ? text : `${url}|${meant}`;
    });
    return {
      ...one,
      ...(version === undefined ? {} : { version }),
      ...(valueSet.length === 0 ? {} : { valueSet }),
    };
  };
  const parts = (name: 'include' | 'exclude') =>
    compose[name] === undefined ? {} : { [name]: listOf(compose[name]).map(part) };
  return { ...resource, compose: { ...compose, ...parts('include'), ...parts('exclude') } };
}
