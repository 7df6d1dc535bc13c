import { z } from 'zod';
import type { Component, Registry } from '../component.ts';
import { channelSchema, networkSchema, routeSchema } from './channel-schema.ts';

type JsonSchema = Record<string, unknown>;

const toJson = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema;
  return json;
};

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** JSON Schema of `config/plexus.yaml`, for editors. */
export function networkJsonSchema(): JsonSchema {
  return { $schema: dialect, title: 'Plexus network', ...toJson(networkSchema) };
}

/** JSON Schema of a channel file, every registered component with its own keys. */
export function channelJsonSchema(registry: Registry): JsonSchema {
  const base = toJson(channelSchema);
  const properties = base.properties as Record<string, JsonSchema>;
  const one = (components: Iterable<Component>) => ({
    anyOf: [...components].flatMap((component) => choices(component)),
  });
  return {
    $schema: dialect,
    title: 'Plexus channel',
    ...base,
    properties: {
      ...properties,
      source: { ...plain(properties.source), ...one(registry.sources.values()) },
      stages: { ...properties.stages, items: one(registry.stages.values()) },
      routes: { ...properties.routes, items: one(registry.routes.values()) },
    },
  };
}

/** What a reader must be told of `source`, without the union that the components replace. */
function plain(property: JsonSchema | undefined): JsonSchema {
  const { anyOf: _, ...rest } = property ?? {};
  return rest;
}

function choices(component: Component): JsonSchema[] {
  const own = componentJsonSchema(component);
  const description = component.summary;
  const map = {
    type: 'object',
    description,
    properties: { [component.name]: own },
    required: [component.name],
    additionalProperties: false,
  };
  const needsNothing = ((own.required as string[] | undefined) ?? []).length === 0;
  return needsNothing ? [{ const: component.name, description }, map] : [map];
}

/** JSON Schema of one component's configuration; a route's has the keys that every route takes. */
export function componentJsonSchema(component: Component): JsonSchema {
  const own = toJson(component.schema);
  if (component.role !== 'route') return own;
  const shared = toJson(routeSchema).properties as JsonSchema;
  return { ...own, properties: { ...(own.properties as JsonSchema), ...shared } };
}
