import type { Command } from '../command.ts';
import { channel } from './channel.ts';
import { doctor } from './doctor.ts';
import { graph } from './graph.ts';
import { keys } from './keys.ts';
import { lint } from './lint.ts';
import { list } from './list.ts';
import { schema } from './schema.ts';
import { send } from './send.ts';
import { simulate } from './simulate.ts';
import { tap } from './tap.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  lint,
  list,
  schema,
  graph,
  send,
  tap,
  channel,
  simulate,
  keys,
  doctor,
];
