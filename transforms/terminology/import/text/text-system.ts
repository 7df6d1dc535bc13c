import type { Json } from '../../knowledge.ts';
import type { Staging } from '../../store/index.ts';
import type { ImportContext } from '../context.ts';
import type { Input } from '../input.ts';
import { versionOf } from './table-rows.ts';

/** Ends a code system that came as text: its heading is what FHIR says of it. */
export function endSystem(
  staging: Staging,
  input: Input,
  context: ImportContext,
  heading: { readonly url: string; readonly version: string | undefined } & Json,
): void {
  const version = versionOf(heading.version, input, context);
  if (version === undefined) return;
  const url = context.url ?? heading.url;
  const resource = {
    ...{ resourceType: 'CodeSystem', status: 'active', content: 'complete' },
    ...{ caseSensitive: true, hierarchyMeaning: 'is-a', ...heading, url, version },
  };
  if (staging.count === 0)
    context.findings.error(input.name, 1, 'release-empty', 'this file holds no codes');
  context.end({ staging, heading: { url, version, resource }, file: input.name, line: 1 });
}

/** Refuses a code that stands there already, with both lines. */
export function refuseTwice(
  code: string,
  line: number,
  staging: Staging,
  input: Input,
  context: ImportContext,
): void {
  const first = staging.line(staging.concept(code) ?? -1);
  const message = `the code ${code} stands in line ${first} already`;
  context.findings.error(input.name, line, 'code-duplicate', message);
}

/** A plain property, left out where a file says nothing. */
export const stringProperty = (code: string, valueString: string) =>
  valueString === '' ? [] : [{ code, valueString }];
