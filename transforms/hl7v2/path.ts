/**
 * A place in an HL7v2 message, counted from 1 as the standard counts: `PID-3[2].4.1` is
 * subcomponent 1 of component 4 of the second repetition of PID-3; `OBX[3]-5` is OBX-5 of the
 * third OBX.
 */
export type Path = {
  readonly segment: string;
  /** Which segment of that name; 1 when the path says nothing. */
  readonly occurrence: number;
  readonly field: number;
  readonly repetition: number;
  readonly component: number;
  readonly subcomponent: number;
  /** How far down the path was written: `PID-5` names a field, `PID-5.1` a component. */
  readonly depth: 'field' | 'repetition' | 'component' | 'subcomponent';
};

const grammar = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?-(\d+)(?:\[(\d+)\])?(?:\.(\d+)(?:\.(\d+))?)?$/;

/** Reads a path; undefined when the text is none. */
export function parsePath(text: string): Path | undefined {
  const match = grammar.exec(text);
  if (!match) return undefined;
  const [, segment, occurrence, field, repetition, component, subcomponent] = match;
  const path: Path = {
    segment: segment!,
    occurrence: Number(occurrence ?? 1),
    field: Number(field),
    repetition: Number(repetition ?? 1),
    component: Number(component ?? 1),
    subcomponent: Number(subcomponent ?? 1),
    depth: subcomponent
      ? 'subcomponent'
      : component
        ? 'component'
        : repetition
          ? 'repetition'
          : 'field',
  };
  const counted = [
    path.occurrence,
    path.field,
    path.repetition,
    path.component,
    path.subcomponent,
  ].every((number) => number >= 1 && number <= 99_999);
  return counted ? path : undefined;
}

const compiled = new Map<string, Path>();
const compiledMax = 10_000;

/**
 * Reads a path once and remembers it. Throws for a text that is no path: check with `parsePath`.
 */
export function compilePath(text: string): Path {
  const known = compiled.get(text);
  if (known) return known;
  const path = parsePath(text);
  if (!path) throw new Error(`${text} is no HL7 path`);
  if (compiled.size < compiledMax) compiled.set(text, path);
  return path;
}
