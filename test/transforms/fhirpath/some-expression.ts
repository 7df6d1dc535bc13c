import fc from 'fast-check';

type Choose = fc.GeneratorValue;

/** Kinds of what an expression gives, so that operators meet what they are defined for. */
export type Kind = 'number' | 'text' | 'truth' | 'date' | 'list';

const literals: Readonly<Record<Kind, readonly string[]>> = {
  number: ['0', '1', '2', '3', '7', '1.5', '-3', '10', '{}'],
  text: ["'a'", "'b'", "'abc'", "''", "'Peter'", "'1'", "'2.5'", "'true'", "'x y'", '{}'],
  truth: ['true', 'false', '{}', 'active'],
  date: [
    ...['@2012', '@2012-03', '@2012-03-31', '@2013-01-01', 'birthDate', 'name.period.start'],
    ...['@2012-03-31T10:00:00Z', '@2012-03-31T12:00:00+02:00', '@2012-02-29'],
  ],
  list: [
    ...['name', 'name.given', 'name.family', 'telecom', 'telecom.value', 'contact.name.given'],
    ...['(1 | 2 | 3)', "('a' | 'b')", 'name.period', 'identifier', 'extension', 'children()'],
    ...['name.given.extension', 'address.line', 'contact.relationship.coding'],
  ],
};

type Make = (of: (kind: Kind) => string) => string;

const makers: Readonly<Record<Kind, readonly Make[]>> = {
  number: [
    ...['+', '-', '*', 'div'].map(
      (operator): Make =>
        (of) =>
          `(${of('number')} ${operator} ${of('number')})`,
    ),
    (of) => `${of('list')}.count()`,
    (of) => `descendants().where(${of('truth')}).count()`,
    (of) => `${of('text')}.length()`,
    (of) => `${of('text')}.indexOf(${of('text')})`,
    (of) => `${of('text')}.toInteger()`,
    (of) => `(${of('number')}).abs()`,
    (of) => `(${of('number')}).floor()`,
    (of) => `(${of('number')}).ceiling()`,
    (of) => `iif(${of('truth')}, ${of('number')}, ${of('number')})`,
  ],
  text: [
    (of) => `(${of('text')} & ${of('text')})`,
    (of) => `(${of('text')} + ${of('text')})`,
    (of) => `${of('text')}.substring(${of('list')}.count())`,
    (of) => `${of('text')}.substring(0, 2)`,
    (of) => `${of('text')}.upper()`,
    (of) => `${of('text')}.replace('a', 'xy')`,
    (of) => `${of('list')}.count().toString()`,
    (of) => `${of('list')}.given.ofType(string).first()`,
  ],
  truth: [
    ...['and', 'or', 'xor', 'implies', '='].map(
      (operator): Make =>
        (of) =>
          `(${of('truth')} ${operator} ${of('truth')})`,
    ),
    ...['=', '!=', '<', '<=', '>', '>=', '~'].map(
      (operator): Make =>
        (of) =>
          `(${of('number')} ${operator} ${of('number')})`,
    ),
    ...['=', '!=', '<', '>=', '~', '!~'].map(
      (operator): Make =>
        (of) =>
          `(${of('text')} ${operator} ${of('text')})`,
    ),
    ...['=', '!=', '<', '>='].map(
      (operator): Make =>
        (of) =>
          `(${of('date')} ${operator} ${of('date')})`,
    ),
    (of) => `${of('list')}.exists()`,
    (of) => `${of('list')}.empty()`,
    (of) => `${of('list')}.where(${of('truth')}).exists()`,
    (of) => `${of('list')}.all(${of('truth')})`,
    (of) => `${of('list')}.exists(${of('truth')})`,
    (of) => `${of('list')}.isDistinct()`,
    (of) => `(${of('list')} = ${of('list')})`,
    (of) => `(${of('list')} ~ ${of('list')})`,
    (of) => `${of('list')}.subsetOf(${of('list')})`,
    (of) => `(${of('text')} in ${of('list')})`,
    (of) => `${of('text')}.startsWith(${of('text')})`,
    (of) => `${of('text')}.contains(${of('text')})`,
    (of) => `${of('text')}.matches('^[a-z]+$')`,
    (of) => `${of('text')}.convertsToInteger()`,
    (of) => `${of('truth')}.not()`,
    (of) => `(${of('date')} is date)`,
    (of) => `${of('date')}.hasValue()`,
  ],
  date: [
    () => '(birthDate + 40 days)',
    () => '(@2012-03-31T10:00:00Z + 2 hours)',
    () => '(birthDate + 1 month)',
    () => '(@2012-02-29 + 1 year)',
    () => "(@2012-03-31T10:00:00Z - 90 'min')",
  ],
  list: [
    (of) => `${of('list')}.first()`,
    (of) => `${of('list')}.tail()`,
    (of) => `${of('list')}.skip(1)`,
    (of) => `${of('list')}.take(2)`,
    (of) => `${of('list')}.distinct()`,
    (of) => `${of('list')}.where(${of('truth')})`,
    (of) => `${of('list')}.select(${of('text')})`,
    (of) => `${of('list')}.select($index)`,
    (of) => `(${of('list')} | ${of('list')})`,
    (of) => `${of('list')}.combine(${of('list')})`,
    (of) => `${of('list')}.intersect(${of('list')})`,
    (of) => `${of('list')}.exclude(${of('list')})`,
    (of) => `${of('list')}.ofType(HumanName)`,
    (of) => `${of('list')}.children()`,
    (of) => `${of('list')}[0]`,
    // In one `repeat`, fhirpath.js compares few items by equality and many by hashes of which it
    // lacks the earlier ones, so it may keep two equal items. `distinct` makes both sides say one.
    (of) => `${of('list')}.repeat(extension).distinct()`,
    (of) => `${of('list')}.given`,
  ],
};

/** An expression on a Patient, of operators and functions that meet what they are defined for. */
export function someExpression(choose: Choose, kind: Kind, depth: number): string {
  if (depth === 0 || choose(fc.integer, { min: 0, max: 4 }) === 0)
    return choose(fc.constantFrom, ...literals[kind]);
  const make = choose(fc.constantFrom, ...makers[kind]);
  return make((of: Kind) => someExpression(choose, of, depth - 1));
}
