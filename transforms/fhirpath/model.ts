import { type ElementTypes, r4Types } from './element-types.ts';

/** The System types of FHIRPath (N1, section 5) that values of FHIR turn into. */
export type SystemName =
  | 'Boolean'
  | 'String'
  | 'Integer'
  | 'Decimal'
  | 'Date'
  | 'DateTime'
  | 'Time'
  | 'Quantity';

/** A type as expressions meet it at run time: one object a type, so that `===` compares. */
export type PathType = {
  readonly namespace: 'FHIR' | 'System';
  /** `Patient`, `string`, `Patient.contact`, `Boolean`. */
  readonly name: string;
  readonly base: PathType | undefined;
  /** What a value of this type counts as: String for `code`; undefined for what has elements. */
  readonly system: SystemName | undefined;
  readonly isResource: boolean;
  /** Elements by name, inherited ones too. */
  readonly members: ReadonlyMap<string, Member>;
  /** Elements by their key in JSON: `valueQuantity`. */
  readonly keys: ReadonlyMap<string, Slot>;
};

export type Member = {
  readonly name: string;
  readonly isList: boolean;
  readonly slots: readonly Slot[];
};

/** Where in JSON an element of one type stands. */
export type Slot = {
  readonly name: string;
  readonly key: string;
  /** `_birthDate`, for primitives. */
  readonly companion: string | undefined;
  readonly type: PathType;
};

export type Model = {
  readonly types: ElementTypes;
  /** A type by its FHIR name or path; undefined where the model knows none. */
  readonly type: (name: string) => PathType | undefined;
};

const systemOf: Readonly<Record<string, SystemName>> = {
  ...{ boolean: 'Boolean', integer: 'Integer', decimal: 'Decimal', date: 'Date' },
  ...{ dateTime: 'DateTime', instant: 'DateTime', time: 'Time' },
  ...{ string: 'String', uri: 'String', base64Binary: 'String', xhtml: 'String' },
  integer64: 'Integer',
};

const none: ReadonlyMap<string, never> = new Map<string, never>();

function systemType(name: SystemName | 'Any'): PathType {
  const system = name === 'Any' || name === 'Quantity' ? undefined : name;
  const base = name === 'Any' ? undefined : anyType;
  return {
    ...{ namespace: 'System', name, base, system, isResource: false },
    ...{ members: none, keys: none },
  };
}

const anyType = systemType('Any');

/** The System types by name. */
export const systemTypes = {
  Any: anyType,
  Boolean: systemType('Boolean'),
  String: systemType('String'),
  Integer: systemType('Integer'),
  Decimal: systemType('Decimal'),
  Date: systemType('Date'),
  DateTime: systemType('DateTime'),
  Time: systemType('Time'),
  Quantity: systemType('Quantity'),
} as const;

/** What an element is whose type nobody knows: its members are read as JSON has them. */
export const unknownType: PathType = {
  ...{ namespace: 'FHIR', name: 'Element', base: undefined, system: undefined },
  ...{ isResource: false, members: none, keys: none },
};

const stringSlot = (name: string): Slot => ({
  ...{ name, key: name, companion: undefined, type: systemTypes.String },
});

/** What `type()` gives: a name and a namespace. */
export const typeInfoType: PathType = {
  ...{ namespace: 'System', name: 'SimpleTypeInfo', base: anyType, system: undefined },
  isResource: false,
  members: new Map(
    ['namespace', 'name'].map((name) => [name, { name, isList: false, slots: [stringSlot(name)] }]),
  ),
  keys: new Map(['namespace', 'name'].map((name) => [name, stringSlot(name)])),
};

/** Types that are built when an expression first meets them. */
export function createModel(types: ElementTypes): Model {
  const known = new Map<string, PathType | undefined>();
  const type = (name: string): PathType | undefined => {
    if (known.has(name)) return known.get(name);
    const made = make(name);
    known.set(name, made);
    return made;
  };
  const make = (name: string): PathType | undefined => {
    const baseName = types.base(name);
    if (baseName === undefined) return undefined;
    const base = baseName === '' ? undefined : type(baseName);
    const isResource = name === 'Resource' || (base?.isResource ?? false);
    const system = systemOf[name] ?? base?.system;
    return withMembers({ namespace: 'FHIR', name, base, system, isResource }, types, type);
  };
  return { types, type };
}

type Named = Omit<PathType, 'members' | 'keys'>;

function withMembers(
  named: Named,
  types: ElementTypes,
  typeOf: (name: string) => PathType | undefined,
): PathType {
  let members: Map<string, Member> | undefined;
  let keys: Map<string, Slot> | undefined;
  return {
    ...named,
    get members() {
      if (members === undefined) {
        members = new Map(named.base?.members);
        for (const element of types.elements(named.name)) {
          const { name, isList, isChoice } = element;
          const slots = element.types.map((of) =>
            slotOf(name, isChoice ? name + of[0]!.toUpperCase() + of.slice(1) : name, typeOf(of)),
          );
          members.set(name, { name, isList, slots });
        }
      }
      return members;
    },
    get keys() {
      const all = [...this.members.values()].flatMap(({ slots }) => slots);
      keys ??= new Map(all.map((slot) => [slot.key, slot]));
      return keys;
    },
  };
}

const slotOf = (name: string, key: string, type: PathType = unknownType): Slot => ({
  ...{ name, key, type },
  companion: type.system === undefined ? undefined : `_${key}`,
});

let r4: Model | undefined;

/** The model of FHIR R4, read when it is first asked for. */
export function r4Model(): Model {
  r4 ??= createModel(r4Types);
  return r4;
}

/** Is a value of this type one of that type, or of one that specialises it? */
export function isOfType(type: PathType, wanted: PathType): boolean {
  for (let at: PathType | undefined = type; at !== undefined; at = at.base)
    if (at === wanted) return true;
  return false;
}
