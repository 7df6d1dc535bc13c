import type { Component, Registry } from './component.ts';

/**
 * A component by its name, not loaded yet. `load` MUST give the component of this role and name;
 * it is called when a configuration names it, or when somebody looks at all of them.
 */
export type Listed = Pick<Component, 'role' | 'name'> & { load(): Component };

/** Sorts components by role; a name that occurs twice in one role is a bug. */
export function createRegistry(components: readonly (Component | Listed)[]): Registry {
  const listed = { source: new Map(), stage: new Map(), route: new Map() };
  for (const component of components) {
    const map: Map<string, () => Component> = listed[component.role];
    const { role, name } = component;
    if (map.has(name)) throw new Error(`two ${role}s are called ${name}`);
    map.set(name, 'load' in component ? loadOnce(component) : () => component);
  }
  return {
    sources: opening(listed.source),
    stages: opening(listed.stage),
    routes: opening(listed.route),
  };
}

function loadOnce({ role, name, load }: Listed): () => Component {
  let loaded: Component | undefined;
  return () => {
    loaded ??= load();
    if (loaded.role !== role || loaded.name !== name)
      throw new Error(`the ${role} listed as ${name} is the ${loaded.role} ${loaded.name}`);
    return loaded;
  };
}

/** A map whose values are made when they are asked for; its keys are there from the start. */
function opening<Value>(makers: ReadonlyMap<string, () => Value>): ReadonlyMap<string, Value> {
  const all = () => new Map([...makers].map(([name, make]) => [name, make()]));
  return {
    size: makers.size,
    has: (name) => makers.has(name),
    get: (name) => makers.get(name)?.(),
    keys: () => makers.keys(),
    values: () => all().values(),
    entries: () => all().entries(),
    forEach: (tell) => all().forEach(tell),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}
