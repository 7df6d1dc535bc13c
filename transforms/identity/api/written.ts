import type { Json, PersonView } from '../desk/index.ts';

/** A Patient of a source as JSON, by its id. */
export type SourcePatient = (id: string) => string | undefined;

/**
 * The golden record with names, addresses and numbers to call as the source has written them, from
 * whose record they survived; as they were compared where that source's Patient is not there.
 */
export function dress({ patient, written }: PersonView, sourcePatient: SourcePatient): Json {
  const dressed: Record<string, unknown> = { ...patient };
  for (const element of ['name', 'address', 'telecom'] as const) {
    if (patient[element] === undefined) continue;
    for (const id of written[element] ?? []) {
      const text = sourcePatient(id);
      const source = text === undefined ? undefined : (JSON.parse(text) as Json);
      if (source?.[element] !== undefined) dressed[element] = source[element];
    }
  }
  return dressed;
}
