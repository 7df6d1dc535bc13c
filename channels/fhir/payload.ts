import { isUtf8 } from 'node:buffer';
import { type Issue, limits } from '../../engine/index.ts';
import { fhirOrderingKeys } from './ordering-keys.ts';

/**
 * What the journal needs to know of a FHIR payload; the resource itself is read again by the chain.
 */
export type Payload = {
  readonly resourceType: string;
  readonly orderingKeys: readonly string[];
  /** `system|value` of Bundle.identifier, the sender's own name for what it sends. */
  readonly bundleIdentifier?: string;
  /** `system|value` of each identifier of a resource that is no Bundle. */
  readonly identifiers: readonly string[];
};

export type PayloadRead = { readonly payload: Payload } | { readonly refused: Issue };

/**
 * Looks at bytes that should be one FHIR resource in JSON: valid UTF-8, bounded depth, valid JSON,
 * an object with a resourceType. Never throws for what it is given.
 */
export function readPayload(raw: Buffer): PayloadRead {
  if (!isUtf8(raw)) return refuse('fhir-not-utf8', 'The payload is not valid UTF-8.');
  if (isDeeperThan(raw, limits.jsonDepthMax)) {
    return refuse('fhir-too-deep', `The JSON is nested deeper than ${limits.jsonDepthMax} levels.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(raw.toString('utf8'));
  } catch {
    // The parser's own message quotes the text, and so the patient.
    return refuse('fhir-json-invalid', 'The payload is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('fhir-not-a-resource', 'The payload is JSON, but no object.');
  }
  const resource = value as Record<string, unknown>;
  const { resourceType } = resource;
  if (typeof resourceType !== 'string' || !/^[A-Z][A-Za-z]{1,63}$/.test(resourceType)) {
    return refuse('fhir-resource-type-missing', 'The payload has no valid resourceType.');
  }
  const bundleIdentifier = resourceType === 'Bundle' ? identifierOf(resource) : undefined;
  return {
    payload: {
      resourceType,
      orderingKeys: fhirOrderingKeys(resource),
      identifiers: resourceType === 'Bundle' ? [] : identifiersOf(resource.identifier),
      ...(bundleIdentifier === undefined ? {} : { bundleIdentifier }),
    },
  };
}

function identifierOf(bundle: Record<string, unknown>): string | undefined {
  const identifier = bundle.identifier as { system?: unknown; value?: unknown } | undefined;
  if (typeof identifier?.value !== 'string' || identifier.value === '') return undefined;
  return `${typeof identifier.system === 'string' ? identifier.system : ''}|${identifier.value}`;
}

function identifiersOf(value: unknown): string[] {
  const listed: unknown[] = Array.isArray(value) ? value : [];
  return listed.flatMap((one) => {
    const { system, value: text } = (one ?? {}) as { system?: unknown; value?: unknown };
    return typeof system === 'string' && typeof text === 'string' ? [`${system}|${text}`] : [];
  });
}

/** Counts brackets outside strings, before anything that could recurse sees the text. */
function isDeeperThan(json: Buffer, levels: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i];
    if (isInString) {
      if (byte === 0x5c) i += 1;
      else if (byte === 0x22) isInString = false;
    } else if (byte === 0x22) isInString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > levels) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

function refuse(code: string, diagnostics: string): PayloadRead {
  return { refused: { severity: 'error', code, diagnostics } };
}
