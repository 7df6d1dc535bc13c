import {
  type Criterion,
  type DateValue,
  type SearchQuestion,
  type TextParameter,
  textParameters,
} from '../desk/index.ts';
import { refused } from './outcome.ts';

/** A search of IHE ITI-78 as it was understood. */
export type Search = {
  readonly question: SearchQuestion;
  /** Authorities whose numbers the caller wants to see; undefined: all. */
  readonly domains: readonly string[] | undefined;
  /** False where the search can find nobody: `active=false`. */
  readonly isActive: boolean;
  readonly count: number;
  /** What was understood, for the self link. */
  readonly understood: URLSearchParams;
};

const countDefault = 20;
const countMax = 100;

/**
 * Reads search parameters: repeated ones are all meant, commas give a choice. What is not known is
 * left out, as FHIR says, and missing in the self link. Throws `parameter-invalid`, and
 * `parameter-missing` where nothing is left to search by.
 */
export function readSearch(parameters: URLSearchParams): Search {
  const understood = new URLSearchParams();
  const criteria: Criterion[] = [];
  const identifiers: SearchQuestion['identifiers'][number][] = [];
  let [domains, ids]: (readonly string[] | undefined)[] = [];
  let isActive = true;
  for (const [key, value] of parameters) {
    const choices = choicesOf(value);
    if (choices.length === 0) continue;
    const criterion = criterionOf(key, choices);
    if (criterion !== undefined) criteria.push(criterion);
    else if (key === 'identifier') {
      const tokens = choices.map(tokenOf);
      identifiers.push(tokens);
      const systems = tokens.flatMap((one) => (one.value === undefined ? (one.system ?? []) : []));
      if (systems.length === tokens.length) domains = [...(domains ?? []), ...systems];
    } else if (key === '_id') ids = choices;
    else if (key === 'active') isActive = choices.includes('true');
    else continue;
    understood.append(key, value);
  }
  const hasWhole = identifiers.some((any) => any.some((one) => one.value !== undefined));
  if (criteria.length === 0 && ids === undefined && !hasWhole)
    throw refused('parameter-missing', 'search by a name, a birth date, an address or a number');
  const count = countOf(parameters.get('_count'));
  understood.set('_count', String(count));
  const question = { criteria, identifiers, ...(ids === undefined ? {} : { ids }) };
  return { question, domains, isActive, count, understood };
}

export function countOf(text: string | null): number {
  if (text === null) return countDefault;
  if (/^[1-9]\d{0,8}$/.test(text)) return Math.min(Number(text), countMax);
  throw refused('parameter-invalid', '_count takes a whole number from 1 on');
}

/** `\,` is a comma that belongs to the value. */
const choicesOf = (value: string): string[] =>
  value
    .split(/(?<!\\),/)
    .map((one) => one.replaceAll('\\,', ',').trim())
    .filter((one) => one !== '');

function tokenOf(text: string): { system?: string; value?: string } {
  const bar = text.indexOf('|');
  if (bar < 0) return { value: text };
  const [system, value] = [text.slice(0, bar), text.slice(bar + 1)];
  return { ...(system === '' ? {} : { system }), ...(value === '' ? {} : { value }) };
}

const hows = { '': 'starts', exact: 'exact', contains: 'contains' } as const;

function criterionOf(key: string, values: readonly string[]): Criterion | undefined {
  const [name = '', modifier = ''] = key.split(':');
  if (name === 'birthdate' && modifier === '')
    return { on: 'birthdate', values: values.map(dateOf) };
  if ((name === 'telecom' || name === 'phone' || name === 'email') && modifier === '')
    return { on: 'telecom', values: values.map((one) => one.slice(one.indexOf('|') + 1)) };
  if (name === 'gender' && modifier === '')
    return { on: 'gender', values: values.map((one) => one.slice(one.indexOf('|') + 1)) };
  if (!isText(name)) return undefined;
  if (!Object.hasOwn(hows, modifier))
    throw refused('parameter-invalid', `${name} takes :exact and :contains, and no other modifier`);
  return { on: name, how: hows[modifier as keyof typeof hows], values };
}

const isText = (name: string): name is TextParameter =>
  (textParameters as readonly string[]).includes(name);

function dateOf(text: string): DateValue {
  const match = /^(eq|ne|gt|lt|ge|le)?(\d{4}(?:-\d{2}(?:-\d{2})?)?)$/.exec(text);
  if (match?.[2] === undefined)
    throw refused('parameter-invalid', 'birthdate is not written YYYY, YYYY-MM or YYYY-MM-DD');
  return { prefix: (match[1] ?? 'eq') as DateValue['prefix'], date: match[2] };
}
