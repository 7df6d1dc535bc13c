import type { Knowledge } from '../knowledge.ts';
import { declined } from '../operations/index.ts';
import { type TranslatedCode, translator } from '../store/index.ts';

export const ndjson = 'application/x-ndjson; charset=utf-8';

export const isNdjson = (request: Request): boolean =>
  /^application\/(x-)?ndjson\s*(;|$)/i.test(request.headers.get('content-type') ?? '');

/** A line holds one code; a longer one is something else. */
const lineCharsMax = 16 * 1024;

/**
 * POST /ConceptMap/$translate of lines `{"system","code"}`: a line comes back for each, in order,
 * `{"outcome","targets","release"}`, or `{"line","error"}` for one that is no question. `url` names
 * the map with its version: there is no "latest". It answers while it reads.
 */
export function translateLines(request: Request, knowledge: Knowledge): Response {
  const name = new URL(request.url).searchParams.get('url') ?? '';
  const bar = name.lastIndexOf('|');
  if (bar < 0 || bar === name.length - 1)
    throw declined(400, 'required', 'name the map by ?url=URL|VERSION; there is no "latest"');
  const map = knowledge.conceptMap(name.slice(0, bar), name.slice(bar + 1));
  if (map === undefined) throw declined(404, 'not-found', `there is no concept map ${name}`);
  const translate = translator(map);
  const answer = (text: string, line: number) => answerLine(translate, name, text, line);
  const body = (request.body ?? new ReadableStream({ start: (one) => one.close() }))
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(linesOf(answer))
    .pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { 'Content-Type': ndjson } });
}

function answerLine(
  translate: (system: string, code: string) => TranslatedCode,
  release: string,
  text: string,
  line: number,
): string {
  try {
    const { system, code } = JSON.parse(text) as Record<string, unknown>;
    if (typeof system === 'string' && typeof code === 'string')
      return `${JSON.stringify({ ...translate(system, code), release })}\n`;
  } catch {
    return `${JSON.stringify({ line, error: 'the line is not JSON' })}\n`;
  }
  return `${JSON.stringify({ line, error: 'a line has system and code, both texts' })}\n`;
}

function linesOf(answer: (text: string, line: number) => string): TransformStream<string, string> {
  let rest = '';
  let line = 0;
  let isCut = false;
  const take = (text: string): string => {
    line += 1;
    const wasCut = isCut;
    isCut = false;
    if (wasCut) return `${JSON.stringify({ line, error: 'the line is too long' })}\n`;
    return text.trim() === '' ? '' : answer(text, line);
  };
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      const answers = lines.map(take).join('');
      if (answers !== '') controller.enqueue(answers);
      if (rest.length <= lineCharsMax) return;
      isCut = true;
      rest = '';
    },
    flush(controller) {
      const last = rest === '' && !isCut ? '' : take(rest);
      if (last !== '') controller.enqueue(last);
    },
  });
}
