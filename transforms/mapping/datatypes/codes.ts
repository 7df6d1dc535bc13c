import { type Cell, cellText, component } from '../cell.ts';
import type { Coded, Conversion, Environment, Settings } from '../environment.ts';
import { drop } from './shape.ts';

/** Components of CE, CWE, CNE and CF: code, text, system; then the alternate triplet. */
function codings(cell: Cell, environment: Environment, settings: Settings): fhir4.Coding[] {
  const list: fhir4.Coding[] = [];
  for (const first of [1, 4]) {
    const code = component(cell, first);
    if (code === '') continue;
    const display = component(cell, first + 1);
    const name = component(cell, first + 2);
    const fallback = first === 1 ? defaultSystem(cell, environment, settings) : undefined;
    const system = name === '' ? fallback : environment.codeSystem(name);
    const version = component(cell, first === 1 ? 7 : 8);
    list.push(drop({ system, version: system ? version : '', code, display }) as fhir4.Coding);
  }
  return list;
}

function defaultSystem(
  cell: Cell,
  environment: Environment,
  settings: Settings,
): string | undefined {
  const own = environment.defaultCodeSystem(cell.field);
  if (own !== undefined) return own;
  if (settings.table?.original !== undefined) return settings.table.original;
  return settings.with.system === undefined ? undefined : String(settings.with.system);
}

/** CE, CWE or a bare code to a CodeableConcept: the sender`s codings first, then the table`s. */
export function codeableConcept(
  cell: Cell,
  environment: Environment,
  settings: Settings,
): fhir4.CodeableConcept | undefined {
  const coding = codings(cell, environment, settings);
  const text = component(cell, 9) || component(cell, 2) || component(cell, 5);
  const target = settings.table && translate(cell, environment, settings);
  if (target) add(coding, target);
  if (coding.length === 0 && text === '') return undefined;
  return drop({ coding, text });
}

function add(coding: fhir4.Coding[], { system, code, display }: Coded): void {
  if (coding.some((known) => known.system === system && known.code === code)) return;
  coding.push(drop({ system, code, display }) as fhir4.Coding);
}

/** The table`s answer to a coded field; an unknown code is an issue, never a guess. */
export function translate(
  cell: Cell,
  environment: Environment,
  settings: Settings,
): Coded | undefined {
  const code = component(cell, 1);
  if (code === '' || !settings.table) return undefined;
  const target = settings.table.lookup(code);
  if (target === undefined)
    environment.issue(
      'code-not-in-table',
      `holds a code that the table ${settings.table.name} does not list`,
      cell,
    );
  return target?.code === '' ? undefined : target;
}

export const codeableConceptConversion: Conversion = {
  name: 'CodeableConcept',
  summary: 'CE, CWE, CNE, CF or a bare code to CodeableConcept; `table` appends its coding.',
  gives: ['CodeableConcept'],
  settings: ['system'],
  convert: codeableConcept,
};

export const codingConversion: Conversion = {
  name: 'Coding',
  summary: 'The table`s coding, else the first coding of CE, CWE or a bare code.',
  gives: ['Coding'],
  settings: ['system'],
  convert(cell, environment, settings) {
    if (settings.table) {
      const target = translate(cell, environment, settings);
      return target && drop({ system: target.system, code: target.code, display: target.display });
    }
    return codings(cell, environment, settings)[0];
  },
};

export const codeConversion: Conversion = {
  name: 'code',
  summary: 'A code by `table`; without one the code as sent.',
  gives: ['code', 'string', 'uri'],
  convert(cell, environment, settings) {
    if (!settings.table) return component(cell, 1) || undefined;
    return translate(cell, environment, settings)?.code || undefined;
  },
};

export const textConceptConversion: Conversion = {
  name: 'TextConcept',
  summary: 'Plain text to a CodeableConcept that has only a text.',
  gives: ['CodeableConcept'],
  convert(cell) {
    const text = cellText(cell);
    return text === '' ? undefined : { text };
  },
};
