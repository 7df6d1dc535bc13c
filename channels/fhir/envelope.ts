import { isUtf8 } from 'node:buffer';
import type { Issue } from '../../engine/index.ts';
import { scanJson } from './payload/index.ts';

/** What the address and the headers of a request say, which the body alone does not. */
export type Asked = {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `Type`, `Type/id` or `Type?search`, as the sender wrote it. */
  readonly url: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifNoneExist?: string;
};

/** A POST says no more than its body does, unless a condition goes with it. */
export const isPlain = ({ method, ifNoneExist }: Asked): boolean =>
  method === 'POST' && ifNoneExist === undefined;

/**
 * What lands of a request that is more than its body: one `Bundle.entry`, the body in it byte for
 * byte (docs/decisions/0011-what-lands-of-a-fhir-request.md).
 */
export function envelope(asked: Asked, body: Buffer | undefined): Buffer {
  const { method, url, ifMatch, ifNoneMatch, ifNoneExist } = asked;
  const request = JSON.stringify({ method, url, ifMatch, ifNoneMatch, ifNoneExist });
  if (body === undefined) return Buffer.from(`{"request":${request}}`);
  return Buffer.concat([Buffer.from(`{"request":${request},"resource":`), body, Buffer.from('}')]);
}

/** JSON Patch (RFC 6902), or Parameters with FHIRPath Patch. */
export type PatchLanguage = 'json' | 'fhirpath';

/** A patch as a resource (https://hl7.org/fhir/R4/http.html#jsonpatch); Parameters are one. */
export function patchResource(patch: Buffer, language: PatchLanguage): Buffer {
  if (language === 'fhirpath') return patch;
  const data = patch.toString('base64');
  const contentType = 'application/json-patch+json';
  return Buffer.from(JSON.stringify({ resourceType: 'Binary', contentType, data }));
}

/** What stands against the body of a PATCH; what it says is read by the chain. */
export function patchIssue(patch: Buffer, language: PatchLanguage): Issue | undefined {
  const scanned = isUtf8(patch) ? scanJson(patch, 0) : undefined;
  if (scanned !== undefined && 'refused' in scanned) return scanned.refused;
  try {
    const body: unknown = scanned && JSON.parse(patch.toString('utf8'));
    const isParameters = (body as { resourceType?: unknown } | null)?.resourceType === 'Parameters';
    if (language === 'json' ? Array.isArray(body) : isParameters) return undefined;
  } catch {
    // Said below: the parser's own message quotes the text.
  }
  const diagnostics =
    language === 'json'
      ? 'A patch is a list of operations in JSON (RFC 6902).'
      : 'A FHIRPath Patch is a Parameters resource.';
  return { severity: 'error', code: 'fhir-patch-invalid', diagnostics };
}

/** What may stand beside an identifier or an id; which of them a type has, the chain knows. */
const beside: ReadonlySet<string> = new Set(
  (
    'active authored authoredon birthdate category class clinical-status code date encounter ' +
    'family gender given intent name organization patient recorded-date status subject type ' +
    'vaccine-code'
  ).split(' '),
);

/** Conditions are decided by identifiers or the id, which is all that the store finds by. */
export function conditionIssue(search: string): Issue | undefined {
  const terms = [...new URLSearchParams(search.replace(/^\?/, ''))];
  const finds = ([name, value]: readonly [string, string]): boolean =>
    name === 'identifier' ? /\|./.test(value) : name === '_id';
  const isKnown = (term: readonly [string, string]): boolean =>
    term[1] !== '' && !term[1].includes(',') && (finds(term) || beside.has(term[0]));
  const isFound = terms.length <= termsMax && terms.some(finds);
  if (isFound && terms.every(isKnown)) return undefined;
  const diagnostics =
    'A condition is decided by identifiers, `identifier=system|value`, or by `_id=`; beside ' +
    'these stand the common parameters of the type, without modifiers, prefixes and alternatives.';
  return { severity: 'error', code: 'fhir-condition-unsupported', diagnostics };
}

const termsMax = 10;
