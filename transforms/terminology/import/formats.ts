import type { Reader } from './context.ts';
import { readFhirJson } from './fhir/index.ts';
import { headOf, type Input, isUtf16, wrongEncoding } from './input.ts';
import {
  isCodeMap,
  isCvx,
  isGem,
  isLoinc,
  isNdc,
  isOrderFile,
  isOtherRf2,
  isOtherRrf,
  isTabular,
  isV2Table,
  readCodeMap,
  readCvx,
  readGem,
  readIcd10,
  readLoinc,
  readNdc,
  readRf2,
  readRxnorm,
  readV2Table,
  rf2Part,
  rxnormTable,
} from './text/index.ts';

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
  isOne: (_, head) => /^\s*\ufeff?\s*\{/.test(head),
  read: readFhirJson,
};

const folderOf = ({ name, base }: Input) => name.slice(0, name.length - base.length);

/** Every format, the more telling ones first. */
export const formats: readonly Format[] = [
  fhirJson,
  { name: 'HL7 v2-to-FHIR table', isOne: (_, head) => isV2Table(head), read: readV2Table },
  { name: 'LOINC', isOne: (_, head) => isLoinc(head), read: readLoinc },
  { name: 'code map', isOne: (_, head) => isCodeMap(head), read: readCodeMap },
  {
    name: 'SNOMED CT RF2',
    isOne: (base, head) => rf2Part(base, head) !== undefined,
    group: ({ base }) => /_(\d{8})\.txt$/i.exec(base)?.[1] ?? '',
    read: readRf2,
  },
  {
    name: 'RxNorm RRF',
    isOne: (base) => rxnormTable(base) !== undefined,
    group: folderOf,
    read: readRxnorm,
  },
  {
    name: 'ICD-10-CM',
    isOne: (_, head) => isOrderFile(head) || isTabular(head),
    group: ({ base }) => /20\d{2}/.exec(base)?.[0] ?? '',
    read: readIcd10,
  },
  { name: 'GEM', isOne: isGem, read: readGem },
  { name: 'CVX', isOne: (_, head) => isCvx(head), read: readCvx },
  { name: 'NDC', isOne: (_, head) => isNdc(head), group: folderOf, read: readNdc },
];

export const isPackage = (base: string): boolean => /\.(?:tgz|tar\.gz)$/i.test(base);

export function formatOf(input: Input): Format | undefined {
  const head = headOf(input);
  return formats.find((format) => format.isOne(input.base, head));
}

/** A file of a publisher's release that holds nothing which is read here. */
export const isBeside = (input: Input): boolean =>
  isOtherRf2(input.base, headOf(input)) || isOtherRrf(input.base);

/** What to tell of a file that is of no format: why, as far as its bytes show. */
export function whyUnknown(input: Input): ReturnType<typeof wrongEncoding> {
  for (const chunk of input.chunks()) {
    const isZipped = /^(?:PK\u0003\u0004|\u001f\u008b)/.test(chunk.toString('latin1', 0, 4));
    const unpack = 'this is an archive; unpack it and name the files in it';
    if (isZipped) return [input.name, 0, 'file-archive', unpack];
    if (isUtf16(chunk) || chunk.subarray(0, 1_000).includes(0))
      return wrongEncoding(input, 1, 'utf-8');
    const message = 'this file is of no format that is imported here (see the help)';
    return [input.name, 0, 'format-unknown', message];
  }
  return [input.name, 0, 'file-empty', 'this file is empty'];
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
