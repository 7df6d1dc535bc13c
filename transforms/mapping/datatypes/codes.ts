import type { Coded, Conversion, Environment, Settings } from '../environment.ts';
import { type Cell, cellText, component, nested } from '../reading/index.ts';
import { drop } from './shape.ts';

/** Components of CE, CWE, CNE and CF: code, text, system; then the alternate triplet. */
function codings(cell: Cell, environment: Environment, settings: Settings): fhir4.Coding[] {
  const list: fhir4.Coding[] = [];
  for (let first = 1; first <= 4; first += 3) {
    const code = component(cell, first);
    if (code === '') continue;
    const name = component(cell, first + 2);
    let system: string | undefined;
    if (name !== '') system = environment.codeSystem(name);
    else if (first === 1) system = defaultSystem(cell, environment, settings);
    const version = component(cell, first === 1 ? 7 : 8);
    list.push(codingOf(system, version, code, component(cell, first + 1)));
  }
  return list;
}

function codingOf(
  system: string | undefined,
  version: string,
  code: string,
  display: string | undefined,
): fhir4.Coding {
  const coding: fhir4.Coding = {};
  if (system !== undefined) {
    coding.system = system;
    if (version !== '') coding.version = version;
  }
  coding.code = code;
  if (display) coding.display = display;
  return coding;
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
  const text =
    component(cell, 9) || describedBy(settings) || component(cell, 2) || component(cell, 5);
  const target = settings.table && translate(cell, environment, settings);
  if (target) add(coding, target);
  if (coding.length === 0) return text === '' ? undefined : { text };
  return text === '' ? { coding } : { coding, text };
}

/** What the sender says of the code in the field that `with: {text}` names. */
function describedBy(settings: Settings): string {
  if (settings.with.text === undefined) return '';
  const cell = settings.sibling(Number(settings.with.text));
  return cell === undefined ? '' : cellText(cell);
}

function add(coding: fhir4.Coding[], { system, code, display }: Coded): void {
  if (coding.some((known) => known.system === system && known.code === code)) return;
  coding.push(codingOf(system, '', code, display));
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
  summary:
    'CE, CWE, CNE, CF or a bare code (in SPS, that of `component`) to CodeableConcept; `table` ' +
    'appends its coding.',
  remembers: { for: 'ever' },
  gives: ['CodeableConcept'],
  settings: ['system', 'text', 'component'],
  reads: [4, 8],
  convert(cell, environment, settings) {
    const { component: number } = settings.with;
    const given = number === undefined ? cell : nested(cell, Number(number));
    return codeableConcept(given, environment, settings);
  },
};

/** The sender`s own code, of the system that it names, or of one for that field. */
function ownCoding(cell: Cell, environment: Environment): fhir4.Coding | undefined {
  const code = component(cell, 1);
  if (code === '') return undefined;
  const system = environment.codeSystem(component(cell, 3) || cell.field);
  return codingOf(system, '', code, component(cell, 2));
}

export const codingConversion: Conversion = {
  name: 'Coding',
  summary:
    'The table`s coding, else the first coding of CE, CWE or a bare code; `unlisted: kept`: also ' +
    'of a code that the table does not list.',
  remembers: { for: 'ever' },
  gives: ['Coding'],
  settings: ['system', 'unlisted'],
  convert(cell, environment, settings) {
    if (settings.table) {
      const target = translate(cell, environment, settings);
      if (target)
        return drop({ system: target.system, code: target.code, display: target.display });
      return settings.with.unlisted === undefined ? undefined : ownCoding(cell, environment);
    }
    return codings(cell, environment, settings)[0];
  },
};

export const codeConversion: Conversion = {
  name: 'code',
  summary: 'A code by `table`; without one the code as sent.',
  remembers: { for: 'ever' },
  gives: ['code', 'string', 'uri'],
  convert(cell, environment, settings) {
    if (!settings.table) return component(cell, 1) || undefined;
    return translate(cell, environment, settings)?.code || undefined;
  },
};

export const textConceptConversion: Conversion = {
  name: 'TextConcept',
  summary: 'Plain text to a CodeableConcept that has only a text; with components, as one.',
  remembers: { for: 'ever' },
  gives: ['CodeableConcept'],
  convert(cell, environment, settings) {
    if (cell.parts.length > 1) return codeableConcept(cell, environment, settings);
    const text = cellText(cell);
    return text === '' ? undefined : { text };
  },
};

export const describedConceptConversion: Conversion = {
  name: 'DescribedConcept',
  summary: 'As `CodeableConcept`, with the description in field 4 (DG1-4, PR1-4) as its text.',
  remembers: { for: 'ever', beside: [4] },
  gives: ['CodeableConcept'],
  reads: [4],
  settings: ['system'],
  convert(cell, environment, settings) {
    const concept = codeableConcept(cell, environment, settings);
    const described = settings.sibling(4);
    // CWE.9 is what the user saw.
    if (!concept || !described || component(cell, 9) !== '') return concept;
    return { ...concept, text: cellText(described) };
  },
};
