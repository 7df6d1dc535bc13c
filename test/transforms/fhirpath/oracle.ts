import { createRequire } from 'node:module';
import { type Environment, isPathIssue, type Reading } from '../../../transforms/fhirpath/index.ts';

type Library = {
  compile(
    path: string | { base: string; expression: string },
    model: unknown,
    options: object,
  ): (data: unknown, variables: object) => unknown[];
};

const require = createRequire(import.meta.url);

let library: { readonly fhirpath: Library; readonly r4: unknown } | undefined;

/** What fhirpath.js makes of an expression, on an element of type `base` or a resource. */
export function oracle(expression: string, base: string | undefined) {
  library ??= { fhirpath: require('fhirpath'), r4: require('fhirpath/fhir-context/r4') };
  const { fhirpath, r4 } = library;
  const path = base === undefined ? expression : { base, expression };
  const run = fhirpath.compile(path, r4, { traceFn: () => undefined });
  return (data: unknown, { resource, rootResource }: Environment): string => {
    const variables = {
      ...(resource && { resource: structuredClone(resource.value) }),
      ...(rootResource && { rootResource: structuredClone(rootResource.value) }),
    };
    try {
      return JSON.stringify(run(structuredClone(data), variables).map(plain));
    } catch {
      return 'error';
    }
  };
}

/** Digits that both sides compute alike. */
const plain = (value: unknown): unknown => {
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (typeof value === 'string') return value.replace(/-00:00$/, 'Z');
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(plain) : JSON.parse(JSON.stringify(value));
};

/** What we make of it, in the same words. */
export function told(reading: Reading): string {
  if (isPathIssue(reading)) return 'error';
  // An element without a value is nothing that JSON could say, and fhirpath.js leaves it out.
  const values = reading.flatMap(({ value }) => value ?? []);
  return JSON.stringify(values.map((value) => plain(JSON.parse(JSON.stringify(value)))));
}
