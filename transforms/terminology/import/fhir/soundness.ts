import type { Concept, Json } from '../../knowledge.ts';
import type { Staging } from '../../store/index.ts';
import { listOf, textOf } from './shape.ts';

/** What is wrong with a resource, or worth knowing: errors refuse it. */
export type Fault = {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
};

/** FHIR's own limit of a text (https://hl7.org/fhir/R4/datatypes.html#string). */
const charactersMax = 1024 * 1024;

const error = (code: string, message: string): Fault => ({ severity: 'error', code, message });
const warning = (code: string, message: string): Fault => ({ severity: 'warning', code, message });

/** Control characters (0 to 31, and 127); of a code no one is right. */
const isControl = (code: number): boolean => code < 32 || code === 127;

/** What no concept may be; undefined when all is well. */
export function faultOfConcept({ code, display, definition, designations }: Concept) {
  const texts = [code, display, definition, ...designations.map(({ value }) => value)];
  if (texts.some((text) => text !== undefined && text.length > charactersMax))
    return error(
      'text-too-long',
      'a text of this concept is longer than the 1 MB that FHIR allows',
    );
  const isCode = code.trim() === code && code.isWellFormed();
  if (isCode && !Array.from(code).some((one) => isControl(one.charCodeAt(0)))) return undefined;
  const message = 'a code has a space before or behind it, or characters that no code has';
  return error('code-invalid', message);
}

const contents = new Set(['not-present', 'example', 'fragment', 'complete', 'supplement']);
const statuses = new Set(['draft', 'active', 'retired', 'unknown']);

/** What is wrong in what remains of a resource when its concepts and rows are taken out. */
export function faultsOf(rest: Json, url: string, staging: Staging): readonly Fault[] {
  const { status } = rest;
  const faults: Fault[] = [];
  if (/[|\s]/.test(url))
    faults.push(
      warning('url-unpinnable', `\`${url}\` has a bar or a space: no channel can pin it`),
    );
  if (typeof status === 'string' && !statuses.has(status))
    faults.push(warning('status-unknown', 'FHIR has no such `status`: it is kept as a draft'));
  if (staging.kind === 'CodeSystem') faults.push(...faultsOfSystem(rest, url, staging.count));
  if (staging.kind === 'ValueSet') faults.push(...faultsOfSet(rest));
  return faults;
}

/** https://hl7.org/fhir/R4/codesystem-definitions.html */
function faultsOfSystem(rest: Json, url: string, found: number): readonly Fault[] {
  const { content, count } = rest;
  if (content === undefined)
    return [warning('content-missing', `${url} does not say whether it is whole (\`content\`)`)];
  if (typeof content !== 'string' || !contents.has(content))
    return [error('structure-invalid', 'this is not what FHIR says: `content` has another word')];
  if (content === 'supplement') {
    const supplemented = textOf(rest.supplements)?.split('|')[0];
    const what = `${url} is a supplement`;
    if (supplemented === undefined || supplemented === '')
      return [error('supplements-missing', `${what}, and does not say of which code system`)];
    return supplemented === url
      ? [error('supplements-itself', `${what} of itself: what it adds to cannot be told from it`)]
      : [];
  }
  if (content !== 'complete' || typeof count !== 'number' || count === found) return [];
  const message = `${url} says that it has ${count} concepts, and ${found} are here`;
  return [warning('count-differs', message)];
}

/** Of a component: what it is of (vsd-1, vsd-2), by a list or by filters, not both (vsd-3). */
function faultsOfSet({ compose }: Json): readonly Fault[] {
  const { include, exclude } = (compose ?? {}) as Json;
  const faults = [...listOf(include), ...listOf(exclude)].flatMap((one) => {
    const isListed = listOf(one.concept).length > 0;
    const isFiltered = listOf(one.filter).length > 0;
    if (one.system === undefined && (isListed || isFiltered))
      return 'codes or filters without the `system` that they are of (vsd-2)';
    if (one.system === undefined && listOf(one.valueSet).length === 0)
      return 'an include or exclude of no code system and no value set (vsd-1)';
    return isListed && isFiltered ? 'a list of codes beside filters (vsd-3)' : [];
  });
  return [...new Set(faults)].map((what) =>
    error('structure-invalid', `this is not what FHIR says: ${what}`),
  );
}
