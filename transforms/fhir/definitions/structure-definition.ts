/**
 * The members of FHIR's StructureDefinition (https://hl7.org/fhir/R4/structuredefinition.html) that
 * a validator reads. What comes from a package holds more, which is left alone.
 */
export type StructureDefinition = {
  readonly resourceType: 'StructureDefinition';
  readonly url: string;
  readonly version?: string;
  readonly name?: string;
  /** The type that is defined or constrained: `Patient`, `Quantity`. */
  readonly type: string;
  readonly kind: 'primitive-type' | 'complex-type' | 'resource' | 'logical';
  readonly abstract?: boolean;
  readonly derivation?: 'specialization' | 'constraint';
  readonly baseDefinition?: string;
  /** Of an extension: where it may stand. */
  readonly context?: readonly { readonly type: string; readonly expression: string }[];
  readonly snapshot?: { readonly element: readonly ElementDefinition[] };
  readonly differential?: { readonly element: readonly ElementDefinition[] };
};

export type ElementType = {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly aggregation?: readonly string[];
  readonly versioning?: string;
  readonly extension?: readonly { readonly url: string; readonly valueUrl?: string }[];
};

export type Discriminator = { readonly type: string; readonly path: string };

export type Slicing = {
  readonly discriminator?: readonly Discriminator[];
  readonly ordered?: boolean;
  readonly rules?: string;
};

export type Constraint = {
  readonly key: string;
  readonly severity?: string;
  readonly human?: string;
  readonly expression?: string;
  readonly extension?: readonly { readonly url: string; readonly valueBoolean?: boolean }[];
};

/**
 * https://hl7.org/fhir/R4/elementdefinition.html; `fixed[x]`, `pattern[x]`, `minValue[x]` and
 * `maxValue[x]` are found by their beginning.
 */
export type ElementDefinition = {
  readonly id?: string;
  readonly path: string;
  readonly sliceName?: string;
  readonly slicing?: Slicing;
  readonly min?: number;
  readonly max?: string;
  readonly base?: { readonly path?: string; readonly min?: number; readonly max?: string };
  readonly type?: readonly ElementType[];
  readonly contentReference?: string;
  readonly binding?: {
    readonly strength: string;
    readonly valueSet?: string;
    readonly extension?: readonly { readonly url: string; readonly valueCanonical?: string }[];
  };
  readonly constraint?: readonly Constraint[];
  readonly isModifier?: boolean;
  readonly maxLength?: number;
  readonly [member: string]: unknown;
};

const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
const system = 'http://hl7.org/fhirpath/System.';

/** The FHIR type that a type of an element stands for; FHIRPath's own names are put right. */
export function typeCodeOf({ code, extension }: ElementType): string {
  if (!code.startsWith(system)) return code;
  const said = extension?.find(({ url }) => url === fhirType)?.valueUrl;
  const plain = code.slice(system.length);
  return said ?? `${plain.charAt(0).toLowerCase()}${plain.slice(1)}`;
}

/** Does JSON write this element as a list? A profile may narrow `max`, never the list. */
export function isList({ base, max }: ElementDefinition): boolean {
  const most = base?.max ?? max;
  return most !== '1' && most !== '0';
}
