/**
 * The text of a JavaScript function in the making. What stands in the text are words of this
 * project, numbers and FHIR element names, nothing else: texts of a mapping, and all that is no
 * number, are handed in as constants (docs/decisions, "Rules are written out as programs").
 */
export type Program = {
  /** Adds a line, or several. */
  add(...lines: string[]): void;
  /** The name by which the program knows a value of ours. */
  constant(value: unknown): string;
  /** The name of a FHIR element, checked: `status`, `_status`. */
  element(name: string): string;
  /** A name that is not taken. */
  fresh(): string;
  /** Elements of the filling that may have a value by now; undefined where that is not known. */
  touched: Set<string> | undefined;
  /** A variable of the whole function. */
  variable(): string;
  /** A variable for what is found out when it is first asked for; `key` says what that is. */
  once(key: string, found: string): string;
  /** Makes the function, whose parameters are these. */
  make(name: string, parameters: readonly string[]): unknown;
};

const elementName = /^_?[A-Za-z][A-Za-z0-9]*$/;

export function newProgram(): Program {
  const lines: string[] = [];
  const constants = new Map<unknown, string>();
  const variables = new Map<string, string>();
  let names = 0;

  function fresh(): string {
    names += 1;
    return `v${names}`;
  }

  return {
    fresh,
    touched: undefined,
    add: (...more) => void lines.push(...more),
    constant(value) {
      const known = constants.get(value);
      if (known !== undefined) return known;
      const name = `k${constants.size}`;
      constants.set(value, name);
      return name;
    },
    element(name) {
      if (!elementName.test(name)) throw new Error(`${name} is no FHIR element`);
      return name;
    },
    variable() {
      const name = fresh();
      variables.set(name, name);
      return name;
    },
    once(key, found) {
      const variable = variables.get(key) ?? fresh();
      variables.set(key, variable);
      return `(${variable} === undefined ? (${variable} = ${found}) : ${variable})`;
    },
    make(name, parameters) {
      const declared = [...variables.values()].map((variable) => `let ${variable};`);
      const text = [
        '"use strict";',
        `return function ${name.replaceAll(/\W/g, '_')}(${parameters.join(', ')}) {`,
        ...declared,
        ...lines,
        '};',
      ].join('\n');
      return new Function(...constants.values(), text)(...constants.keys());
    },
  };
}

/** Until something has been asked for so often, it goes without a program. */
const askedTimes = 8;

/** A program, made once it is worth it. */
export function whenWorthIt<Made>(make: () => Made): () => Made | undefined {
  let used = 0;
  let made: Made | undefined;
  return () => {
    if (made !== undefined) return made;
    used += 1;
    if (used > askedTimes) made = make();
    return made;
  };
}
