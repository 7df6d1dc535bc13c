import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { suggestion } from '../../engine/index.ts';

/** The resource types of FHIR R4 (4.0.1); others have no address here. */
const names: ReadonlySet<string> = new Set(
  JSON.parse(readFileSync(new URL('resource-types.json', import.meta.url), 'utf8')) as string[],
);

export const isResourceType = (name: string): boolean => names.has(name);

/** A resource type where a configuration names one. */
export const resourceType = z.string().refine(isResourceType, { error: unknownType });

/** A resource type with the search that its resources must meet, if any. */
export const resourceQuery = z
  .string()
  .refine((text) => isResourceType(typeOf(text)), { error: unknownType });

const typeOf = (query: string): string => query.replace(/\?.*$/s, '');

function unknownType({ input }: { input?: unknown }): string {
  const type = typeOf(String(input));
  return `R4 has no resource type \`${type}\`; ${suggestion(type, [...names])}`;
}
