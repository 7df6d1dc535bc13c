import { checkConstant, type Place } from '../elements/index.ts';
import type { Conversion, Environment } from '../environment.ts';
import type { RuleRow } from '../language.ts';
import { type Cell, cellText, component } from '../reading/index.ts';
import type { ScriptFailureCode, ScriptField } from './protocol.ts';
import { askSandbox, loadScripts } from './sandbox.ts';
import type { Scripts } from './scripts.ts';
import { countCall } from './uses.ts';

/** What a failed call is called to the analyst; the text goes on after "PID-7 ". */
const sentences: Readonly<Record<ScriptFailureCode, string>> = {
  'script-failed': 'made the function fail',
  'script-timeout': 'kept the function busy for too long',
  'script-memory': 'made the function take too much memory',
  'script-result': 'was turned by the function into what does not fit there',
};

/** Types that a function may give by itself; for any other the rule names a conversion. */
export const plainTypes: ReadonlySet<string> = new Set([
  'boolean',
  'code',
  'decimal',
  'integer',
  'markdown',
  'positiveInt',
  'string',
  'unsignedInt',
  'uri',
]);

/**
 * A conversion of which each field passes a function of the analyst`s first. What that gives is
 * the field of the rule`s own conversion (a text, or the components), else the element`s value.
 */
export function scriptedConversion(
  scripts: Scripts,
  row: RuleRow,
  inner: Conversion | undefined,
  place: Place,
): Conversion {
  const name = row.using!;
  const settings = inner === undefined ? (row.with ?? {}) : {};
  const inSandbox = caller(scripts, name, settings);
  if (inner === undefined)
    return {
      name,
      summary: 'A function of the analyst.',
      gives: place.element.types,
      convert(cell, environment) {
        const given = inSandbox(cell, environment);
        if (given === undefined || fits(given, place)) return given;
        return refuse(name, 'script-result', cell, environment);
      },
    };
  const cellOf = (cell: Cell, environment: Environment): Cell | undefined => {
    const given = inSandbox(cell, environment);
    if (given === undefined) return undefined;
    const parts = partsOf(given);
    return parts ? { ...cell, parts } : refuse(name, 'script-result', cell, environment);
  };
  const { convertAll } = inner;
  return {
    ...inner,
    convert(cell, environment, given) {
      const made = cellOf(cell, environment);
      return made && inner.convert(made, environment, given);
    },
    ...(convertAll && {
      convertAll: (cells, environment, given) => {
        const made = cells.flatMap((cell) => cellOf(cell, environment) ?? []);
        return made.length === 0 ? undefined : convertAll(made, environment, given);
      },
    }),
  };
}

/** Calls of one message share an environment, and so what the file keeps in its variables. */
let run = 0;
let current: Environment | undefined;

function caller(scripts: Scripts, name: string, settings: object) {
  return (cell: Cell, environment: Environment): unknown => {
    if (environment !== current) {
      current = environment;
      run += 1;
    }
    loadScripts(scripts.key, scripts.sources);
    const json = JSON.stringify({ field: fieldOf(cell), settings });
    const startedMs = performance.now();
    const reply = askSandbox({ kind: 'call', key: scripts.key, name, run, json });
    const isFailure = reply.kind !== 'value';
    countCall(`${scripts.mapping}/${name}`, isFailure, performance.now() - startedMs);
    if (reply.kind === 'value')
      return reply.json === undefined ? undefined : JSON.parse(reply.json);
    const code = reply.kind === 'failed' ? reply.code : 'script-failed';
    const where = reply.kind === 'failed' ? reply.where : '';
    return refuse(name, code, cell, environment, where);
  };
}

function refuse(
  name: string,
  code: ScriptFailureCode,
  cell: Cell,
  environment: Environment,
  where = '',
): undefined {
  const place = where === '' ? '' : ` (${where})`;
  environment.issue(code, `${sentences[code]} \`${name}\`${place}`, cell);
  return undefined;
}

function fieldOf(cell: Cell): ScriptField {
  return {
    text: cellText(cell),
    components: cell.parts.map((_, index) => component(cell, index + 1)),
    subcomponents: cell.parts.map((part) => (typeof part === 'string' ? [part] : part)),
  };
}

/** Undefined for what is no field: a text, a number, or components of such. */
function partsOf(given: unknown): Cell['parts'] | undefined {
  const list = Array.isArray(given) ? given : [given];
  const isText = (one: unknown) => typeof one === 'string' || typeof one === 'number';
  const parts: (string | readonly string[])[] = [];
  for (const one of list) {
    if (isText(one)) parts.push(String(one));
    else if (one === null) parts.push('');
    else if (Array.isArray(one) && one.every(isText)) parts.push(one.map(String));
    else return undefined;
  }
  return parts;
}

function fits(given: unknown, place: Place): boolean {
  if (typeof given === 'object' || given === '') return false;
  const [type = ''] = place.element.types;
  if (typeof given === 'number' && type !== 'decimal') {
    const least = type === 'positiveInt' ? 1 : type === 'unsignedInt' ? 0 : -(2 ** 31);
    if (!Number.isInteger(given) || given < least || given >= 2 ** 31) return false;
  }
  let isRight = true;
  checkConstant(given, place, () => {
    isRight = false;
  });
  return isRight;
}
