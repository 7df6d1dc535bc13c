import type { Found } from './fhir-path.ts';
import type { Names } from './systems.ts';

/** A component: a text, or a list where it has subcomponents. Not escaped yet. */
export type Component = string | readonly string[];

/** One repetition of a field. */
export type Written = readonly Component[];

/** What a writer says: a repetition, or several fields of the segment by their number. */
export type Said = Written | { readonly fields: Readonly<Record<number, Written>> } | undefined;

export type WriterSettings = {
  readonly names: Names;
  /** FHIR code to HL7 code, by `codes:`. */
  readonly codes: Readonly<Record<string, string>>;
  /** The same by the table; undefined when it has none, or several. */
  lookup(code: string, system?: string): string | undefined;
  readonly table: string | undefined;
  /** Something of the value could not be written. */
  issue(code: string, text: string): void;
};

/** A conversion from FHIR to an HL7 data type; its name is that of the way back. */
export type RenderConversion = {
  readonly name: string;
  /** One sentence for the reference. */
  readonly summary: string;
  write(found: Found, settings: WriterSettings): Said;
};

/** A repetition by the numbers of its components. */
export function components(byNumber: Readonly<Record<number, Component>>): Written {
  const last = Math.max(0, ...Object.keys(byNumber).map(Number));
  return Array.from({ length: last }, (_, n) => byNumber[n + 1] ?? '');
}
