import type { Command } from '../command.ts';
import { channel } from './channel.ts';
import { convert } from './convert.ts';
import { create } from './create.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { graph } from './graph.ts';
import { identity } from './identity.ts';
import { keys } from './keys.ts';
import { lint } from './lint.ts';
import { list } from './list.ts';
import { messages } from './messages.ts';
import { profile } from './profile.ts';
import { quarantine } from './quarantine.ts';
import { reconvert } from './reconvert.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { send } from './send.ts';
import { simulate } from './simulate.ts';
import { tap } from './tap.ts';
import { terminology } from './terminology.ts';
import { test } from './test.ts';
import { trace } from './trace.ts';
import { validate } from './validate.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  run,
  demo,
  lint,
  test,
  convert,
  validate,
  create,
  list,
  schema,
  graph,
  send,
  tap,
  messages,
  trace,
  quarantine,
  reconvert,
  channel,
  identity,
  profile,
  terminology,
  simulate,
  keys,
  doctor,
];
