import type { Issue } from '../../../engine/index.ts';
import { isResourceType } from '../resource-types.ts';

/** A file of a manifest: lines of one type, behind a URL that the channel may fetch. */
export type ImportFile = { readonly type: string; readonly url: string };

/** A manifest names files, not lines. */
const filesMax = 1_000;

/**
 * Reads a manifest (`input`: a list of `{type, url}`, as JSON or as Parameters). `from`: the
 * beginnings of the URLs that the channel may fetch. An Issue says what is wrong.
 */
export function readManifest(
  manifest: Readonly<Record<string, unknown>>,
  from: readonly string[],
): readonly ImportFile[] | Issue {
  const format = formatOf(manifest);
  if (format !== undefined && !formats.has(format))
    return wrong('fhir-manifest-invalid', 'Files are read as `application/fhir+ndjson`, no other.');
  const listed = manifest.resourceType === 'Parameters' ? parametersIn(manifest) : manifest.input;
  const inputs: readonly unknown[] = Array.isArray(listed) ? listed : [];
  if (inputs.length === 0 || inputs.length > filesMax)
    return wrong('fhir-manifest-invalid', `A manifest names 1 to ${filesMax} files in \`input\`.`);
  const files: ImportFile[] = [];
  for (const input of inputs) {
    const { type, url } = (input ?? {}) as { type?: unknown; url?: unknown };
    if (typeof type !== 'string' || typeof url !== 'string' || !URL.canParse(url))
      return wrong('fhir-manifest-invalid', 'Each input of a manifest has a type and a URL.');
    if (!isResourceType(type))
      return wrong('fhir-manifest-invalid', 'FHIR R4 has no resource of the type of an input.');
    const { href } = new URL(url);
    if (!mayFetch(href, from))
      return wrong('fhir-import-forbidden', 'The channel may not fetch from one of the URLs.');
    files.push({ type, url: href });
  }
  return files;
}

const formats: ReadonlySet<unknown> = new Set([
  'application/fhir+ndjson',
  'application/ndjson',
  'ndjson',
]);

/** `inputFormat`, which may be left out: there is one format. */
function formatOf({ resourceType, inputFormat, parameter }: Readonly<Record<string, unknown>>) {
  if (resourceType !== 'Parameters') return inputFormat;
  const listed: readonly unknown[] = Array.isArray(parameter) ? parameter : [];
  const named = (listed as ParameterLike[]).find((one) => one?.name === 'inputFormat');
  return named && (named.valueCode ?? named.valueString ?? null);
}

/** A step upwards that only the other server would see. */
const hiddenStep = /(?:%2f|%5c|\/)(?:\.|%2e){2}(?:%2f|%5c|\/|$)/i;

/** Is it below one of these beginnings, and with nothing that hides another address? */
export function mayFetch(url: string, from: readonly string[]): boolean {
  const { href, username, password, pathname, hash: fragment } = new URL(url);
  const isNamed = username !== '' || password !== '' || fragment !== '';
  const isPlain = !isNamed && !hiddenStep.test(pathname);
  return isPlain && from.some((start) => href.startsWith(start));
}

function parametersIn({ parameter }: Readonly<Record<string, unknown>>): unknown[] {
  const listed: readonly unknown[] = Array.isArray(parameter) ? parameter : [];
  return (listed as ParameterLike[]).flatMap((one) => {
    if (one?.name !== 'input' || !Array.isArray(one.part)) return [];
    const textOf = (name: string): unknown => {
      const found = (one.part as ParameterLike[]).find((part) => part?.name === name);
      return found?.valueUrl ?? found?.valueUri ?? found?.valueCode ?? found?.valueString;
    };
    return [{ type: textOf('type'), url: textOf('url') }];
  });
}

type ParameterLike = { readonly [name: string]: unknown; readonly name?: unknown } | null;

const wrong = (code: string, diagnostics: string): Issue => ({
  severity: 'error',
  code,
  diagnostics,
});
