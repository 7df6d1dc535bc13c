import type { Source, SourceComponent, SourceContext } from '../../engine/index.ts';
import { checkClientAuth, createFhirClient, fetchingSource } from '../fhir/client/index.ts';
import { createExport } from './export.ts';
import { type BulkConfig, bulkSchema } from './options.ts';

/** Fetches the exports of an EMR: HL7 FHIR Bulk Data Access 2, as a client. */
export const bulkSource: SourceComponent<BulkConfig> = {
  role: 'source',
  name: 'bulk',
  summary: 'Fetches FHIR Bulk Data exports from an EMR, each since the last.',
  guarantees:
    'An export counts as done only after the fsync of its last line; the next one asks since its ' +
    'transactionTime. A crash goes on with the same job at the file and line where it was; each ' +
    'line of an export lands once, over lost jobs too (within `dedupe_hours`).',
  example: 'bulk: { base_url: "https://emr.example.org/fhir", types: [Patient, Encounter] }',
  schema: bulkSchema,
  check: (config, context) => checkClientAuth(config.auth, context),
  create: (config, context) => createBulk(config, context),
};

function createBulk(config: BulkConfig, context: SourceContext): Source {
  const { channel, clock, events, resolvePath } = context;
  const { baseUrl, auth, fileOrigins: origins } = config;
  const flag = (code: string): void => events.emit({ type: 'input-flagged', channel, code });
  const round = createExport(config, context, flag);
  let client: ReturnType<typeof createFhirClient> | undefined;
  return fetchingSource({
    context,
    round(closing) {
      client ??= createFhirClient({ baseUrl, auth, clock, signal: closing, resolvePath, origins });
      return round(client, closing);
    },
  });
}
