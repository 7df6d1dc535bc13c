import type { Command } from '../command.ts';
import { graph } from './graph.ts';
import { lint } from './lint.ts';
import { list } from './list.ts';
import { schema } from './schema.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [lint, list, schema, graph];
