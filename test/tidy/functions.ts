import type { Finding } from './imports.ts';

export const functionLinesMax = 70;

type Span = { readonly start: number; readonly end: number };

/**
 * Functions longer than a screen. A factory that returns closures stands for a class, so the
 * lines of a function are those that no function inside it claims. Works on text as biome formats
 * it: a body opens at the end of a line and closes at the same indent.
 */
export function judgeFunctions(file: string, text: string): Finding[] {
  const lines = text.split('\n');
  const spans = lines.flatMap((_, start) => spanFrom(lines, start) ?? []);
  return spans.flatMap((span) => {
    const own = span.end - span.start + 1 - linesInside(span, spans);
    if (own <= functionLinesMax) return [];
    return [`${file}:${span.start + 1}: a function of ${own} lines, at most ${functionLinesMax}`];
  });
}

const opensFunction =
  /(?:=> \{|\bfunction\b.*\{|^\s*(?:async |get |set |static |\*)*[\w$]+\(.*\).*\{|^\s*\).*\{)$/;
const opensBlock = /^\s*(?:\} )?(?:if|else|for|while|switch|try|catch|finally|do|return)\b/;

function spanFrom(lines: readonly string[], start: number): Span | undefined {
  const line = lines[start] ?? '';
  const opens = opensFunction.test(line) && (!opensBlock.test(line) || line.endsWith('=> {'));
  if (!opens) return undefined;
  const indent = line.length - line.trimStart().length;
  const end = lines.findIndex((next, index) => index > start && closes(next, indent));
  return end === -1 ? undefined : { start, end };
}

const closes = (line: string, indent: number): boolean =>
  line.startsWith(`${' '.repeat(indent)}}`) || line.startsWith(`${' '.repeat(indent)})`);

/** Lines of the outermost functions inside a span. */
function linesInside(outer: Span, spans: readonly Span[]): number {
  const inside = spans.filter((span) => span.start > outer.start && span.end < outer.end);
  return inside
    .filter((span) => !inside.some((other) => other.start < span.start && other.end > span.end))
    .reduce((sum, span) => sum + span.end - span.start + 1, 0);
}
