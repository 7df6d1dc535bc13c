import { beginRun, type Guest, openGuest, strip } from './guest.ts';
import {
  type ScriptCall,
  type ScriptFailureCode,
  type ScriptReply,
  type ScriptRequest,
  type ScriptSource,
  scriptLimits,
} from './protocol.ts';

/**
 * The process that scripts run in. V8 does not hold every script to its heap limit: an allocation
 * of the right size takes the process with it. So the isolates live here, where that costs one
 * message; what V8 lets pass is seen by the watch, and this process ends itself.
 */
const sources = new Map<string, readonly ScriptSource[]>();
const guests = new Map<string, Guest>();

/** How far this process may grow during one call: the isolate, and what its collector lags. */
const growthMax = (scriptLimits.memoryMb + 64) * 1024 * 1024;

process.on('disconnect', () => process.exit());
process.on('message', (request: ScriptRequest) => void answer(request));

async function answer(request: ScriptRequest): Promise<void> {
  if (request.kind === 'load') {
    sources.set(request.key, request.sources);
    return;
  }
  const stop = watch();
  const reply = await (request.kind === 'check' ? check(request.key) : call(request));
  stop();
  process.send?.(reply);
}

/** Ends this process, with an answer, when a call outgrows it or never ends. */
function watch(): () => void {
  const startedMs = performance.now();
  const least = process.memoryUsage.rss();
  const used = process.cpuUsage();
  const timer = setInterval(() => {
    const grown = process.memoryUsage.rss() - least > growthMax;
    const { user, system } = process.cpuUsage(used);
    const isLost = (user + system) / 1000 > scriptLimits.cpuMs * 5;
    if (!grown && !isLost && performance.now() - startedMs < scriptLimits.wallMs * 2) return;
    clearInterval(timer);
    const code = grown ? 'script-memory' : 'script-timeout';
    const reply: ScriptReply = { kind: 'failed', code, where: '', last: true };
    process.send?.(reply, () => process.kill(process.pid, 'SIGKILL'));
  }, 10);
  return () => clearInterval(timer);
}

const failed = (code: ScriptFailureCode, where = ''): ScriptReply => ({
  kind: 'failed',
  code,
  where,
});

async function guestOf(key: string): Promise<Guest | ScriptReply> {
  const known = guests.get(key);
  if (known !== undefined && !known.isolate.isDisposed) return known;
  const codes: ScriptSource[] = [];
  for (const source of sources.get(key) ?? []) {
    const code = strip(source);
    if ('kind' in code) return code;
    codes.push(code);
  }
  const guest = await openGuest(codes);
  guests.set(key, guest);
  return guest;
}

async function check(key: string): Promise<ScriptReply> {
  const guest = await guestOf(key);
  if ('kind' in guest) return guest;
  try {
    await beginRun(guest, -2, scriptLimits.wallMs);
    return { kind: 'checked', functions: [...guest.functions.keys()] };
  } catch (cause) {
    const { stack = '', message } = cause as Error;
    const [, source = guest.codes.at(-1)?.name ?? '', line = '1', column = '1'] =
      /(functions\/[\w/.-]+\.ts):(\d+):(\d+)/.exec(stack) ?? [];
    const text = message.replace(/ \[functions\/.*\]$/, '');
    return { kind: 'invalid', source, line: Number(line), column: Number(column), message: text };
  }
}

async function call(request: ScriptCall): Promise<ScriptReply> {
  const guest = await guestOf(request.key);
  if ('kind' in guest) return failed('script-failed');
  for (let timeout: number = scriptLimits.cpuMs; ; timeout *= 2) {
    const before = process.cpuUsage();
    const reply = await attempt(guest, request, timeout);
    if (reply.kind !== 'failed' || reply.code !== 'script-timeout') return reply;
    // On a busy machine time passes without the script: only the time that it had counts.
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 >= scriptLimits.cpuMs || timeout * 2 > scriptLimits.wallMs)
      return reply;
  }
}

async function attempt(guest: Guest, request: ScriptCall, timeout: number): Promise<ScriptReply> {
  try {
    await beginRun(guest, request.run, timeout);
    const one = guest.functions.get(request.name);
    if (one === undefined) return failed('script-failed');
    const given = [one.derefInto(), request.json, scriptLimits.resultMax];
    const json = (await guest.enter.apply(undefined, given, { timeout })) as string;
    if (json === '!') return failed('script-result');
    return json === '' ? { kind: 'value' } : { kind: 'value', json };
  } catch (cause) {
    guest.run = -1;
    const code = codeOf(cause as Error, guest);
    return failed(code, code === 'script-failed' ? placeOf(cause as Error) : '');
  }
}

function codeOf({ message }: Error, { isolate }: Guest): ScriptFailureCode {
  if (isolate.isDisposed || /memory limit|Array buffer allocation failed/.test(message))
    return 'script-memory';
  return /^Script execution timed out/.test(message) ? 'script-timeout' : 'script-failed';
}

/** Kind and place of an error; its words may be those of a patient. */
function placeOf({ name, stack = '' }: Error): string {
  const kind = /^(?:Type|Range|Reference|Syntax|URI|Eval|)Error$/.test(name) ? name : 'Error';
  const place = /(functions\/[\w/.-]+\.ts:\d+:\d+)/.exec(stack)?.[1];
  return place === undefined ? kind : `${kind} at ${place}`;
}
