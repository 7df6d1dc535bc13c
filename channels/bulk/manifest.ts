import { z } from 'zod';
import { FhirRequestError } from '../fhir/client/index.ts';

/** What the files of a section hold: resources, deletions, or what the server could not export. */
export type Section = 'output' | 'deleted' | 'error';

export type ExportFile = {
  readonly section: Section;
  readonly url: string;
  /** How many lines the server says it has. */
  readonly count?: number | undefined;
};

/** A finished export, as far as it matters for fetching it; kept until all of it is landed. */
export type Manifest = {
  /** Holds everything that was stored until then: the next export's `_since`. */
  readonly transactionTime: string;
  readonly requiresAccessToken: boolean;
  readonly files: readonly ExportFile[];
};

const file = z.looseObject({ url: z.string().min(1), count: z.int().nonnegative().optional() });
const files = z.array(file).max(100_000).default([]);
const schema = z.looseObject({
  transactionTime: z.iso.datetime({ offset: true }),
  requiresAccessToken: z.boolean(),
  output: files,
  deleted: files,
  error: files,
  link: z.array(z.looseObject({ relation: z.string().optional() })).optional(),
});

/**
 * Reads the completion response of an export (Bulk Data Access 2, "Response - Complete Status").
 * Throws FhirRequestError `bulk-manifest-invalid`; `bulk-manifest-partial` for one of several
 * parts, which nobody asked for and half of which would be lost; `address-elsewhere` for a file on
 * an origin that is not allowed.
 */
export function readManifest(
  text: string,
  resolve: (reference: string) => string | undefined,
): Manifest {
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) throw new FhirRequestError('bulk-manifest-invalid', 200);
  const { transactionTime, requiresAccessToken, link } = parsed.data;
  if (link?.some(({ relation }) => relation === 'next'))
    throw new FhirRequestError('bulk-manifest-partial', 200);
  const sections = ['output', 'deleted', 'error'] as const;
  const listed = sections.flatMap((section) =>
    parsed.data[section].map(({ url: reference, count }): ExportFile => {
      const url = resolve(reference);
      if (url === undefined) throw new FhirRequestError('address-elsewhere', 200);
      return { section, url, count };
    }),
  );
  return { transactionTime, requiresAccessToken, files: listed };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
