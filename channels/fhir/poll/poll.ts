import { z } from 'zod';
import type { Source, SourceComponent, SourceContext } from '../../../engine/index.ts';
import {
  checkClientAuth,
  clientAuth,
  createFhirClient,
  duration,
  type FhirClient,
  fetchingSource,
  safeUrl,
} from '../client/index.ts';
import { resourceQuery } from '../resource-types.ts';
import { historiesOf, type Offer, runDeletions } from './deletions.ts';
import { instantUs } from './instant.ts';
import { runPass } from './pass.ts';

const query = resourceQuery
  .regex(/^[A-Z][A-Za-z]{1,63}(?:\?[^#\s]+)?$/, 'is a search like Observation?category=laboratory')
  .refine((text) => !/[?&]_(?:lastUpdated|sort|count|since)\b/.test(text), {
    message: 'is asked by _lastUpdated, _sort and _count already',
  });

const schema = z
  .strictObject({
    base_url: safeUrl.describe('The FHIR server, e.g. https://emr.example.org/fhir.'),
    resources: z
      .array(query)
      .min(1)
      .describe(
        'Resource types to poll, each with a search if you like: `Condition?category=...`.',
      ),
    auth: clientAuth.optional().describe('How to sign in; without it, not at all.'),
    every: duration.prefault('1m').describe('Time between two looks.'),
    overlap: duration
      .prefault('2m')
      .describe('How far each look goes back behind the last: what an EMR stores late is found.'),
    page_count: z.int().min(1).max(10_000).default(200).describe('Resources to ask for a page.'),
    since: z
      .string()
      .refine((text) => instantUs(text) !== undefined, 'is an instant like 2026-01-01T00:00:00Z')
      .optional()
      .describe('Where the first look begins; without it at the beginning.'),
    deletions: z
      .enum(['history', 'none'])
      .default('history')
      .describe(
        'Where deletions are read: the `_history` that the server offers, or nowhere. Without an ' +
          'offer they are not seen, which is said once a start (`deletions-unseen`).',
      ),
  })
  .transform(({ base_url, page_count, every, overlap, ...rest }) => ({
    ...rest,
    baseUrl: base_url,
    pageCount: page_count,
    everyMs: every,
    overlapMs: overlap,
  }));

export type FhirPollConfig = z.output<typeof schema>;

/** Fetches what changed from an EMR that sends nothing by itself. */
export const fhirPollSource: SourceComponent<FhirPollConfig> = {
  role: 'source',
  name: 'fhir-poll',
  summary: 'Polls the FHIR API of an EMR for what was updated since the last look.',
  guarantees:
    'How far it has come moves only after the fsync of what lies before it. Each version of a ' +
    'resource lands once, though looks overlap and after a crash (within `dedupe_hours`). ' +
    'Versions between two looks are not seen, and deletions only where the server offers a ' +
    '`_history` of the type or of all.',
  example:
    'fhir-poll: { base_url: "https://emr.example.org/fhir", resources: [Patient, Encounter] }',
  schema,
  check: (config, context) => checkClientAuth(config.auth, context),
  create: (config, context) => createFhirPoll(config, context),
};

type Asking = { readonly client: FhirClient; readonly closing: AbortSignal };

function createFhirPoll(config: FhirPollConfig, context: SourceContext): Source {
  const { channel, clock, events, resolvePath } = context;
  const { baseUrl, auth } = config;
  const seen = new Map<string, number>();
  const flagged = new Set<string>();
  const flag = (code: string): void => {
    if (!flagged.has(code)) events.emit({ type: 'input-flagged', channel, code });
    flagged.add(code);
  };
  const types = [...new Set(config.resources.map((query) => query.replace(/\?.*$/, '')))];
  const options = { ...config, context, seen, flag, types };
  let client: FhirClient | undefined;
  let offer: Offer | undefined;
  let isToldUnseen = false;

  function unseen(): void {
    if (!isToldUnseen) events.emit({ type: 'input-flagged', channel, code: 'deletions-unseen' });
    isToldUnseen = true;
  }

  async function readDeletions(asked: typeof options & Asking, offer: Offer): Promise<void> {
    if (offer.untold.length > 0) unseen();
    for (const history of offer.histories) {
      if (asked.closing.aborted) return;
      if (!(await runDeletions(asked, history, offer.at))) unseen();
    }
  }

  return fetchingSource({
    context,
    async round(closing) {
      client ??= createFhirClient({ baseUrl, auth, clock, signal: closing, resolvePath });
      flagged.clear();
      const asked = { ...options, client, closing };
      // Before the first look: what is deleted from now on was perhaps fetched.
      if (config.deletions === 'history') offer ??= await historiesOf(asked);
      for (const query of config.resources) {
        if (closing.aborted) break;
        await runPass({ ...asked, query });
      }
      if (offer !== undefined && !closing.aborted) await readDeletions(asked, offer);
      return config.everyMs;
    },
  });
}
