import { type Code, fromList, fromOne } from '../code.ts';
import { failed } from '../faults.ts';
import { booleanNode, integerNode, nothing, type PathNode, stringNode } from '../node.ts';
import { type Call, type Functions, given, integerOf, ofText, textOf } from './call.ts';

/** `substring(start, length)`: empty where it starts outside; what is too long ends at the end. */
function substring(call: Call): Code {
  const text = textOf(call.input, call.name);
  const start = integerOf(given(call, 0), call.name);
  const length = call.args.length > 1 ? integerOf(given(call, 1), call.name) : undefined;
  return fromOne((focus, scope) => {
    const value = text(focus, scope);
    const from = start(focus, scope);
    if (value === undefined || from === undefined || from < 0 || from >= value.length)
      return undefined;
    const count = length?.(focus, scope);
    return stringNode(
      value.slice(from, count === undefined ? undefined : from + Math.max(0, count)),
    );
  });
}

const patterns = new Map<string, RegExp>();
const patternsMax = 1000;

/** Compiled once a pattern; wrong ones are an error of the expression. */
function patternOf(source: string, whole: boolean): RegExp {
  const key = `${whole ? 'w' : 'p'}${source}`;
  let pattern = patterns.get(key);
  if (pattern === undefined) {
    pattern = compilePattern(whole ? `^(?:${source})$` : source);
    if (patterns.size < patternsMax) patterns.set(key, pattern);
  }
  pattern.lastIndex = 0;
  return pattern;
}

/** Patterns written for other engines escape what needs none; then the lenient reading holds. */
function compilePattern(source: string): RegExp {
  for (const flags of ['gsu', 'gs']) {
    try {
      return new RegExp(source, flags);
    } catch {
      // The next reading is tried.
    }
  }
  throw failed('The expression holds a pattern that is no regular expression.');
}

function split(call: Call): Code {
  const text = textOf(call.input, call.name);
  const separator = textOf(given(call, 0), call.name);
  return fromList((focus, scope) => {
    const value = text(focus, scope);
    const by = separator(focus, scope);
    return value === undefined || by === undefined ? nothing : value.split(by).map(stringNode);
  });
}

function join(call: Call): Code {
  const separator = call.args.length > 0 ? textOf(given(call, 0), call.name) : () => '';
  return fromOne((focus, scope) => {
    const nodes = call.input.list(focus, scope);
    const by = separator(focus, scope);
    if (by === undefined || nodes.length === 0) return undefined;
    const texts = nodes.map(({ value, type }) => {
      if (value === undefined || typeof value === 'string') return value;
      throw failed(`join needs texts and met a value of type ${type.name}.`);
    });
    return stringNode(texts.filter((text) => text !== undefined).join(by));
  });
}

function toChars(call: Call): Code {
  const text = textOf(call.input, call.name);
  return fromList((focus, scope) => [...(text(focus, scope) ?? '')].map(stringNode));
}

const encodings: Readonly<Record<string, BufferEncoding>> = {
  hex: 'hex',
  base64: 'base64',
  urlbase64: 'base64url',
};

/** The padding that `urlbase64` keeps in FHIRPath and Node leaves out. */
const padded = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=');

function encode(text: string, format = ''): PathNode | undefined {
  const encoding = encodings[format];
  if (encoding === undefined) return undefined;
  const encoded = Buffer.from(text, 'utf8').toString(encoding);
  return stringNode(encoding === 'base64url' ? padded(encoded) : encoded);
}

function decode(text: string, format = ''): PathNode | undefined {
  const encoding = encodings[format];
  return encoding && stringNode(Buffer.from(text, encoding).toString('utf8'));
}

const htmlNames: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};
const htmlTexts = new Map(Object.entries(htmlNames).map(([text, name]) => [name, text]));

function escapeText(text: string, format = ''): PathNode | undefined {
  if (format === 'html') return stringNode(text.replace(/[&<>"']/g, (one) => htmlNames[one]!));
  return format === 'json' ? stringNode(JSON.stringify(text).slice(1, -1)) : undefined;
}

function unescapeText(text: string, format = ''): PathNode | undefined {
  if (format === 'html')
    return stringNode(text.replace(/&[#\w]+;/g, (name) => htmlTexts.get(name) ?? name));
  if (format !== 'json') return undefined;
  try {
    return stringNode(JSON.parse(`"${text.replace(/(?<!\\)"/g, '\\"')}"`) as string);
  } catch {
    throw failed('unescape met a text that is no text of JSON.');
  }
}

/** FHIRPath N1, section 5.6. */
export const strings: Functions = {
  indexOf: ofText([1, 1], (text, [part = '']) => integerNode(text.indexOf(part))),
  lastIndexOf: ofText([1, 1], (text, [part = '']) => integerNode(text.lastIndexOf(part))),
  substring: { takes: [1, 2], compile: substring },
  startsWith: ofText([1, 1], (text, [part = '']) => booleanNode(text.startsWith(part))),
  endsWith: ofText([1, 1], (text, [part = '']) => booleanNode(text.endsWith(part))),
  contains: ofText([1, 1], (text, [part = '']) => booleanNode(text.includes(part))),
  upper: ofText([0, 0], (text) => stringNode(text.toUpperCase())),
  lower: ofText([0, 0], (text) => stringNode(text.toLowerCase())),
  replace: ofText([2, 2], (text, [part = '', by = '']) => stringNode(replaceAll(text, part, by))),
  matches: ofText([1, 1], (text, [source = '']) =>
    booleanNode(patternOf(source, false).test(text)),
  ),
  matchesFull: ofText([1, 1], (text, [source = '']) =>
    booleanNode(patternOf(source, true).test(text)),
  ),
  replaceMatches: ofText([2, 2], (text, [source = '', by = '']) =>
    stringNode(source === '' ? text : text.replace(patternOf(source, false), by)),
  ),
  length: ofText([0, 0], (text) => integerNode(text.length)),
  trim: ofText([0, 0], (text) => stringNode(text.trim())),
  encode: ofText([1, 1], (text, [format]) => encode(text, format)),
  decode: ofText([1, 1], (text, [format]) => decode(text, format)),
  escape: ofText([1, 1], (text, [format]) => escapeText(text, format)),
  unescape: ofText([1, 1], (text, [format]) => unescapeText(text, format)),
  toChars: { takes: [0, 0], compile: toChars },
  split: { takes: [1, 1], compile: split },
  join: { takes: [0, 1], compile: join },
};

/** An empty text stands around every character. */
const replaceAll = (text: string, part: string, by: string): string =>
  part === '' ? `${by}${[...text].map((one) => one + by).join('')}` : text.split(part).join(by);
