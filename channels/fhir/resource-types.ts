import { readFileSync } from 'node:fs';

/** The resource types of FHIR R4 (4.0.1); others have no address here. */
const names: ReadonlySet<string> = new Set(
  JSON.parse(readFileSync(new URL('resource-types.json', import.meta.url), 'utf8')) as string[],
);

export const isResourceType = (name: string): boolean => names.has(name);
