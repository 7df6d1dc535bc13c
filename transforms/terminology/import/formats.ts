import type { Reader } from './context.ts';
import { readFhirJson } from './fhir-json.ts';
import { headOf, type Input } from './input.ts';

/** How files of one kind are known and read. */
export type Format = {
  readonly name: string;
  /** By the file's name and how it begins. */
  isOne(base: string, head: string): boolean;
  /** Files of one release have the same; a file alone has none. */
  group?(input: Input): string;
  readonly read: Reader;
};

const fhirJson: Format = {
  name: 'FHIR JSON',
  isOne: (base, head) => /^\s*\ufeff?\s*\{/.test(head) && /\.json$/i.test(base),
  read: readFhirJson,
};

/** Every format, the more telling ones first. */
export const formats: readonly Format[] = [fhirJson];

export const isPackage = (base: string): boolean => /\.(?:tgz|tar\.gz)$/i.test(base);

export function formatOf(input: Input): Format | undefined {
  const head = headOf(input);
  return formats.find((format) => format.isOne(input.base, head));
}

/** Inputs that are read together, in the order in which they were named. */
export type Batch = { readonly format: Format; readonly inputs: Input[] };

export function batchesOf(known: readonly { input: Input; format: Format }[]): readonly Batch[] {
  const batches: Batch[] = [];
  const byGroup = new Map<string, Batch>();
  for (const { input, format } of known) {
    const group = format.group === undefined ? undefined : `${format.name} ${format.group(input)}`;
    const batch = group === undefined ? undefined : byGroup.get(group);
    if (batch !== undefined) {
      batch.inputs.push(input);
      continue;
    }
    const made: Batch = { format, inputs: [input] };
    if (group !== undefined) byGroup.set(group, made);
    batches.push(made);
  }
  return batches;
}
