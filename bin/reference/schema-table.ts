import { table } from './page.ts';

type Schema = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
};

/**
 * One row a key of a JSON Schema, nested keys as `retry.first_ms`; empty when there are no keys.
 */
export function schemaTable(schema: object): string {
  const rows = rowsOf(schema as Schema, '');
  if (rows.length === 0) return 'It takes no keys.';
  return table(['key', 'is', 'unless told', 'what it is'], rows);
}

function rowsOf(schema: Schema, prefix: string): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const isRequired = required.has(key) && property.default === undefined;
    const row = [
      `\`${prefix}${key}\``,
      kindOf(property),
      isRequired ? '**required**' : defaultOf(property),
      property.description ?? '',
    ];
    return [row, ...rowsOf(mapIn(property), `${prefix}${key}.`)];
  });
}

/** The map inside a property: itself, its list items, or the one alternative that is a map. */
function mapIn(schema: Schema): Schema {
  if (schema.properties) return schema;
  if (typeof schema.items === 'object') return mapIn(schema.items);
  const maps = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((one) => one.properties);
  return maps.length === 1 ? maps[0]! : {};
}

function kindOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (parts.length > 0) return [...new Set(parts.map(kindOf))].join(' or ');
  if (schema.type === 'array' && typeof schema.items === 'object')
    return `list of ${kindOf(schema.items)}`;
  return words[String(schema.type)] ?? 'any value';
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: '`true` or `false`',
  array: 'list',
  object: 'map',
};

function defaultOf({ default: value }: Schema): string {
  if (value === undefined || value === '') return '';
  return typeof value === 'object' && Object.keys(value ?? {}).length === 0
    ? 'none'
    : `\`${JSON.stringify(value)}\``;
}
