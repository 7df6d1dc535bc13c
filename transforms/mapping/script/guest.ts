import { stripTypeScriptTypes } from 'node:module';
import ivm from 'isolated-vm';
import { type ScriptReply, type ScriptSource, scriptLimits } from './protocol.ts';
import { realmSource } from './realm.ts';

type Invalid = Extract<ScriptReply, { kind: 'invalid' }>;

/** The scripts of one mapping: their isolate, and their functions as of one message. */
export type Guest = {
  readonly isolate: ivm.Isolate;
  readonly context: ivm.Context;
  readonly enter: ivm.Reference;
  readonly codes: readonly ScriptSource[];
  run: number;
  functions: ReadonlyMap<string, ivm.Reference>;
};

/** Without types, or where they are wrong. Line and column stay as they are in the file. */
export function strip({ name, text }: ScriptSource): ScriptSource | Invalid {
  try {
    return { name, text: stripTypeScriptTypes(text, { mode: 'strip', sourceUrl: name }) };
  } catch (cause) {
    const { stack = '', message } = cause as Error;
    const line = Number(/^[^\n]*:(\d+)\n/.exec(stack)?.[1] ?? 1);
    const column = (/^( *)\^/m.exec(stack)?.[1]?.length ?? 0) + 1;
    return { kind: 'invalid', source: name, line, column, message };
  }
}

export async function openGuest(codes: readonly ScriptSource[]): Promise<Guest> {
  const isolate = new ivm.Isolate({ memoryLimit: scriptLimits.memoryMb });
  const context = await isolate.createContext();
  const enter = (await context.eval(realmSource, { reference: true })) as ivm.Reference;
  return { isolate, context, enter, codes, run: -1, functions: new Map() };
}

/** Evaluates the files anew, so that nothing is left of the message before. */
export async function beginRun(guest: Guest, run: number, timeout: number): Promise<void> {
  if (guest.run === run) return;
  for (const one of guest.functions.values()) one.release();
  const functions = new Map<string, ivm.Reference>();
  for (const { name, text } of guest.codes) {
    const module = await guest.isolate.compileModule(text, { filename: name });
    await module.instantiate(guest.context, (specifier) => {
      throw new Error(`\`${specifier}\` cannot be imported: a script stands alone`);
    });
    await module.evaluate({ timeout });
    for (const [key, value] of await exportsOf(guest, module)) functions.set(key, value);
    module.release();
  }
  guest.functions = functions;
  guest.run = run;
}

async function exportsOf(
  { context }: Guest,
  module: ivm.Module,
): Promise<[string, ivm.Reference][]> {
  const space = module.namespace;
  const names = (await context.evalClosure(
    'return Object.keys($0).filter((key) => typeof $0[key] === "function").join()',
    [space.derefInto()],
  )) as string;
  const found: [string, ivm.Reference][] = [];
  for (const name of names.split(',').filter((one) => one !== ''))
    found.push([name, (await space.get(name, { reference: true })) as ivm.Reference]);
  return found;
}
