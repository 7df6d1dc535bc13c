/** An HL7 path of a mapping: `PID-3`, `PID-3.4.2`, `OBX-5[2]`. Repetition 0 means all of them. */
export type FieldPath = {
  readonly segment: string;
  readonly field: number;
  readonly repetition: number;
  /** 0: the whole field. */
  readonly component: number;
  readonly subcomponent: number;
};

const grammar = /^([A-Z][A-Z0-9]{2})-(\d{1,3})(?:\[(\d{1,3})\])?(?:\.(\d{1,3})(?:\.(\d{1,3}))?)?$/;

/** Reads a path; undefined when the text is none. */
export function parseFieldPath(text: string): FieldPath | undefined {
  const [, segment, field, repetition, component, subcomponent] = grammar.exec(text) ?? [];
  if (segment === undefined || Number(field) < 1) return undefined;
  const path = {
    segment,
    field: Number(field),
    repetition: Number(repetition ?? 0),
    component: Number(component ?? 0),
    subcomponent: Number(subcomponent ?? 0),
  };
  const zero = [repetition, component, subcomponent].some((number) => Number(number) === 0);
  return zero ? undefined : path;
}

/** The same; throws for what `checkMapping` would have refused. */
export function fieldPath(text: string): FieldPath {
  const path = parseFieldPath(text);
  if (!path) throw new Error(`${text} is no HL7 path`);
  return path;
}
