import { z } from 'zod';
import {
  hold,
  type Issue,
  limits,
  pass,
  type Stage,
  type StageComponent,
} from '../../engine/index.ts';
import type { Contribution, Conversion } from './contribution.ts';
import { type Entry, readPayload } from './entries.ts';
import { statementsOf } from './patient-links.ts';
import { isTooDeep, readReference, rewriteReferences } from './references.ts';
import { resourceId } from './resource-id.ts';

const schema = z
  .strictObject({
    source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected small letters, digits and dashes')
      .describe('Whose ids these are: the same id from another source is another resource.'),
  })
  .describe('Reads FHIR R4 as it was sent.');

type Config = z.output<typeof schema>;

/** The first stage of a channel whose source speaks FHIR: a resource, or a Bundle of them. */
export const readFhirStage: StageComponent<Config> = {
  role: 'stage',
  name: 'read-fhir',
  flow: { takes: 'message', gives: 'resources' },
  summary: 'Takes FHIR R4 JSON (a resource or a Bundle) apart into the resources that it holds.',
  guarantees:
    'The same resource sent again gets the same id; references inside a source stay whole; what ' +
    'is not FHIR R4 is held with every mistake that was found.',
  example: 'read-fhir: { source: north-general }',
  schema,
  create({ source }) {
    const stage: Stage<undefined, Conversion> = {
      name: 'read-fhir',
      run({ raw, sha256 }) {
        const payload = parseJson(raw);
        if ('issue' in payload) return hold([payload.issue]);
        const { messageType, controlId, entries, issues } = readPayload(payload.value);
        if (issues.length > 0) return hold(issues.slice(0, issuesMax));
        const contributions = contributionsOf(source, sha256, entries);
        const said = statementsOf(contributions);
        const conversion: Conversion = {
          messageType,
          controlId,
          contributions,
          unvisited: [],
          issues: said.issues,
          marks: [],
          ...(said.statements.length === 0 ? {} : { statements: said.statements }),
          provenance: { mapping: `read-fhir:${source}`, maps: [] },
        };
        return pass(conversion, said.issues);
      },
    };
    return stage as Stage;
  },
};

/** More mistakes than a person reads; the rest is of the same kind. */
const issuesMax = 100;

function parseJson(raw: Buffer): { readonly value: unknown } | { readonly issue: Issue } {
  const refuse = (code: string, diagnostics: string) => ({
    issue: { severity: 'fatal', code, diagnostics } as const,
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return refuse('fhir-encoding-invalid', 'the payload is not valid UTF-8');
  }
  try {
    const value: unknown = JSON.parse(text);
    if (!isTooDeep(value)) return { value };
    return refuse(
      'fhir-too-deep',
      `the payload is nested deeper than ${limits.jsonDepthMax} levels`,
    );
  } catch {
    return refuse('fhir-json-invalid', 'the payload is not valid JSON');
  }
}

function contributionsOf(
  source: string,
  sha256: string,
  entries: readonly Entry[],
): readonly Contribution[] {
  const identified = entries.map((entry, index) => {
    const { resourceType: type } = entry.resource;
    return { entry, type, id: resourceId(source, type, keyOf(entry, `${sha256}:${index}`)) };
  });
  const byUrl = new Map(
    identified.map(({ entry, type, id }) => [entry.fullUrl, `${type}/${id}`] as const),
  );
  byUrl.delete('');
  const bases = new Set(['', ...[...byUrl.keys()].map((url) => readReference(url)?.base ?? '')]);
  const rewrite = (reference: string): string | undefined => {
    const local = byUrl.get(reference);
    if (local !== undefined) return local;
    const found = readReference(reference);
    // A reference to another server is that server's; one without a base is to the source itself.
    if (found === undefined || !bases.has(found.base)) return undefined;
    return `${found.type}/${resourceId(source, found.type, found.id)}`;
  };
  return identified.map(({ entry, type, id }) => {
    const { resourceType: _type, id: _id, meta, ...set } = entry.resource;
    rewriteReferences(set, rewrite);
    const kept = metaOf(meta);
    return {
      type,
      id,
      set: kept === undefined ? set : { meta: kept, ...set },
      remove: [],
      whole: true,
    };
  });
}

/**
 * What the source knows the resource by: its id, else its first identifier, else the Bundle's
 * name for it, else the payload itself; so that the same payload sent again gives the same
 * resources.
 */
function keyOf({ resource, fullUrl }: Entry, fallback: string): string {
  if (typeof resource.id === 'string') return resource.id;
  const named = readReference(fullUrl);
  if (named?.type === resource.resourceType) return named.id;
  const { identifier } = resource;
  const first: unknown = Array.isArray(identifier) ? identifier[0] : identifier;
  const { system, value } = (first ?? {}) as { system?: unknown; value?: unknown };
  if (typeof system === 'string' && typeof value === 'string') return `${system}|${value}`;
  return fullUrl === '' ? fallback : fullUrl;
}

/**
 * Versions and times of the source's own store are not ours; what says what the resource is, is.
 */
function metaOf(meta: unknown): Record<string, unknown> | undefined {
  const { profile, security, tag } = (meta ?? {}) as Record<string, unknown>;
  const kept = Object.entries({ profile, security, tag }).filter(
    ([, value]) => value !== undefined,
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
