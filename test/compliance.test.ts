// Goal: every component that a channel file can name keeps the contract of engine/component.ts: it
// can be described, linted, shown to an editor, and an analyst's slip of the pen in it is seen.
// Method: the same checks for every entry of bin/registry.ts, so that a new component cannot forget
// one; its own example must pass its own schema.
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { z } from 'zod';
import { registry } from '../bin/registry.ts';

type JsonSchema = {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
};

/** Names of fields, at any depth, that say nothing of what they are for. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}${name}`]),
    ...undescribed(field, `${path}${name}.`),
  ]);
  const inner = [schema.items, ...(schema.anyOf ?? [])].filter((one) => one !== undefined);
  return [...own, ...inner.flatMap((one) => undescribed(one, path))];
}

/** The configuration in an example: what an analyst writes under the component's name. */
function exampleOf(text: string, name: string): unknown {
  const value: unknown = parse(text);
  if (value === name) return undefined;
  assert.deepEqual(Object.keys(value as object), [name], 'the example names the component');
  return (value as Record<string, unknown>)[name];
}

/** Keys that every route has and the engine reads itself. */
const ofEveryRoute = ['name', 'retry', 'on_uncertain'];

const components = [
  ...registry.sources.values(),
  ...registry.stages.values(),
  ...registry.routes.values(),
];

describe('every component', () => {
  it('is listed', () => assert.ok(registry.sources.size > 0 && registry.routes.size > 0));

  for (const component of components) {
    describe(`${component.role} ${component.name}`, () => {
      const schema = z.toJSONSchema(component.schema, { io: 'input' }) as JsonSchema;
      const example = exampleOf(component.example, component.name);

      it('has a name for YAML, one sentence, and says what it promises', () => {
        assert.match(component.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        assert.match(component.summary, /^[A-Z].*[^.]\.$/);
        assert.match(component.guarantees, /^[A-Z][\s\S]*\.$/);
      });

      it('describes every field of its configuration', () => {
        assert.deepEqual(undescribed(schema, ''), []);
      });

      it('has an example that its own schema takes', () => {
        const own = Object.entries(example ?? {}).filter(
          ([key]) => component.role !== 'route' || !ofEveryRoute.includes(key),
        );
        const parsed = component.schema.safeParse(Object.fromEntries(own));
        assert.ok(parsed.success, parsed.success ? '' : z.prettifyError(parsed.error));
      });

      it('refuses a key that it does not know', () => {
        const misspelt = { ...(example as object | undefined), unknown_key: 1 };
        assert.equal(component.schema.safeParse(misspelt).success, false);
      });

      it('writes its keys in snake_case', () => {
        for (const key of Object.keys(schema.properties ?? {}))
          assert.match(key, /^[a-z][a-z0-9_]*$/);
      });
    });
  }
});
