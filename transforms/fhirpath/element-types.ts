import { readFileSync } from 'node:fs';

/** One element of a type, as a StructureDefinition gives it. */
export type ElementType = {
  /** Without `[x]`: `value`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly isList: boolean;
  /**
   * Names of types; an element with elements of its own is a type named by its path
   * (`Patient.contact`), also where it repeats another one (`Questionnaire.item`).
   */
  readonly types: readonly string[];
};

/** What a FHIRPath expression must know of the types that it meets. */
export type ElementTypes = {
  /** What a type specialises: `DomainResource`; '' at a root; undefined where it is unknown. */
  readonly base: (type: string) => string | undefined;
  /** Its own elements, without those of its base. */
  readonly elements: (type: string) => readonly ElementType[];
};

type Packed = Readonly<Record<string, string>>;

let packed: Packed | undefined;

const packedTypes = (): Packed => {
  packed ??= JSON.parse(readFileSync(new URL('r4-types.json', import.meta.url), 'utf8')) as Packed;
  return packed;
};

const shape = /^(\w+)(\[x\])?(\*?):(.*)$/;

function readElement(text: string): ElementType {
  const [, name = '', choice, list, types = ''] = shape.exec(text) ?? [];
  return {
    name,
    isChoice: choice !== undefined,
    isList: list === '*',
    types: types === '' ? [] : types.replace(/^\*$/, packedTypes()['*'] ?? '').split('|'),
  };
}

/** The types of FHIR R4 (4.0.1), from `r4-types.json`, which `npm run pack:definitions` writes. */
export const r4Types: ElementTypes = {
  base: (type) => (type === '*' ? undefined : packedTypes()[type]?.split(' ')[0]),
  elements: (type) => (packedTypes()[type] ?? '').split(' ').slice(1).map(readElement),
};
